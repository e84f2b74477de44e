"""Whether a letter that is due may go: the one decision, as a table."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.club.letters import KINDS, SEND, Kind, Rank, Verdict, awake, sleeping
from bot.club.policy import Reader, decide
from bot.club.rules import Rules, SendingRules, Shop

ZONE = ZoneInfo("Asia/Shanghai")
SHOP = Shop(zone=ZONE)
RECEIPT, OWN, PROMO = Kind(Rank.TRANSACTIONAL), Kind(Rank.PERSONAL), Kind(Rank.PROMO)
POST = Kind(Rank.PROMO, to_group=True)
NIGHT, NINE, NOON = 22, 9, 12


def at(hour: int, minute: int = 0, day: int = 10) -> datetime:
    """An hour of the shop's day."""
    return datetime(2027, 2, day, hour, minute, tzinfo=ZONE).astimezone(UTC)


def dropped(reason: str) -> Verdict:
    """The verdict that drops for a reason."""
    return Verdict(drop=True, reason=reason)


@pytest.mark.parametrize(
    ("kind", "reader", "hour", "verdict"),
    [
        (RECEIPT, Reader(), NOON, SEND),
        (RECEIPT, Reader(), NIGHT, SEND),
        (RECEIPT, Reader(agreed=False), NOON, SEND),
        (RECEIPT, Reader(notify="none", quiet_until=at(23)), NIGHT, SEND),
        (RECEIPT, Reader(promo_today=9, promo_week=9), NOON, SEND),
        (RECEIPT, Reader(reachable=False), NOON, dropped("unreachable")),
        (OWN, Reader(), NOON, SEND),
        (OWN, Reader(), NINE, SEND),
        (OWN, Reader(promo_today=9, promo_week=9), NOON, SEND),
        (OWN, Reader(notify="own"), NOON, SEND),
        (OWN, Reader(notify="none"), NOON, dropped("opted out")),
        (OWN, Reader(agreed=False), NOON, dropped("no consent")),
        (OWN, Reader(reachable=False, agreed=False), NIGHT, dropped("unreachable")),
        (OWN, Reader(quiet_until=at(23)), NOON, Verdict(at(23), reason="paused by the member")),
        (OWN, Reader(quiet_until=at(11)), NOON, SEND),
        (PROMO, Reader(), NOON, SEND),
        (PROMO, Reader(notify="own"), NOON, dropped("opted out")),
        (PROMO, Reader(notify="none"), NOON, dropped("opted out")),
        (PROMO, Reader(promo_today=1, promo_week=1), NOON, Verdict(at(9, 30, 11), reason="daily cap")),
        (PROMO, Reader(promo_week=3), NOON, Verdict(at(9, 30, 11), reason="weekly cap")),
        (PROMO, Reader(promo_week=2), NOON, SEND),
        (PROMO, Reader(content=False), NOON, dropped("a bad rating")),
        (OWN, Reader(content=False), NOON, SEND),
        (RECEIPT, Reader(content=False), NOON, SEND),
        (POST, Reader(promo_today=1), NOON, SEND),
        (POST, Reader(promo_today=2, promo_week=9), NOON, Verdict(at(9, 30, 11), reason="daily cap")),
        (POST, Reader(promo_week=9), NOON, SEND),
        (POST, Reader(agreed=False), NOON, dropped("no consent")),
    ],
)
def test_the_decision(kind: Kind, reader: Reader, hour: int, verdict: Verdict) -> None:
    assert decide(kind, None, reader, SHOP, now=at(hour)) == verdict


@pytest.mark.parametrize(
    ("before", "reader", "verdict"),
    [
        (at(13), Reader(), SEND),
        (at(12), Reader(), dropped("too late")),
        (at(11), Reader(), dropped("too late")),
        (at(11), Reader(notify="none"), dropped("opted out")),
        (at(9, 29, 11), Reader(promo_today=1), dropped("daily cap")),
        (at(9, 31, 11), Reader(promo_today=1), Verdict(at(9, 30, 11), reason="daily cap")),
        (at(14), Reader(quiet_until=at(15)), dropped("paused by the member")),
    ],
)
def test_what_has_an_end_is_not_kept_beyond_it(before: datetime, reader: Reader, verdict: Verdict) -> None:
    assert decide(PROMO, before, reader, SHOP, now=at(NOON)) == verdict


