"""How the decisions about a member's letters are put into words."""

import re

from bot.club import journeys
from bot.club.decisions import Decision, Decisions, Trip
from bot.club.rules import Shop
from bot.i18n import N_, _, spoken
from bot.speech import Html, fill, fitting, moment, name
from bot.speech.missed import MISSED

# Why a letter waits or was dropped, by the word that the outbox keeps.
REASONS = {
    "quiet hours": N_("those are quiet hours"),
    "too late": N_("its time was over"),
    "unreachable": N_("I cannot write to them"),
    "no consent": N_("they have not agreed to it"),
    "opted out": N_("they want no such letters"),
    "a bad rating": N_("a bad rating of theirs waits for you"),
    "blacklisted": N_("they are on the blacklist"),
    "paused by the member": N_("they asked for quiet"),
    "daily cap": N_("they had their offers of the day"),
    "weekly cap": N_("they had their offers of the week"),
    "switched off": N_("its journey is switched off"),
    "no such step": N_("its journey was changed"),
    "skipped in the plan": N_("it was skipped in the plan"),
    "its turn among the e-mails": N_("e-mails go one after the other"),
    "kept back": N_("they are kept back, to compare with"),
    "its photos come first": N_("the photos come first"),
    "paused": N_("everything is paused"),
    "cancelled": N_("it was cancelled"),
    "no coupon": N_("they have no coupon to name"),
    "deal over": N_("the deal is over"),
    "claimed": N_("they have claimed it"),
    "gift settled": N_("the gift was fetched or cancelled"),
    "gift gone": N_("the gift is gone"),
    "coupon used": N_("the coupon is used or over"),
    "relative removed": N_("they removed the relative"),
    "date changed": N_("they changed the date"),
    "birthday changed": N_("the birthday changed"),
    "no greeting wished": N_("they wish no greeting"),
    "the group goes first": N_("the greeting in the group goes first"),
    "nothing to ask": N_("there is nothing left to ask"),
    "not for them any more": N_("it is not for them any more"),
    "had it before": N_("they had it before"),
    "the budget is used up": N_("the month's budget is used up"),
    "taken back": N_("the grade was taken back"),
    "out of danger": N_("the grade is safe again"),
    "purchase taken back": N_("the purchase was taken back"),
    "goal reached": N_("they bought meanwhile"),
    "still plenty": N_("they have plenty still"),
    "no more wished": N_("they want no more of these"),
    "no more reminders": N_("they want no more of these"),
    "may stay": N_("they may stay in the group"),
    "no longer invited": N_("they are in the group already, or below its grade"),
    "decided": N_("it was decided meanwhile"),
    "a colleague sees to it": N_("a colleague sees to it"),
    "the process ended": N_("I was interrupted"),
    "made for the demo": N_("this shop is only made up"),
}
IN_GROUP = re.compile(r"greeted in the group by letter \d+")
STOPS = {
    "unreachable": N_("I cannot write to them: they blocked me, or never pressed Start."),
    "never agreed": N_("They have not agreed to be a member: only receipts and answers go to them."),
    "no offers": N_("They want no offers, only what is their own."),
    "no letters": N_("They want no letters, only receipts."),
    "blacklisted": N_("They are on the blacklist: no letters go to them."),
    "no deals": N_("They are on the blacklist: no letters about deals go to them."),
    "a bad rating": N_("A bad rating of theirs waits for you: no offers until somebody saw to it."),
    "paused": N_("Everything that goes by itself is paused: /resume lets it go on."),
    "the budget is used up": N_("The month's budget is used up: no more coupons are given."),
    "paused by the member": N_("They asked for quiet until {at}."),
}


def told(about: Decisions, shop: Shop) -> Html:
    """The last decisions about a member's letters, and what keeps others from them."""
    head = fill(_("<b>{number} {name}</b>: the latest letters"), number=about.who.number, name=name(about.who.name))
    lines = [_decided(each, shop) for each in about.letters] or [Html(_("No letters yet."))]
    stops = [fill("⛔ {stop}", stop=_stop(reason).format(at=at and moment(at, shop))) for reason, at in about.stops]
    trips = [_trip(each) for each in about.trips]
    return fitting([head, *lines, *([Html("")] if stops or trips else []), *stops, *trips])


def why(reason: str | None) -> str:
    """The words for a reason; one of another release is told as it was kept."""
    if IN_GROUP.fullmatch(reason or ""):
        return _("they were greeted in the group")
    return _(REASONS[reason]) if reason in REASONS else reason or ""


def _stop(reason: str) -> str:
    return _(STOPS[reason])


def _decided(one: Decision, shop: Shop) -> Html:
    return fill(_("· {letter}: {fate}"), letter=_letter(one), fate=_fate(one, shop))


def _fate(one: Decision, shop: Shop) -> Html:
    at, reason = moment(one.at, shop), why(one.reason)
    match one.state:
        case "waiting" if reason:
            return fill(_("waits until {at}, because {reason}"), at=at, reason=reason)
        case "waiting":
            return fill(_("goes on {at}"), at=at)
        case "held":
            return Html(_("waits: its broadcast is paused"))
        case "sending":
            return Html(_("on its way"))
        case "dropped" if reason:
            return fill(_("not sent on {at}, because {reason}"), at=at, reason=reason)
        case state:
            return fill(_(STATES.get(state, state)), at=at)


STATES = {
    "sent": N_("sent on {at}"),
    "blocked": N_("did not arrive on {at}: they blocked me"),
    "failed": N_("did not arrive on {at}: the platform refused it"),
    "uncertain": N_("perhaps arrived on {at}: I was interrupted"),
    "dropped": N_("not sent on {at}"),
}


def _letter(one: Decision) -> Html:
    """A letter in a few words: what kind it is, and which one."""
    kind = _(MISSED[one.kind]) if one.kind in MISSED else _("word to the staff")
    about = _journey(one.journey) if one.journey else one.about
    return fill(_("{kind} ({about})"), kind=kind, about=about) if about else fill("{kind}", kind=kind)


def _journey(which: str) -> str:
    return journeys.shipped()[which].title[spoken()]


def _trip(one: Trip) -> Html:
    """How somebody stands on a journey that sends them nothing more."""
    states = {
        "kept back": N_("↷ {journey}: kept back, to compare with"),
        "reached": N_("↷ {journey}: reached its goal"),
        "done": N_("↷ {journey}: went to its end"),
        "stopped": N_("↷ {journey}: ended, because {reason}"),
    }
    return fill(_(states[one.state]), journey=_journey(one.journey), reason=why(one.reason))
