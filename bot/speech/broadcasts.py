"""How a broadcast is put into words: its letters, what it would bring, how far it is, what came of it."""

from datetime import datetime
from functools import lru_cache

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.club.audiences import EVERYBODY
from bot.club.broadcast_letters import BEST
from bot.club.broadcast_reports import Bought, Report
from bot.club.broadcasts import Standing
from bot.club.drafts import Draft, Reach, Reading
from bot.club.letters import sleeping
from bot.club.rules import Shop
from bot.club.sending import Outgoing
from bot.i18n import N_, _, speaking, spoken, understood
from bot.speech import LONGEST_TEXT, Html, fill, moment, money, utf16
from bot.speech.buttons import DeepLink, Written, link, pairs, rows, tap
from bot.speech.messages import CODE, choose, filled, snippet

RULE = "——————"
LANGUAGES = {"zh_CN": "简体中文", "zh_TW": "繁體中文", "en": "English"}
# What became of letters, and why, in the order of the report.
ENDS = {
    "sent": N_("sent"),
    "blocked": N_("blocked me, or left"),
    "opted out": N_("want no offers"),
    "capped": N_("had their offers of the day or the week"),
    "quiet": N_("in quiet hours, or paused, until it was too late"),
    "too late": N_("too late"),
    "unhappy": N_("wait for you after a bad rating"),
    "blacklisted": N_("are on the blacklist"),
    "no coupon": N_("have no coupon to name"),
    "failed": N_("refused by the platform"),
    "uncertain": N_("in doubt, perhaps arrived"),
    "cancelled": N_("cancelled"),
}
MISSED = {
    "unreachable": N_("cannot be reached"),
    "opted out": N_("want no offers"),
    "a bad rating": N_("wait for you after a bad rating"),
    "blacklisted": N_("are on the blacklist"),
    "no coupon": N_("have no coupon to name"),
    "strangers": N_("fit, but never agreed"),
}
HELD = {
    "capped": N_("had their offers of the day; they get it later"),
    "quiet": N_("in quiet hours, or paused; they get it later"),
}


def letter(sent: Outgoing, shop: Shop, _link: DeepLink) -> Written:
    """A broadcast as a member gets it: the shop's words, its buttons, and the way out of all offers."""
    text = filled(choose(sent.facts["texts"], spoken()), sent.name, sent.facts["about"], shop)
    return text, under(sent.facts["buttons"], sent.facts["broadcast"])


def under(buttons: list[list[str]] | tuple[tuple[str, str], ...], broadcast: int = 0) -> InlineKeyboardMarkup:
    """The buttons under a broadcast: those that the shop chose, and the way out. Without its number it is a trial."""
    return _under(tuple((label, target) for label, target in buttons), broadcast, _("No more offers"))


@lru_cache  # they are the same under each of its letters
def _under(buttons: tuple[tuple[str, str], ...], broadcast: int, leave: str) -> InlineKeyboardMarkup:
    return rows(*(_button(label, target, broadcast) for label, target in buttons), tap(leave, "stop"))


def foretold(of: Draft, reader: str | None, shop: Shop, now: datetime) -> Written:
    """The message as its author would read it, whom it reaches, when, at what cost; with buttons for a yes or no."""
    text = preview(of, reader, shop, now)
    after = [RULE, *_with(of), *_reach(of, shop), _goes(of, shop, now)]
    if of.sure:
        after.append(Html(_("That is a lot of people. Shall I really send it?")))
        yes = tap(
            _("Confirm: {count} members").format(count=f"{of.reach.letters:,}"), "draft", "sure", of.id, of.version
        )
    else:
        yes = tap(_("Confirm"), "draft", "yes", of.id, of.version)
    below = Html("\n".join(after))
    if utf16(text) + utf16(below) >= LONGEST_TEXT:
        text = fill("{text}", text=snippet(text, 1000))
    return Html(text + "\n" + below), rows([yes, tap(_("Cancel"), "draft", "no", of.id)], *_more(of))


