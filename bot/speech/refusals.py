"""How a refusal is said: its own sentence, in the language being spoken."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from bot.club.errors import ClubError
from bot.club.members import Named
from bot.club.rules import Shop
from bot.i18n import _
from bot.speech import Html, coupon_name, fill, last_moment, moment, money, person
from bot.speech.columns import column_name
from bot.speech.rules import rule_name

MONEY = ("minimum", "left", "guessed")  # facts that are amounts, in minor units
WORDED: dict[str, Callable[[str], str]] = {"form": _, "rule": rule_name, "coupon": coupon_name, "column": column_name}


def words(refusal: ClubError, shop: Shop) -> Html:
    """The sentence of a refusal."""
    return fill(_(refusal.says), **{name: _fact(name, fact, shop) for name, fact in refusal.facts.items()})


def _fact(name: str, fact: Any, shop: Shop) -> Any:
    if isinstance(fact, Named):
        return person(fact)
    if isinstance(fact, datetime):
        return last_moment(fact, shop) if name == "until" else moment(fact, shop)
    if name in MONEY:
        return money(fact, shop)
    return WORDED[name](fact) if name in WORDED else fact
