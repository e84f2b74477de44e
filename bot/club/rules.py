"""What the owner may tune, as one typed object, and the shop that it belongs to."""

import difflib
import itertools
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, ValidationError
from sqlmodel import Session, col, delete, select

from bot.club import audit, caps
from bot.club.cuts import ActivityRules, ClassRules, GradeRules, RfmRules
from bot.club.entry import GroupRules, ReferralRules
from bot.club.errors import BadRule, NoSuchRule
from bot.club.offers import Offer
from bot.club.parts import Count, Factor, Hour, Money, Part, Rate, Switch
from db.engine import insert_once, one_at_a_time, tell
from db.rules import RULES, Rule

TURNS = itertools.count(1)
CHANGES = 0x72_756C_6573  # "rules", in PostgreSQL's numbers of advisory locks
NO_OFFER = "none"
EXPIRY = "points.expiry"


def _offer(text: str) -> str:
    return str(Offer.read(text))


def _offer_or_none(text: str) -> str:
    return text if text == NO_OFFER else _offer(text)


def _expiry(text: str) -> str:
    if not re.fullmatch(r"never|month_end|year_end|inactivity ([1-9]\d{0,2})|days ([1-9]\d{0,3})", text):
        raise ValueError("inactivity 12, days 365, month_end, year_end or never")
    return text


def _caps(text: str) -> str:
    return caps.written(text)


class PointRules(Part):
    """What earns points, in points; `caps` on a day, by what earns them.

    A purchase earns `per_unit` of the currency, pending for `pending_days`.
    """

    consent: Count = 20
    checkin: Count = 5
    checkin_after_hours: Annotated[int, Field(ge=0, le=720)] = 0
    streak_days: Annotated[int, Field(ge=2, le=365)] = 7
    streak_prize: Count = 20
    field: Count = 10
    birthday: Count = 30
    review: Count = 10
    expiry: Annotated[str, AfterValidator(_expiry)] = "inactivity 12"
    caps: Annotated[str, AfterValidator(_caps)] = caps.NONE
    manager_limit: Count = 1000
    per_unit: Rate = Decimal(1)
    pending_days: Annotated[int, Field(ge=0, le=365)] = 0
    vip_multiplier: Factor = Decimal("1.2")
    svip_multiplier: Factor = Decimal("1.5")


class BirthdayRules(Part):
    """What a birthday brings. The coupon and the multiplier hold from `days_around` days before to as many after."""

    offer: Annotated[str, AfterValidator(_offer)] = "20%"
    days_around: Annotated[int, Field(ge=1, le=30)] = 7
    multiplier: Annotated[int, Field(ge=1, le=10)] = 2
    settled_days: Annotated[int, Field(ge=0, le=365)] = 30
    leap_day_in_march: Switch = False


class FamilyRules(Part):
    """What a relative's day brings to the member: an offer, or none."""

    offer: Annotated[str, AfterValidator(_offer_or_none)] = NO_OFFER


class ProfileRules(Part):
    """How often a member is asked about themselves, 0 for never."""

    questions_per_day: Annotated[int, Field(ge=0, le=10)] = 1
    questions_per_week: Annotated[int, Field(ge=0, le=70)] = 3


class SendingRules(Part):
    """When and how much may be sent on its own. Times are the shop's; `pace` is messages a second, to all together."""

    quiet_from: Hour = time(21)
    quiet_until: Hour = time(9)
    day_hour: Hour = time(9, 30)
    promo_per_day: Count = 1
    promo_per_week: Count = 3
    group_posts_per_day: Count = 2
    pace: Annotated[int, Field(ge=1, le=1000)] = 25
    paused: Switch = False


class PlanRules(Part):
    """When the managers get tomorrow's plan, in the shop's time."""

    at: Hour = time(20)


class PrivacyRules(Part):
    """How long somebody is remembered who left: months since they were last seen, 0 for ever."""

    keep_months: Annotated[int, Field(ge=0, le=240)] = 24


class GiftRules(Part):
    """How many days a gift that was paid for waits to be fetched."""

    keep_days: Annotated[int, Field(ge=1, le=365)] = 30


class BudgetRules(Part):
    """The month's ceiling for what is given on its own (0: none), and what things cost the shop, in its currency."""

    monthly: Money = Decimal(0)
    hundred_points: Money = Decimal(1)
    basket: Money = Decimal(50)
    gift: Money = Decimal(10)


class Rules(Part):
    """All rules, with their defaults."""

    points: PointRules = PointRules()
    birthday: BirthdayRules = BirthdayRules()
    family: FamilyRules = FamilyRules()
    profile: ProfileRules = ProfileRules()
    referral: ReferralRules = ReferralRules()
    group: GroupRules = GroupRules()
    gifts: GiftRules = GiftRules()
    budget: BudgetRules = BudgetRules()
    grades: GradeRules = GradeRules()
    activity: ActivityRules = ActivityRules()
    rfm: RfmRules = RfmRules()
    classes: ClassRules = ClassRules()
    sending: SendingRules = SendingRules()
    plan: PlanRules = PlanRules()
    privacy: PrivacyRules = PrivacyRules()


