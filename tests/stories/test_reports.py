"""The report: what managers read of a time, and what the owners get on the 1st."""

from datetime import date

import pytest
from sqlmodel import select

from bot.club import periods, reports
from bot.speech import reports as words_of
from db.outbox import Letter
from tests.people import Play


async def letters(play: Play) -> list[tuple[str, str]]:
    """The monthly reports that were left, by key and state."""
    look = select(Letter.key, Letter.state).where(Letter.kind == reports.LETTER).order_by(Letter.id)
    return [tuple(row) for row in await play.database.read(lambda s: s.exec(look).all())]


async def test_a_manager_reads_what_a_time_brought(play: Play) -> None:
    await play.owner.says("/journeys off welcome")
    ann, bob = await play.member("Ann"), await play.member("Bob")
    await play.owner.says("/sale @ann 100 tea #1")
    await play.down_until("2027-07-02 10:00")  # five months of silence
    await play.owner.says("/sale @bob 30 tea #2")
    await play.down_until("2027-07-10 10:00")
    await ann.says("/checkin")
    await bob.says("/checkin")
    await play.owner.says("/coupon new TEA 10 14")
    await play.owner.says("/coupon give TEA @ann")
    code = next(text for text in ann.heard() if "Code: " in text).partition("Code: ")[2].split()[0]
    await play.owner.says(f"/sale @ann 50 tea coupon:{code} #3")
    for order, amount in (("4", 20), ("5", 10)):
        await play.owner.says(f"/sale @bob {amount} tea #{order}")
    await play.owner.says("/refund #5")
    carol = await play.member("Carol")
    await carol.says("/forget")
    await carol.taps("Erase")
    [text] = await play.owner.says("/report")
    assert text.splitlines()[:6] == [
        "The last 7 days (4 July to 10 July)",
        "1 new member came and 1 left; letters reach 2 of 4.",
        "1 member came back after a long silence; 0 are sleeping now.",
        "2 members checked in, 2 times in all: nothing before to compare with.",
        "2 purchases (not enough to say whether that is more or fewer) brought CN¥60.",
        "No birthday or win-back coupon was given or used.",
    ]
    assert "· Buyers: 2 active, 0 sleeping, 0 lost" in text
    assert "· Points: 100 given, 0 spent, 0 expired; 0 expire within 30 days" in text
    assert "· Turnover before: CN¥30" in text
    assert "· Coupons: 1 issued, 1 used" in text
    assert "· regular: 2 purchases, CN¥60" in text
    assert play.owner.sees()[-1].file
    [month] = await play.owner.taps("This month")
    assert month.startswith("This month (1 July to 10 July)\n1 new member came and 1 left")
    [thirty] = await play.owner.says("/report 30天")
    assert thirty.startswith("The last 30 days (11 June to 10 July)")


async def test_who_is_no_manager_gets_none_and_odd_words_are_explained(play: Play) -> None:
    ann = await play.member("Ann")
    for who in (ann, play.clerk):
        assert "not available here" in (await who.says("/report"))[0]
        assert "not available here" in (await who.presses("report:7d"))[0]
    assert await play.owner.says("/report 90d") == ["Please write it like this: /report 7d | 30d | month"]
    assert "no longer works" in (await play.owner.presses("report:whole"))[0]


async def test_the_month_comes_to_the_owner_on_the_first_once(play: Play) -> None:
    await play.owner.says("/start")
    ann = await play.member("Ann")
    await ann.says("/checkin")
    await play.until("2027-03-01 09:29")
    assert await letters(play) == []
    await play.until("2027-03-01 09:32")
    [told] = [text for text in play.owner.heard() if text.startswith("February 2027")]
    assert told.splitlines()[0] == "February 2027 (1 February to 28 February)"
    assert "1 member checked in, 1 times" in told
    await play.down_until("2027-03-02 12:00")
    await play.club.tick()
    assert [state for _, state in await letters(play)] == ["sent"]
    await play.until("2027-04-01 12:00")  # nothing happened in March
    assert len(await letters(play)) == 1


async def test_a_report_comes_late_but_not_in_the_night_and_not_for_ever(play: Play) -> None:
    await play.owner.says("/start")
    await (await play.member("Ann")).says("/checkin")
    await play.down_until("2027-03-02 23:00")
    assert not any(text.startswith("February") for text in play.owner.heard())
    await play.until("2027-03-03 09:20")
    assert sum(text.startswith("February") for text in play.owner.heard()) == 1
    await (await play.member("Bob")).says("/checkin")
    await play.down_until("2027-04-04 12:00")
    await play.club.tick()
    assert len(await letters(play)) == 1


async def test_an_empty_shop_has_a_report_too(play: Play) -> None:
    [text] = await play.owner.says("报告")
    assert "Nobody checked in." in text
    assert "No purchase was entered." in text


@pytest.mark.parametrize(
    ("today", "name", "days"),
    [
        ("2027-03-01", "7d", "02-23 03-01 02-16 02-22"),
        ("2027-03-31", "month", "03-01 03-31 02-01 02-28"),
        ("2027-03-10", "month", "03-01 03-10 02-01 02-10"),
        ("2027-05-02", "whole", "04-01 04-30 03-01 03-31"),
    ],
)
def test_a_time_is_compared_with_one_as_long(today: str, name: str, days: str) -> None:
    day = date.fromisoformat(today)
    found = periods.month_before(day) if name == periods.WHOLE else periods.until(day, name)
    ends = (found.first, found.last, found.first_before, found.last_before)
    assert " ".join(f"{each:%m-%d}" for each in ends) == days


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (0, 0, "nothing before"),
        (12, 0, "nothing before"),
        (12, 4, "not enough to say"),
        (26, 20, "about as many"),
        (60, 30, "100 % more"),
        (30, 60, "50 % fewer"),
    ],
)
def test_small_numbers_tell_no_trend(now: int, before: int, said: str) -> None:
    assert words_of.trend(now, before).startswith(said)


async def test_a_gift_of_last_week_that_was_cancelled_is_no_spending_below_nothing(play: Play) -> None:
    ann = await play.member("Ann")
    await play.owner.says('/gift new "Cup" 30 5')
    await play.owner.says("/grant @ann 40 welcome")
    await ann.says("/gifts")
    await ann.taps("Cup")
    await ann.taps("Redeem")
    await play.down_until("2027-02-20 10:00")
    await ann.says("/gifts")
    await ann.taps("Cancel: Cup")
    await ann.taps("Confirm")
    [text] = await play.owner.says("/report")
    assert "Nobody new came and nobody left; letters reach 1 of 3." in text
    assert "· Points: 0 given, 0 spent, 0 expired; 0 expire within 30 days" in text
    assert "· Points given back for gifts that nobody took: 30" in text