def as_read(of: Reading, shop: Shop, now: datetime) -> Written:
    """A draft as a member would read it."""
    with speaking(of.locale or understood(of.language, shop.locale)):
        about = of.about | {"coupon": of.about["coupon"] or _made_up(shop, now)}
        return filled(choose(of.wish.texts, spoken()), of.name, about, shop), under(of.wish.buttons)


def preview(of: Draft, reader: str | None, shop: Shop, now: datetime) -> Html:
    """The message as its author would read it, with a made-up coupon if they have none."""
    about = of.about | {"coupon": of.about["coupon"] or _made_up(shop, now)}
    return filled(choose(of.wish.texts, spoken()), reader, about, shop)


def told(of: Standing, shop: Shop, bought: Bought | None = None) -> Written:
    """How far a broadcast is, or what came of it, with the buttons that still make sense."""
    title = fill(
        _("<b>Broadcast {id}</b> “{text}” to {audience}"),
        id=str(of.id),
        text=snippet(choose(of.wish.texts, spoken())),
        audience=_audience(of.wish.audience),
    )
    lines = [title, *_stands(of, shop), *_counted(ENDS, of.report.ends)]
    if of.state not in ("done", "cancelled"):
        lines += _counted(HELD, of.report.held)
    if bought:
        lines.append(_bought(bought, shop))
    return Html("\n".join(lines)), _choices(of)


def listed(found: list[Standing]) -> Written:
    """The latest broadcasts, a line and a button each."""
    if not found:
        return fill(_("No broadcasts yet. The first one: {form}"), form='/broadcast "…"'), None
    states = {
        "planned": _("planned"),
        "writing": _("under way"),
        "sending": _("under way"),
        "stopping": _("cancelled"),
        "cancelled": _("cancelled"),
        "done": _("sent"),
    }
    lines = [
        fill(
            _("{id}. “{text}”: {state}, {sent} of {all} sent"),
            id=str(each.id),
            text=snippet(choose(each.wish.texts, spoken())),
            state=_("paused") if each.paused else states[each.state],
            sent=each.report.sent,
            all=each.report.all,
        )
        for each in found
    ]
    buttons = [tap(str(each.id), "cast", "show", each.id) for each in found]
    return Html("\n".join(lines)), rows(*[buttons[at : at + 5] for at in range(0, len(buttons), 5)])


def really(of: Standing) -> Written:
    """The question whether a broadcast shall end."""
    text = _(
        "Cancel broadcast {id}? {count} letter has not gone yet; what arrived stays.",
        "Cancel broadcast {id}? {count} letters have not gone yet; what arrived stays.",
        of.report.open,
    )
    yes = tap(_("Confirm"), "cast", "end", of.id)
    return fill(text, id=str(of.id), count=of.report.open), rows([yes, tap(_("Cancel"), "untell")])


def _audience(query: str) -> str:
    """An audience as it is told: as it was written, or that it is everybody."""
    return _("Everybody") if query in EVERYBODY else query


def _made_up(shop: Shop, now: datetime) -> dict[str, str]:
    """A coupon for whoever has none, in a preview."""
    until = shop.end_of(shop.day(now)).isoformat()
    return {"name": _("green tea"), "offer": "10", "code": CODE, "good_until": until}


def _more(of: Draft) -> list[list[InlineKeyboardButton]]:
    """What else can be done with a draft."""
    parts = {
        "text": _("Text"),
        "photo": _("Picture"),
        "label": _("Buttons"),
        "audience": _("To whom"),
        "at": _("When"),
        "locale": _("Language"),
    }
    look = [
        tap(_("Send it to me first"), "draft", "me", of.id),
        tap(_("As a member reads it"), "castpart", "reader", of.id),
    ]
    return [look, *(pairs([tap(label, "castpart", part, of.id) for part, label in parts.items()]))]


def _button(label: str, target: str, broadcast: int) -> InlineKeyboardButton:
    if not target.startswith("/"):
        return link(label, target)
    return tap(label, "opened", broadcast, target[1:]) if broadcast else tap(label, "go", target[1:])


