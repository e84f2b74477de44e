"""How the shop reads its deals: the list, what comes of a new one, which to stop, and what the guided form asks."""

from datetime import datetime

from aiogram.types import InlineKeyboardMarkup

from bot.club.deal_looks import Shown
from bot.club.deals import Plan
from bot.club.extras import near
from bot.club.forecasts import Forecast
from bot.club.letters import awake, sleeping
from bot.club.offers import Offer
from bot.club.rules import Shop
from bot.i18n import N_, _
from bot.speech import Html, fill, last_moment, moment, offer, plain
from bot.speech.buttons import Written, rows, tap
from bot.speech.deals import each_day, for_each, in_stock, more, places

BUTTONS = 20  # under one message
ASKS = {
    "title": N_("What is the deal called? At most 60 characters."),
    "offer": N_("What does it bring? Such as 10 (money off), 20%, gift:tea, points:50 or x2."),
    "extra": N_("Do old members get more? Such as 30% (from regulars up) or vip:30%."),
    "opens": N_("When does it begin? Such as 18:00, “tomorrow 9:00” or 2027-03-05T09:00."),
    "until": N_("Until when? Such as 2h, 3d, “tomorrow 18:00” or 2027-03-05."),
    "daily": N_("At which hours of the day can it be claimed? Such as 14:00-14:30."),
    "stock": N_("How many are there? With hours of the day: how many each day."),
    "limit": N_("How many may each member claim?"),
    "audience": N_("For whom? An audience such as grade:vip tag:tea."),
    "holdout": N_("Shall some get no letter, to see what it brings? How many in a hundred, 1 to 50."),
}
OFFERS, LENGTHS = ("10%", "20%", "x2"), (1, 3, 7)
COUNTS = {"stock": (10, 20, 50), "limit": (1, 2, 3), "holdout": (10, 20)}


def options(name: str, shop: Shop) -> dict[str, str]:
    """What a step may be answered with by a button, with the words on it."""
    match name:
        case "offer":
            return {each: offer(Offer.read(each), shop) for each in OFFERS}
        case "opens":
            return {"now": _("Right now")}
        case "until":
            return {f"{days}d": _("{days} day", "{days} days", days).format(days=days) for days in LENGTHS}
        case "daily":
            return {"": _("The whole day")}
        case "stock" | "limit" | "holdout":
            uncounted = {"stock": {"": _("Any number")}, "holdout": {"": _("Nobody")}}.get(name, {})
            return uncounted | {str(number): str(number) for number in COUNTS[name]}
        case _:
            return {}


def beyond(given: Offer, shop: Shop) -> dict[str, str]:
    """What may be answered, by a button, to how much more than an offer old members get."""
    extra = near(given)
    return {"": _("The same for everybody")} | ({str(extra): plain(more(extra, shop))} if extra else {})


def laid_down(plan: Plan, shop: Shop) -> Html:
    """A deal as it was answered, before it is made."""
    until = last_moment(plan.closes_at, shop)
    lines = [
        fill("<b>{title}</b>", title=plan.title),
        fill("{offer}", offer=offer(plan.offer, shop)),
        *([more(plan.extra, shop)] if plan.extra else []),
        fill(_("From {opens} until {until}"), opens=moment(plan.opens_at, shop), until=until),
    ]
    if plan.daily:
        lines.append(each_day(plan.daily))
    if plan.stock is not None:
        lines.append(in_stock(plan.stock, daily=plan.daily is not None))
    lines.append(for_each(plan.each))
    lines.append(fill(_("For: {audience}"), audience=plan.audience or _("Everybody")))
    if plan.holdout:
        lines.append(fill(_("{share} in a hundred get no letter, to compare with."), share=plan.holdout))
    return Html("\n".join(lines))


def which(running: list[Shown]) -> tuple[Html, InlineKeyboardMarkup | None]:
    """The question which deal to stop; with only one, whether to stop it."""
    if not running:
        return Html(_("No deal is running.")), None
    cancel = tap(_("Cancel"), "untell")
    if len(running) > 1:
        buttons = [tap(f"{each.id}. {each.title}", "deal", "stop", each.id) for each in running[:BUTTONS]]
        return Html(_("Which deal shall end now?")), rows(*buttons, cancel)
    [one] = running
    text = fill(
        _("Deal {id}, “{title}”: end it now? Coupons already claimed stay good."), id=str(one.id), title=one.title
    )
    return text, rows([tap(_("Confirm"), "deal", "end", one.id), cancel])