@dataclass(frozen=True, slots=True)
class Shop:
    """The business that this process serves: what it is called, where it stands, its rules and words of its own."""

    name: str = "Regulars"
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))
    currency: str = "CNY"
    region: str = "CN"
    locale: str = "zh_CN"
    email: bool = False  # whether letters may go by e-mail where no chat is reached
    rules: Rules = field(default_factory=Rules)
    audiences: Mapping[str, str] = field(default_factory=dict)  # the query of each name, as it is looked up
    keywords: Mapping[str, str] = field(default_factory=dict)  # the answer to each word, as it is looked up

    def day(self, now: datetime) -> date:
        """The shop-day of an instant."""
        return now.astimezone(self.zone).date()

    def at(self, day: date, hour: time) -> datetime:
        """The instant of an hour of a shop-day, in UTC."""
        return datetime.combine(day, hour, self.zone).astimezone(UTC)

    def end_of(self, day: date) -> datetime:
        """The instant at which a shop-day ends."""
        return self.at(day + timedelta(days=1), time(0))


class OpenShop:
    """The shop as it stands now, for whoever needs it over time: its rules follow the owner's changes."""

    def __init__(self, shop: Shop) -> None:
        self.now = shop
        self._turn, self._turns = 0, Counter[str]()

    def follow(self, told: tuple[int, Rules]) -> None:
        """Take over changed rules; listens to the topic `rules`. The later change stands, whichever is told last."""
        turn, rules = told
        if turn > self._turn:
            self._turn, self.now = turn, replace(self.now, rules=rules)

    def follow_words(self, told: tuple[int, str, Mapping[str, str]]) -> None:
        """Take over changed `audiences` or `keywords`; listens to the topic `words`, as `follow` does to its own."""
        turn, which, words = told
        if turn > self._turns[which]:
            self._turns[which] = turn
            changed: dict[str, Any] = {which: words}
            self.now = replace(self.now, **changed)

    def reset(self) -> None:
        """Go back to the rules as they come, to no names and to no words."""
        self.now = replace(self.now, rules=Rules(), audiences={}, keywords={})


def current(session: Session) -> Rules:
    """The rules as they stand."""
    tree: dict[str, dict[str, str]] = {}
    for rule in session.exec(select(Rule)):
        part, _, name = rule.name.partition(".")
        tree.setdefault(part, {})[name] = rule.value
    return Rules.model_validate(tree)


def listed(rules: Rules) -> dict[str, Any]:
    """Every rule by its dotted name, with its value."""
    return {f"{part}.{name}": value for part, family in rules for name, value in family}


def written(value: Any) -> str:
    """A rule's value as it is written in /settings."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.strftime("%H:%M") if isinstance(value, time) else str(value)


def bounds(name: str) -> tuple[Any, Any]:
    """The least and the most that a rule with a number can be."""
    part, _, last = name.partition(".")
    limits = type(getattr(Rules(), part)).model_fields[last].metadata
    return next(each.ge for each in limits if hasattr(each, "ge")), next(
        each.le for each in limits if hasattr(each, "le")
    )


def near(name: str, rules: Rules) -> list[str]:
    """Names of rules like this one."""
    return difflib.get_close_matches(name, listed(rules), n=3, cutoff=0.3) or ["points.checkin"]


def change(session: Session, staff_id: int, name: str, value: str, *, now: datetime) -> Any:
    """Change one rule, for the owner. Returns its new value. Raises NoSuchRule, BadRule."""
    one_at_a_time(session, CHANGES)
    rules = current(session)
    known = listed(rules)
    if name not in known:
        raise NoSuchRule(name=name[:40], near=", ".join(near(name, rules)))
    part, _, last = name.partition(".")
    try:
        changed = getattr(type(getattr(rules, part)).model_validate({last: value}), last)
    except ValidationError:
        raise BadRule(value=value[:40], rule=name, now_is=written(known[name])) from None
    since = session.exec(select(Rule.since).where(col(Rule.name) == name)).one_or_none()
    if name != EXPIRY or not _as_long(rules.points.expiry, value):
        since = now
    session.exec(delete(Rule).where(col(Rule.name) == name))
    insert_once(session, RULES, name=name, value=value, since=since)
    audit.note(session, staff_id, "settings", now=now, rule=name, value=value)
    tell(session, "rules", (next(TURNS), current(session)))  # one change at a time, so these are in order of commit
    return changed


def _as_long(before: str, after: str) -> bool:
    """Whether points last at least as long as before, so that nobody has to be spared."""
    (mode, _, number), (new_mode, _, new_number) = before.partition(" "), after.partition(" ")
    return mode == new_mode and int(new_number or 0) >= int(number or 0)