def _with(of: Draft) -> list[Html]:
    """What comes with the text: a picture, buttons, other languages."""
    lines = [Html(_("With the picture above it."))] if of.wish.photo else []
    lines += [fill("[ {label} ] {target}", label=label, target=target) for label, target in of.wish.buttons]
    others = [LANGUAGES[locale] for locale in of.wish.texts if locale]
    return [*lines, fill(_("Also in: {languages}"), languages=", ".join(others))] if others else lines


def _reach(of: Draft, shop: Shop) -> list[Html]:
    reach = of.reach
    sentence = _(
        "To {count} member; it costs nothing, and takes {time}.",
        "To {count} members; it costs nothing, and takes {time}.",
        reach.letters,
    )
    lines = [
        fill("<b>{sentence}</b>", sentence=fill(sentence, count=reach.letters, time=_lasts(reach, shop))),
        fill(_("Audience: {audience}"), audience=_audience(of.wish.audience)),
    ]
    missed = reach.missed | {"strangers": reach.knows - reach.agreed}
    not_reached = _counted(MISSED, missed)
    return [*lines, Html(_("Not reached:")), *not_reached] if not_reached else lines


def _lasts(reach: Reach, shop: Shop) -> str:
    minutes = round(reach.letters / shop.rules.sending.pace / 60)
    if not minutes:
        return _("less than a minute")
    if minutes < 120:
        return _("about {count} minute", "about {count} minutes", minutes).format(count=minutes)
    return _("about {count} hours").format(count=round(minutes / 60))


def _goes(of: Draft, shop: Shop, now: datetime) -> Html:
    """When it goes."""
    at = of.wish.starts_at
    if of.wish.hour == BEST:
        return Html(_("Within a day, to each at the hour at which they last bought something or came."))
    if sleeping(shop, at or now):
        hour = shop.rules.sending.quiet_until.strftime("%H:%M")
        return fill(_("It is night in the shop then: it goes out after {hour}."), hour=hour)
    return fill(_("It goes out on {when}."), when=moment(at, shop)) if at else Html(_("It goes out at once."))


def _stands(of: Standing, shop: Shop) -> list[Html]:
    """The sentence on how a broadcast stands."""
    report = of.report
    if of.state == "done":
        return [fill(_("Done: {sent} of {all} got it."), sent=report.sent, all=report.all)]
    if of.state in ("stopping", "cancelled"):
        return [fill(_("Cancelled: {sent} of {all} got it."), sent=report.sent, all=report.all)]
    if of.state == "planned" and of.wish.starts_at:
        lines = [fill(_("It goes out on {when}."), when=moment(of.wish.starts_at, shop))]
    else:
        lines = [fill(_("{settled} of {all} are done, {open} to go."), settled=report.all - report.open, **_of(report))]
    if of.paused:
        lines.append(Html(_("It is paused.")))
    elif shop.rules.sending.paused:
        lines.append(Html(_("Everything is paused: /resume lets it go on.")))
    return lines


def _of(report: Report) -> dict[str, int]:
    return {"all": report.all, "open": report.open}


def _counted(words: dict[str, str], counts: dict[str, int]) -> list[Html]:
    """A line for each count that is not nought."""
    return [
        fill(_("· {what}: {count}"), what=_(text), count=counts[why]) for why, text in words.items() if counts.get(why)
    ]


def _bought(bought: Bought, shop: Shop) -> Html:
    text = _(
        "Within seven days {count} of them bought something, for {paid} in all.",
        "Within seven days {count} of them bought something, for {paid} in all.",
        bought.members,
    )
    return fill(text, count=bought.members, paid=money(bought.paid, shop))


def _choices(of: Standing) -> InlineKeyboardMarkup | None:
    if of.state in ("done", "cancelled", "stopping"):
        return rows(tap(_("What it brought"), "cast", "brought", of.id)) if of.state != "stopping" else None
    pause = tap(_("Go on"), "cast", "resume", of.id) if of.paused else tap(_("Pause"), "cast", "pause", of.id)
    return rows([pause, tap(_("Cancel"), "cast", "cancel", of.id)])
