"""How a journey speaks: its letters, in the shop's own words."""

from datetime import datetime, timedelta

from bot.club.cuts import GRADES
from bot.club.journeys import Step
from bot.club.members import number
from bot.club.rules import Shop
from bot.club.sending import Outgoing
from bot.i18n import N_, _, spoken
from bot.pictures.cards import member_card
from bot.speech import Html, coupon, fill, grade, name, sunday
from bot.speech.buttons import DeepLink, Written, pairs, rows, tap
from bot.speech.menu import menu_buttons

USAGE = {"good": N_("👍 Very well"), "so-so": N_("So-so"), "not yet": N_("Not tried yet")}
CODE = "ABCD-2345-EFGH"  # of the coupon in a preview


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


def stage_letter(sent: Outgoing, shop: Shop, _link: DeepLink) -> Written:
    """A letter by the baby's months, with the gentle end of them."""
    return words(sent, shop), rows(tap(_("Please, no more of these"), "unbaby"))


def words(sent: Outgoing, shop: Shop) -> Html:
    """The words of a step in the reader's language, with their places filled."""
    facts = sent.facts
    about = {"name": name(sent.name), "shop": shop.name, "product": facts.get("product") or _("what you bought")}
    about |= {"coupon": coupon(facts["coupon"], shop) if "coupon" in facts else "", "sunday": sunday()}
    return fill(facts["texts"][spoken()], **about)


def reworded(sent: Outgoing, text: Html, shop: Shop) -> Html:
    """A job's letter in the owner's words, where there are any in the reader's language, around the club's own."""
    own = sent.facts.get("own_words", {}).get(spoken())
    return fill(own, name=name(sent.name), shop=shop.name, text=text) if own else text


def preview(step: Step, journey: str, reader: str, shop: Shop, now: datetime) -> Html:
    """A step as a member would read it, with a made-up coupon and product."""
    if step.kind == "job":
        own = step.text.get(spoken())
        return fill(own or "{text}", name=name(reader), shop=shop.name, text=_("(here stand my own words)"))
    until = shop.end_of(shop.day(now) + timedelta(days=step.days)).isoformat()
    made_up = {"name": journey, "offer": step.offer, "code": CODE, "good_until": until}
    about = {"name": name(reader), "shop": shop.name, "product": _("green tea")}
    about |= {"coupon": coupon(made_up, shop) if step.offer else "", "sunday": sunday()}
    return fill(step.text[spoken()], **about)
