"""How a journey speaks: its letters, in the shop's own words, and the list from which a manager switches it."""

from bot.club.gifts import GRADES
from bot.club.journeys import Standing, Step
from bot.club.members import number
from bot.club.offers import Offer
from bot.club.rules import Shop
from bot.club.sending import Outgoing
from bot.i18n import N_, _, spoken
from bot.pictures.cards import member_card
from bot.speech import Html, coupon, fill, fitting, grade, name, offer, yearly
from bot.speech.buttons import DeepLink, Written, pairs, rows, tap
from bot.speech.menu import menu_buttons

USAGE = {"good": N_("👍 Very well"), "so-so": N_("So-so"), "not yet": N_("Not tried yet")}


def letter(sent: Outgoing, shop: Shop, _link: DeepLink) -> Written:
    """A letter of a journey, with the way out of all offers under it."""
    return words(sent, shop), rows(tap(_("No more offers"), "stop"))


def card_letter(sent: Outgoing, shop: Shop, _link: DeepLink) -> Written:
    """The words under the member's card, with the menu."""
    return words(sent, shop), menu_buttons()


def card(sent: Outgoing, shop: Shop) -> bytes:
    """The member's card, as it stands when the letter goes."""
    member_id, rank, points = sent.facts["card"]
    balance = fill(_("{points} points"), points=points)
    facts = (shop.name, sent.name or "", number(member_id), grade(rank), balance)
    return member_card(*facts, stars=GRADES.index(rank))


def usage_letter(sent: Outgoing, shop: Shop, _link: DeepLink) -> Written:
    """The question how it goes with what was bought."""
    choices = [tap(_(label), "usage", usage, sent.facts["trip_id"]) for usage, label in USAGE.items()]
    return words(sent, shop), rows(*pairs(choices))


def rating_letter(sent: Outgoing, shop: Shop, _link: DeepLink) -> Written:
    """The question for a rating, with a button for each."""
    return words(sent, shop), rows([tap(str(stars), "rate", stars, sent.facts["trip_id"]) for stars in range(1, 6)])


def words(sent: Outgoing, shop: Shop) -> Html:
    """The words of a step in the reader's language, with their places filled."""
    facts = sent.facts
    about = {"name": name(sent.name), "shop": shop.name, "product": facts.get("product") or _("what you bought")}
    about["coupon"] = coupon(facts["coupon"], shop) if "coupon" in facts else ""
    return fill(facts["texts"][spoken()], **about)


def listed(found: list[Standing]) -> Written:
    """All journeys, those that are on marked, with a button for each."""
    lines = [Html(_("<b>Journeys</b>: letters that follow a member step by step, and end by themselves.")), Html("")]
    lines += [
        fill("{mark} {title} – <code>{name}</code>", mark=_mark(each), title=_title(each), name=each.name)
        for each in found
    ]
    lines += [Html(""), Html(_("Tap one to see what it sends, and to switch it."))]
    buttons = [tap(f"{_mark(each)} {_title(each)}", "journey", "show", each.name) for each in found]
    return fitting(lines), rows(*pairs(buttons))


def shown(found: Standing, shop: Shop) -> Written:
    """One journey: what it does, each step with its words, and the switch."""
    state = _("It is on.") if found.on else _("It is off.")
    parts = [fill("<b>{title}</b> · {state}", title=_title(found), state=state), Html(found.journey.about[spoken()])]
    parts += [_step(step, shop) for step in found.journey.steps]
    label, turn = (_("Switch off"), "off") if found.on else (_("Switch on"), "on")
    switch = tap(label, "journey", turn, found.name)
    return fitting(parts, "\n\n"), rows(switch, tap(_("All journeys"), "journey", "list"))


def switched(found: Standing) -> Html:
    """What a switch did, in a sentence."""
    if found.on:
        return fill(_("“{title}” is on: it begins for whoever comes from now on."), title=_title(found))
    return fill(_("“{title}” is off, and over for all who were on it."), title=_title(found))


def _step(step: Step, shop: Shop) -> Html:
    """A step in two lines: when, what it gives, and its words with their places still open."""
    when = _when(step)
    if step.offer:
        days = _("good for {days} day", "good for {days} days", step.days).format(days=step.days)
        when = fill("{when}: {offer}, {days}", when=when, offer=offer(Offer.read(step.offer), shop), days=days)
    return Html(f"<b>{when}</b>\n{step.text[spoken()]}")


def _when(step: Step) -> Html:
    """When a step is due, in words."""
    if step.on:
        return fill("{day}{ahead}", day=yearly(step.on), ahead=f" {step.day:+}" if step.day else "")
    return fill(_("Day {day}"), day=str(step.day)) if step.day else Html(_("At once"))


def _title(found: Standing) -> str:
    return found.journey.title[spoken()]


def _mark(found: Standing) -> str:
    return "✅" if found.on else "⬜"
