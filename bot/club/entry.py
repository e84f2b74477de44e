"""The rules of who comes: friends who are invited, and the door of the groups with its question."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from bot.club.parts import Count, Part, Switch

JOINS = ("open", "request", "members")
_JOINS_CALLED = (("开放", "開放"), ("on request", "申请", "申請"), ("members only", "会员", "會員"))
STANDARD, NO_QUESTION = "standard", "none"
_QUESTIONS_CALLED = {"标准": STANDARD, "標準": STANDARD, "不问": NO_QUESTION, "不問": NO_QUESTION}
NO_MORE = "none"
QUESTION = 200  # characters of a question of the shop's own


def _join(text: str) -> str:
    for mode, called in zip(JOINS, _JOINS_CALLED, strict=True):
        if text.strip().lower() in (mode, *called):
            return mode
    raise ValueError("open, request or members")


def _question(text: str) -> str:
    words = text.strip()
    known = _QUESTIONS_CALLED.get(words, words.lower())
    if known in (STANDARD, NO_QUESTION):
        return known
    if not 2 <= len(words) <= QUESTION or words[-1] not in "?？":
        raise ValueError("standard, none, or a question of your own that ends with a question mark")
    return words


def _more(text: str) -> str:
    words = text.strip().lower().replace("×", "x")
    if words in (NO_MORE, "无", "無"):
        return NO_MORE
    if re.fullmatch(r"x([2-9]|10)|[1-9][0-9]{0,3}", words):
        return words
    raise ValueError("none, x2, or points such as 30")


def more(rule: str, points: int) -> int:
    """What a gift of points becomes by a rule: as it is, so many times as much, or so many more."""
    if rule == NO_MORE:
        return points
    return points * int(rule[1:]) if rule.startswith("x") else points + int(rule)


class ReferralRules(Part):
    """What an invitation that counts brings, in points, and when it counts.

    The friend stays `stay_days`, and buys for the first time within `within_days` of opening the link. More than
    `burst` newcomers of one member within an hour wait for the owner. Who comes in the birthday week of whoever
    invites them brings both what `birthday` makes of it.
    """

    points: Count = 50
    friend_points: Count = 20
    stay_days: Annotated[int, Field(ge=0, le=90)] = 7
    within_days: Annotated[int, Field(ge=1, le=365)] = 30
    burst: Annotated[int, Field(ge=1, le=1000)] = 5
    birthday: Annotated[str, AfterValidator(_more)] = NO_MORE


class GroupRules(Part):
    """Who is let into a group on asking (see JOINS), what is asked of them first, and for how long newcomers post no
    links and no bursts there; whether a `note` tells each week who is the shop, and `lookalikes` are pointed out."""

    join: Annotated[str, AfterValidator(_join)] = JOINS[0]
    question: Annotated[str, AfterValidator(_question)] = STANDARD
    newcomer_hours: Annotated[int, Field(ge=0, le=720)] = 24
    burst: Annotated[int, Field(ge=3, le=100)] = 10
    note: Switch = False
    lookalikes: Switch = True