def stopped(deal: Shown) -> Html:
    """That a deal has ended."""
    return fill(_("“{title}” is stopped. Coupons already claimed stay good."), title=deal.title)


def explained(form: str) -> Html:
    """What follows the first question of the form: the line that does the same at once."""
    return fill(
        _(
            "At once with one line, such as:\n<code>{form}</code>\n\n"
            "It opens and closes on its own, is posted in the groups and sent to the members. An offer is 10 (money "
            "off), 20%, gift:tea, points:50 or x2; a time is now, 18:00, 2h, 3d or “tomorrow 9:00”; stock may be left "
            "out, and limit:2 (for each member), daily:14:00-14:30 (hours of the day; the stock is that of each day), "
            'extra:30% or extra:vip:30% (more for old members), audience:"grade:vip" (for whom) and holdout:10 (of a '
            "hundred ten get no letter, to compare with) be added."
        ),
        form=form,
    )


def made(deal: Shown, forecast: Forecast, shop: Shop, now: datetime) -> Html:
    """What came of a new deal: when it is open, who hears of it, and how to end it."""
    facts = {"title": deal.title, "offer": offer(deal.offer, shop), "until": last_moment(deal.closes_at, shop)}
    if deal.state == "open":
        text = fill(_("Deal {id} is open: “{title}”, {offer}, until {until}."), id=str(deal.id), **facts)
    else:
        opens = moment(deal.opens_at, shop)
        text = fill(
            _("Deal {id} is planned: “{title}”, {offer}, from {opens} until {until}."),
            id=str(deal.id),
            opens=opens,
            **facts,
        )
    return Html("\n".join([text, *_follows(deal, forecast, shop, now)]))


def _follows(made: Shown, forecast: Forecast, shop: Shop, now: datetime) -> list[Html]:
    """What happens next: who hears of it, and when; and how to end it."""
    opens = max(made.opens_at, now)
    if awake(shop, opens) >= made.closes_at:
        return [Html(_("It ends before the shop wakes, so nobody will hear of it: /deals shows it to those who look."))]
    letters = _(
        "{count} member gets a letter, within the offers of a day.",
        "{count} members get a letter, each within their offers of a day.",
        forecast.members,
    )
    lines = [fill(letters, count=forecast.members), _posts(forecast, shop)]
    if sleeping(shop, opens):
        hour = shop.rules.sending.quiet_until.strftime("%H:%M")
        lines.append(fill(_("It is night in the shop then: the post and the letters go out after {hour}."), hour=hour))
    return [*lines, fill(_("To end it: /deal stop {id}"), id=str(made.id))]


def _posts(forecast: Forecast, shop: Shop) -> Html:
    if not forecast.groups:
        return Html(_("No group is linked, so it is posted in none."))
    if forecast.never:
        return Html(_("It is not posted: the group has had its offers, and this one is over before the next may go."))
    if forecast.later:
        at = moment(forecast.later, shop)
        return fill(_("The group has had its offers for the day: this one is posted on {at}."), at=at)
    posts = _("It is posted in the group.", "It is posted in {count} groups.", forecast.groups)
    return fill(posts, count=forecast.groups)


def listed(found: list[Shown], shop: Shop, form: str) -> Written:
    """The latest deals, one a line, each with a button that tells what it brought."""
    if not found:
        return fill(_("No deals yet. Make the first one like this: {form}"), form=_(form)), None
    states = {"planned": _("planned"), "open": _("open"), "closed": _("over"), "stopped": _("stopped")}
    lines = [
        fill(
            _("{id}. “{title}”, {offer}: {state}, {claimed} claimed, {left}, until {until}")
            if deal.left is not None
            else _("{id}. “{title}”, {offer}: {state}, {claimed} claimed, until {until}"),
            id=str(deal.id),
            title=deal.title,
            offer=offer(deal.offer, shop),
            state=states[deal.state],
            claimed=deal.claimed,
            left="" if deal.left is None else places(deal, deal.left),
            until=last_moment(deal.closes_at, shop),
        )
        for deal in found
    ]
    begun = [tap(f"📊 {deal.id}", "deal", "brought", deal.id) for deal in found if deal.state != "planned"]
    return Html("\n".join(lines)), rows(*(begun[at : at + 5] for at in range(0, len(begun), 5))) if begun else None
