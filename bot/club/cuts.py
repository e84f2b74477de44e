"""The rules by which members are ranked: what a grade takes, who is asleep, and what scores are given for."""

import re
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field

from bot.club.parts import Count, Money, Part

GRADES = ("new", "regular", "vip", "svip")  # each may have what the ones before it may
CALLED = {"新会员": "new", "新會員": "new", "新客": "new", "熟客": "regular"}  # beside their own names
SCORES = 5  # from 1 to this


def grade_called(word: str) -> str | None:
    """The grade that people mean by a word, if they mean one."""
    name = CALLED.get(word.strip(), word.strip().casefold())
    return name if name in GRADES else None


def rising(text: str) -> str:
    """Four numbers, each above the one before, as they are kept. Raises ValueError."""
    numbers = _numbers(text)
    if len(numbers) != SCORES - 1 or sorted(set(numbers)) != numbers or numbers[0] < 0:
        raise ValueError("four rising numbers, such as 2 3 5 8")
    return " ".join(map(str, numbers))


def falling(text: str) -> str:
    """Four numbers, each below the one before, as they are kept. Raises ValueError."""
    return " ".join(reversed(rising(" ".join(map(str, reversed(_numbers(text))))).split()))


def _numbers(text: str) -> list[int]:
    words = re.split(r"[\s,，、]+", text.strip())
    return [int(word) if re.fullmatch("[0-9]{1,7}", word) else -1 for word in words]


class GradeRules(Part):
    """What the last `days` must hold for a grade (0: not by this), and how long one stays that is earned no more."""

    days: Annotated[int, Field(ge=30, le=1095)] = 365
    regular_purchases: Annotated[int, Field(ge=0, le=1000)] = 2
    vip_spent: Money = Decimal(1000)
    vip_purchases: Annotated[int, Field(ge=0, le=1000)] = 8
    svip_spent: Money = Decimal(5000)
    grace_days: Annotated[int, Field(ge=0, le=365)] = 30


class ActivityRules(Part):
    """After how many times their own rhythm somebody is sleeping, and lost.

    Nobody is sleeping before `least_days`, nor who came fewer than three times before `few_days`; and nobody is lost
    before `lost_gaps` times as many.
    """

    sleeping_gaps: Annotated[int, Field(ge=1, le=20)] = 2
    lost_gaps: Annotated[int, Field(ge=1, le=40)] = 3
    least_days: Annotated[int, Field(ge=1, le=365)] = 30
    few_days: Annotated[int, Field(ge=1, le=365)] = 90


class ClassRules(Part):
    """Who buys for the office: so many pieces at once on a working day, so often. And who reviews well: stars on
    average, and comments."""

    office_pieces: Annotated[int, Field(ge=2, le=100)] = 6
    office_times: Annotated[int, Field(ge=1, le=50)] = 2
    reviewer_stars: Annotated[int, Field(ge=1, le=5)] = 4
    reviewer_comments: Annotated[int, Field(ge=0, le=50)] = 1


class RfmRules(Part):
    """From which value on a buyer has the scores 2 to 5. From so many buyers on quintiles say it (0: never).

    Recency in days since the last purchase; frequency and money in the time that counts for grades.
    """

    recency: Annotated[str, AfterValidator(falling)] = "365 180 90 30"
    frequency: Annotated[str, AfterValidator(rising)] = "2 3 5 8"
    money: Annotated[str, AfterValidator(rising)] = "100 300 1000 3000"
    quintiles_from: Count = 200
