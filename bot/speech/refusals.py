"""How a refusal is said: its own sentence, in the language being spoken."""

from datetime import datetime
from typing import Any

from bot.club.errors import ClubError
from bot.club.members import Named
from bot.club.rules import Shop
from bot.i18n import _
from bot.speech import Html, fill, last_moment, moment, person
from bot.speech.rules import rule_name


def words(refusal: ClubError, shop: Shop) -> Html:
    """The sentence of a refusal."""
    return fill(_(refusal.says), **{name: _fact(name, fact, shop) for name, fact in refusal.facts.items()})


def _fact(name: str, fact: Any, shop: Shop) -> Any:
    if isinstance(fact, Named):
        return person(fact)
    if name == "form":
        return _(fact)
    if name == "rule":
        return rule_name(fact)
    if not isinstance(fact, datetime):
        return fact
    return last_moment(fact, shop) if name == "until" else moment(fact, shop)
