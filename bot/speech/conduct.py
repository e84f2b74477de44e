"""Order in the group, in words: warnings there, deeds that say nothing, and what the staff and the owners read."""

from datetime import datetime
from typing import Any

from aiogram.methods import BanChatMember, RestrictChatMember, TelegramMethod
from aiogram.types import ChatPermissions

from bot.club.conduct import KICK, MUTE, WARN, Struck
from bot.club.rules import Shop
from bot.club.sending import Outgoing
from bot.i18n import N_, _
from bot.speech import Html, fill, moment, name, person
from bot.speech.buttons import DeepLink, Written

NEWCOMERS = {
    "link": N_("{name}, newcomers post no links here in the beginning. Please ask the shop's people first."),
    "forward": N_("{name}, newcomers forward nothing here in the beginning. Please ask the shop's people first."),
    "flood": N_("{name}, one message at a time, please: others would like to read along."),
}
DONE = {
    WARN: N_("{who} is warned in the group."),
    MUTE: N_("{who} cannot write in the group until {until}."),
    KICK: N_("{who} is put out of the group, and may come again later. /block keeps out for good."),
}


def warning(letter: Outgoing, shop: Shop, _link: DeepLink) -> Written:
    """A warning, for all in the group to read."""
    facts = letter.facts
    if facts["own"]:
        return fill(_(NEWCOMERS[facts["reason"]]), name=name(facts["name"])), None
    text = _("⚠️ {name}, a word from {shop}: {reason}")
    return fill(text, name=name(facts["name"]), shop=shop.name, reason=facts["reason"]), None


def silence(letter: Outgoing) -> TelegramMethod[Any]:
    """Let somebody write nothing until some time."""
    about = {"chat_id": letter.chat_id, "user_id": letter.facts["who"]}
    nothing = ChatPermissions(can_send_messages=False)
    return RestrictChatMember(**about, permissions=nothing, until_date=datetime.fromisoformat(letter.facts["until"]))


def put_out(letter: Outgoing) -> TelegramMethod[Any]:
    """Put somebody out, who may come again later; what a spammer wrote goes along."""
    about = {"chat_id": letter.chat_id, "user_id": letter.facts["who"], "revoke_messages": letter.facts["own"]}
    return BanChatMember(**about, until_date=datetime.fromisoformat(letter.facts["until"]))


def unable(letter: Outgoing, _shop: Shop, _link: DeepLink) -> Written:
    """Tell an owner that the platform refused a deed, and the remedy; or whoever of the staff asked for it."""
    title = name(letter.facts["title"])
    if "asked" in letter.facts:
        text = _(
            "“{title}” did not let me do what you asked for: I lack the right to ban users there, or it was about "
            "another administrator. The owners know."
        )
        return fill(text, title=title), None
    text = _(
        "I was not able to silence or put out somebody in “{title}”. Please give me the right to ban users there; "
        "another administrator only you can put out."
    )
    return fill(text, title=title), None


def done(struck: Struck, shop: Shop) -> Html:
    """What the staff read of their deed."""
    until = moment(struck.until, shop) if struck.until else ""
    return fill(_(DONE[struck.deed]), who=person(struck.who), until=until)