@pytest.mark.parametrize(("hour", "day"), [(21, 11), (23, 11), (0, 10), (8, 10)])
def test_the_quiet_hours_hold_until_nine_and_ten_minutes_at_most(hour: int, day: int) -> None:
    for kind in (OWN, PROMO, POST):
        verdict = decide(kind, None, Reader(), SHOP, now=at(hour))
        assert verdict.reason == "quiet hours"
        assert at(9, 0, day) <= verdict.wait_until <= at(9, 10, day)


def test_the_quiet_hours_spread_what_waits() -> None:
    assert len({awake(SHOP, at(NIGHT)) for _ in range(20)}) > 10


@pytest.mark.parametrize(
    ("start", "end", "quiet"),
    [
        ("21:00", "09:00", {0, 5, 6, 8, 21, 23}),
        ("13:00", "15:00", {13, 14}),
        ("09:00", "09:00", set()),
        ("00:00", "06:00", {0, 5}),
    ],
)
def test_the_quiet_hours_may_lie_anywhere(start: str, end: str, quiet: set[int]) -> None:
    sending = SendingRules.model_validate({"quiet_from": start, "quiet_until": end})
    shop = Shop(zone=ZONE, rules=Rules(sending=sending))
    for hour in (0, 5, 6, 8, 9, 12, 13, 14, 15, 20, 21, 23):
        assert (awake(shop, at(hour)) > at(hour)) == (hour in quiet), hour


def test_a_spring_forward_in_the_quiet_hours_is_no_trouble() -> None:
    shop = Shop(zone=ZoneInfo("America/New_York"))
    night = datetime(2027, 3, 14, 1, 30, tzinfo=shop.zone)
    assert (
        timedelta(hours=6, minutes=30) <= awake(shop, night) - night.astimezone(UTC) <= timedelta(hours=6, minutes=40)
    )


@pytest.mark.parametrize(
    ("zone", "night", "repeated"),
    [
        ("America/New_York", date(2027, 11, 7), timedelta(hours=1)),
        ("Australia/Lord_Howe", date(2027, 4, 4), timedelta(minutes=30)),
    ],
)
@pytest.mark.parametrize("begin", ["21:00", "01:32"])
def test_quiet_hours_that_end_in_the_repeated_hour_end_the_second_time(
    zone: str, night: date, repeated: timedelta, begin: str
) -> None:
    rules = Rules(sending=SendingRules.model_validate({"quiet_from": begin, "quiet_until": "01:45"}))
    shop = Shop(zone=ZoneInfo(zone), rules=rules)
    first, end = (shop.at(night, time(1, 45, fold=fold)) for fold in (0, 1))
    assert end - first == repeated
    minutes = [end - timedelta(minutes=n) for n in range(1, 13)] + [first + timedelta(minutes=n) for n in range(-12, 1)]
    for at in minutes:
        assert sleeping(shop, at), at
        assert end <= awake(shop, at) <= end + timedelta(minutes=10), at
    assert awake(shop, end) == end


@pytest.mark.parametrize(
    ("zone", "night"), [("America/New_York", date(2027, 3, 14)), ("Europe/London", date(2027, 3, 28))]
)
def test_quiet_hours_that_begin_in_an_hour_that_is_skipped_begin(zone: str, night: date) -> None:
    rules = Rules(sending=SendingRules.model_validate({"quiet_from": "02:30", "quiet_until": "06:00"}))
    shop = Shop(zone=ZoneInfo(zone), rules=rules)
    assert all(sleeping(shop, shop.at(night, time(hour, 1))) for hour in (3, 5))
    assert not sleeping(shop, shop.at(night, time(6)))


def test_never_twice_are_those_with_a_code_and_the_greetings() -> None:
    once = {name for name, kind in KINDS.items() if kind.once}
    greetings = {"birthday_ahead", "birthday", "birthday_post", "birthday_reminder"}
    codes = {"coupon_issued", "coupon_given", "coupon_giving", "coupon_reminder", "gift_reminder", "family_offer"}
    codes |= {"refunded_coupon", "next_visit", "series_complete", "journey_offer", "broadcast_coupon", "activity_prize"}
    assert once == greetings | codes


def test_receipts_are_never_held_and_offers_are_capped() -> None:
    for kind in KINDS.values():
        assert kind.held == (kind.rank > Rank.TRANSACTIONAL)
        assert kind.capped == (kind.rank == Rank.PROMO)
        assert not kind.once or kind.late or not kind.held
