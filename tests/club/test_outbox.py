"""The outbox: one letter to a key, taken in order of rank, never two of what must not double, settled once."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import Session, select

from bot.clock import Clock
from bot.club import groups, impostors, inbox, members, nights, outbox, sending, settling, staff
from bot.club.letters import Rank
from bot.club.members import Visitor
from bot.club.rules import GroupRules, Rules, SendingRules, Shop
from bot.club.sending import Outgoing
from bot.club.settling import Settled
from db.engine import Database
from db.groups import Group
from db.members import Account
from db.outbox import LETTERS, Letter

SMALL = ("ix_letters_due", "ix_letters_sending", "ix_letters_replaced", "ix_inbox_undone")  # hold what is open
Turn = Callable[..., Awaitable[list[str]]]


@pytest.fixture
def now(clock: Clock) -> datetime:
    """Ten in the morning."""
    return clock.now()


@pytest.fixture
async def ann(database: Database, now: datetime) -> dict[str, int]:
    """The address of a member who agreed."""
    return await met(database, 7, "Ann", now)


@pytest.fixture
async def bob(ann: dict[str, int], database: Database, now: datetime) -> dict[str, int]:
    """The address of another."""
    return await met(database, 8, "Bob", now)


async def met(database: Database, number: int, name: str, now: datetime) -> dict[str, int]:
    """Somebody comes, and agrees."""
    person = await database.write(members.meet, Visitor("playground", number, name), private=True, now=now)
    await database.write(members.agree, person, now=now)
    return {"account_id": person.account_id, "member_id": person.member_id}


@pytest.fixture
def turn(database: Database, shop: Shop, now: datetime) -> Turn:
    """One turn of the sender: the kinds of the letters that it takes."""

    async def turn(
        *settled: Settled, room: int = 5, resting: Any = (), at: datetime = now, of: Shop = shop
    ) -> list[str]:
        letters, _ = await database.write(sending.turn, settled, room, resting, of, now=at)
        return [letter.kind for letter in letters]

    return turn


async def post(
    database: Database, kind: str, address: dict[str, int], now: datetime, key: str = "", **more: Any
) -> int:
    """Leave a letter."""
    posted = await database.write(outbox.post, kind, key=key or kind, now=now, **address, **more)
    assert posted
    return posted


def waiting_by(session: Session, at: datetime) -> list[datetime]:
    """When the letters are due that are due by then."""
    return [*session.exec(select(Letter.after).where(Letter.state == "waiting", Letter.after <= at))]


def linked_group(session: Session) -> int:
    """A group of the club's."""
    group = Group(platform="playground", chat_id=-7, title="Friends", state="linked")
    session.add(group)
    session.flush()
    return group.id or 0


def another_chat(session: Session, member_id: int, now: datetime) -> int:
    """A second account of a member's."""
    account = Account(member_id=member_id, platform="qq", external_id=9, name="Ann", reachable=True, seen_at=now)
    session.add(account)
    session.flush()
    return account.id or 0


async def states(database: Database) -> list[str]:
    """What became of the letters."""
    return await database.read(lambda s: s.exec(select(Letter.state).order_by(Letter.id)).all())


async def test_a_key_is_good_for_one_letter(database: Database, ann: dict[str, int], now: datetime) -> None:
    await post(database, "points_changed", ann, now)
    assert await database.write(outbox.post, "points_changed", key="points_changed", now=now, **ann) is None
    assert await states(database) == ["waiting"]


async def test_a_letter_is_taken_once_and_settled_once(
    database: Database, ann: dict[str, int], now: datetime, turn: Turn
) -> None:
    letter = await post(database, "points_changed", ann, now)
    assert await turn() == ["points_changed"]
    assert await turn() == []
    assert await states(database) == ["sending"]
    await turn(Settled(letter, "sent", message_id=5))
    await turn(Settled(letter, "failed"))
    assert await states(database) == ["sent"]


async def test_the_first_class_goes_first_and_no_more_than_there_is_room(
    database: Database, ann: dict[str, int], bob: dict[str, int], now: datetime, turn: Turn
) -> None:
    for kind, whom in (("birthday", ann), ("deal", bob), ("request", ann), ("points_changed", bob)):
        await post(database, kind, whom, now)
    assert await turn(room=0) == []
    assert await turn(room=2) == ["request", "points_changed"]
    assert await turn(room=2) == ["birthday", "deal"]


async def test_nothing_is_taken_before_its_time_or_after_it(
    database: Database, ann: dict[str, int], now: datetime, turn: Turn
) -> None:
    await post(database, "birthday", ann, now, after=now + timedelta(hours=1))
    assert await turn() == []
    assert await database.read(sending.next_due, now=now) == now + timedelta(hours=1)
    assert await turn(at=now + timedelta(days=2, hours=1)) == []
    assert await states(database) == ["dropped"]


async def test_a_night_puts_off_thousands_of_letters_at_once(
    database: Database, ann: dict[str, int], now: datetime, turn: Turn, shop: Shop
) -> None:
    night, morning = now + timedelta(hours=12), now + timedelta(hours=23)
    common = {"rank": Rank.PROMO, "alone": False, "facts": {}, "after": now, "posted_at": now, "doubts": 0}
    rows = [
        ann | common | {"kind": "deal", "key": f"deal:{n}", "state": "waiting", "before": [None, morning][n % 2]}
        for n in range(nights.AT_ONCE)
    ]
    await database.write(lambda s: s.connection().execute(LETTERS.insert(), rows))
    for kind in ("points_changed", "birthday", "birthday_reminder"):
        await post(database, kind, ann, now, before=morning if kind == "birthday" else None)
    turns = 0
    while len(due := await database.read(waiting_by, night)) > 0:
        assert await turn(at=night) == (["points_changed"] if not turns else []), due
        turns += 1
    assert turns <= 5
    dropped = await database.read(lambda s: s.exec(select(Letter.kind).where(Letter.state == "dropped")).all())
    assert sorted(dropped) == ["birthday", *["deal"] * (nights.AT_ONCE // 2)]
    put_off = await database.read(waiting_by, night + timedelta(days=1))
    assert len(put_off) == nights.AT_ONCE // 2 + 1
    assert all(morning <= after <= morning + timedelta(minutes=10) for after in put_off)
    assert len(set(put_off)) > 10


async def test_what_came_too_late_is_reported_at_night_too(
    database: Database, ann: dict[str, int], now: datetime, turn: Turn
) -> None:
    await database.write(staff.appoint, "playground", {1: "owner"}, now=now)
    await post(database, "birthday", ann, now, key="late", before=now + timedelta(hours=1))
    night = now + timedelta(hours=12)
    await post(database, "birthday", ann, now, key="night", before=night + timedelta(hours=1))
    for _ in range(2):
        assert await turn(at=night) == []
    assert await turn(at=night + timedelta(minutes=2)) == ["missed"]
    facts = await database.read(lambda s: s.exec(select(Letter.facts).where(Letter.kind == "missed")).all())
    assert [len(each["items"]) for each in facts] == [2]


async def test_a_chat_that_rests_is_passed_over(
    database: Database, ann: dict[str, int], now: datetime, turn: Turn
) -> None:
    await post(database, "points_changed", ann, now)
    assert await turn(resting={("playground", 7)}) == []
    assert await turn(resting={("playground", 8), ("telegram", 7)}) == ["points_changed"]


async def test_a_chat_gets_one_letter_at_a_time(
    database: Database, ann: dict[str, int], now: datetime, turn: Turn
) -> None:
    for key in ("1", "2"):
        await post(database, "points_changed", ann, now, key=key)
    assert await turn() == ["points_changed"]
    assert await turn() == ["points_changed"]


async def test_the_caps_hold_for_a_member_with_two_chats(
    database: Database, ann: dict[str, int], now: datetime, turn: Turn
) -> None:
    other = ann | {"account_id": await database.write(another_chat, ann["member_id"], now)}
    for key, whom in (("1", ann), ("2", other)):
        await post(database, "deal", whom, now, key=key)
    assert await turn() == ["deal"]
    assert await turn() == []


async def test_paused_only_receipts_go(
    database: Database, ann: dict[str, int], bob: dict[str, int], now: datetime, turn: Turn, shop: Shop
) -> None:
    held = Shop(zone=shop.zone, rules=Rules(sending=SendingRules(paused=True)))
    for kind, whom in (("deal", ann), ("birthday", bob), ("points_changed", ann)):
        await post(database, kind, whom, now)
    assert await turn(of=held) == ["points_changed"]
    assert await turn() == ["birthday", "deal"]


async def test_paused_a_doubtful_receipt_goes_once_more_and_a_doubtful_offer_does_not(
    database: Database, ann: dict[str, int], bob: dict[str, int], now: datetime, turn: Turn, shop: Shop
) -> None:
    held = Shop(zone=shop.zone, rules=Rules(sending=SendingRules(paused=True)))
    letters = [await post(database, *letter, now) for letter in (("points_changed", ann), ("deal", bob))]
    assert await turn() == ["points_changed", "deal"]
    assert await turn(*(Settled(letter, "uncertain", "timeout") for letter in letters), of=held) == ["points_changed"]
    assert await turn(Settled(letters[0], "sent"), of=held) == []
    assert await turn() == ["deal"]


async def test_what_is_held_does_not_hold_up_what_stands_behind_it(
    database: Database, now: datetime, turn: Turn
) -> None:
    for number in range(60):
        somebody = await met(database, 100 + number, "Guest", now)
        await post(database, "deal", somebody, now, key=str(number), before=now)
    await post(database, "deal_post", {"group_id": await database.write(linked_group)}, now)
    assert await turn() == ["deal_post"]
    assert await states(database) == ["dropped"] * 60 + ["sending"]


async def test_of_what_must_not_double_one_is_on_its_way_at_a_time(
    database: Database, ann: dict[str, int], bob: dict[str, int], now: datetime, turn: Turn
) -> None:
    first = await post(database, "birthday", ann, now, key="1")
    await post(database, "birthday_ahead", ann, now, key="2")
    await post(database, "deal", bob, now)
    assert await turn() == ["birthday", "deal"]
    assert await turn() == []
    assert await turn(Settled(first, "sent")) == ["birthday_ahead"]


async def test_a_doubtful_letter_goes_once_more_and_last(
    database: Database, ann: dict[str, int], bob: dict[str, int], now: datetime, turn: Turn
) -> None:
    letter = await post(database, "deal", ann, now)
    await turn()
    await post(database, "birthday", bob, now)
    assert await turn(Settled(letter, "uncertain", "timeout"), room=1) == ["birthday"]
    row = await database.read(lambda s: _plain(s, letter))
    assert row == ("waiting", Rank.ONCE_MORE, 1)
    assert await turn() == []  # one at a time, with those that must not double
    birthday = letter + 1
    assert await turn(Settled(birthday, "sent")) == ["deal"]
    await turn(Settled(letter, "uncertain", "timeout"))
    assert (await database.read(lambda s: _plain(s, letter)))[0] == "uncertain"
    assert await turn(at=now + timedelta(days=1)) == []


async def test_what_must_not_double_stays_in_doubt(
    database: Database, ann: dict[str, int], now: datetime, turn: Turn
) -> None:
    letter = await post(database, "birthday", ann, now)
    await turn()
    await turn(Settled(letter, "uncertain", "timeout"))
    assert await states(database) == ["uncertain"]


async def test_after_a_crash_what_was_under_way_is_in_doubt(
    database: Database, ann: dict[str, int], bob: dict[str, int], now: datetime, turn: Turn
) -> None:
    for kind, whom in (("points_changed", ann), ("birthday", bob)):
        await post(database, kind, whom, now)
    assert len(await turn()) == 2
    assert await database.write(settling.recover, now=now) == 2
    assert await states(database) == ["waiting", "uncertain"]
    assert await turn() == ["points_changed"]
    assert await database.write(settling.recover, now=now) == 1
    assert await states(database) == ["uncertain", "uncertain"]
    assert await database.write(settling.recover, now=now) == 0


async def test_a_letter_that_was_asked_to_wait_waits(
    database: Database, ann: dict[str, int], now: datetime, turn: Turn
) -> None:
    letter = await post(database, "points_changed", ann, now)
    await turn()
    assert await turn(Settled(letter, "waiting", "429", wait=30)) == []
    assert await turn(at=now + timedelta(seconds=29)) == []
    assert await turn(at=now + timedelta(seconds=31)) == ["points_changed"]


async def test_a_closed_chat_is_not_written_to_again(
    database: Database, ann: dict[str, int], now: datetime, turn: Turn
) -> None:
    letter = await post(database, "points_changed", ann, now, key="1")
    await turn()
    await post(database, "points_changed", ann, now, key="2")
    assert await turn(Settled(letter, "blocked", "blocked")) == []
    assert await states(database) == ["blocked", "dropped"]


async def test_a_withdrawn_letter_frees_its_key(
    database: Database, ann: dict[str, int], now: datetime, turn: Turn
) -> None:
    sent = await post(database, "birthday", ann, now, key="a")
    await turn()
    await turn(Settled(sent, "sent"))
    await post(database, "birthday", ann, now, key="b")
    await database.write(outbox.withdraw, ann["member_id"], ("birthday",), "changed", now=now)
    assert await states(database) == ["sent", "dropped"]
    assert await database.write(outbox.post, "birthday", key="a", now=now, **ann) is None
    assert await database.write(outbox.post, "birthday", key="b", now=now, **ann)


async def test_the_caps_count_what_is_under_way(
    database: Database, ann: dict[str, int], now: datetime, turn: Turn
) -> None:
    for key in ("1", "2", "3"):
        await post(database, "deal", ann, now, key=key)
    assert await turn() == ["deal"]
    assert await turn(at=now + timedelta(minutes=1)) == []


async def test_the_cap_of_a_week_is_the_last_seven_days(
    database: Database, ann: dict[str, int], now: datetime, turn: Turn
) -> None:
    for day in range(3):
        letter = await post(database, "deal", ann, now, key=str(day))
        assert await turn(at=now + timedelta(days=day)) == ["deal"]
        await turn(Settled(letter, "sent"), at=now + timedelta(days=day))
    await post(database, "deal", ann, now, key="4")
    assert await turn(at=now + timedelta(days=3)) == []
    assert await turn(at=now + timedelta(days=6)) == []
    assert await turn(at=now + timedelta(days=7, minutes=1)) == ["deal"]


async def test_what_is_counted_is_what_waits_and_the_last_day(
    database: Database, ann: dict[str, int], now: datetime, turn: Turn
) -> None:
    for key in ("1", "2"):
        await turn(Settled(await post(database, "points_changed", ann, now, key=key), "sent"))
        await turn(Settled(int(key), "sent"), at=now + timedelta(days=int(key)))
    await post(database, "points_changed", ann, now, key="3")
    count = await database.read(outbox.counted, now=now + timedelta(days=2, hours=1))
    assert count == {"waiting": 1, "sending": 0, "sent": 1}


async def test_letters_of_long_ago_are_forgotten_and_their_keys_not_before(
    database: Database, ann: dict[str, int], now: datetime, turn: Turn
) -> None:
    letter = await post(database, "birthday", ann, now)
    await turn()
    await turn(Settled(letter, "sent"))
    await post(database, "points_changed", ann, now)  # waits
    for days, forgotten in ((399, 0), (401, 1), (401, 0)):
        assert await database.write(outbox.prune, now=now + timedelta(days=days), limit=10) == forgotten
        kept = await database.write(outbox.post, "birthday", key="birthday", now=now, **ann) is None
        assert kept != bool(days > 400 and forgotten)
    assert "waiting" in await states(database)


async def test_no_look_grows_with_what_was_sent(
    database: Database, ann: dict[str, int], now: datetime, shop: Shop
) -> None:
    if database.dialect != "sqlite":
        pytest.skip("PostgreSQL plans by what the tables hold")
    await post(database, "deal", ann, now)
    noted, monday = replace(shop, rules=Rules(group=GroupRules(note=True))), now + timedelta(days=5)
    asked: list[tuple[str, Any]] = []

    def look(session: Session) -> None:
        connection = session.connection()
        event.listen(connection, "before_cursor_execute", lambda *call: asked.append(call[2:4]))
        sending.turn(session, (), 5, (("playground", 8),), shop, now=now)
        sending.next_due(session, now=now)
        settling.recover(session, now=now)
        outbox.counted(session, now=now)
        outbox.prune(session, now=now, limit=10)
        groups.former(session)
        impostors.unpinned(session)
        impostors.due(session, noted, now=monday)
        inbox.counted(session)
        inbox.waiting(session)
        inbox.empty_odd(session, now=now, limit=10)
        inbox.prune(session, now=now, limit=10)

    await database.write(look)
    assert len(asked) > 15
    plans = await database.read(lambda s: [plan(s, *each) for each in asked])
    whole = [step for steps in plans for step in steps if re.match(r"SCAN (letters|inbox)", step)]
    assert all(any(index in step for index in SMALL) for step in whole), whole


def plan(session: Session, statement: str, facts: Any) -> list[str]:
    """How SQLite answers a statement."""
    return [row[3] for row in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", facts)]


async def test_what_a_letter_brings_is_what_stands_when_it_goes(
    database: Database, ann: dict[str, int], now: datetime, shop: Shop
) -> None:
    await post(database, "points_changed", ann, now, amount=5, reason="x", balance=7)
    await database.write(lambda s: setattr(s.get(members.Member, ann["member_id"]), "locale", "zh_TW"))
    [letter], _ = await database.write(sending.turn, (), 1, (), shop, now=now)
    assert letter == Outgoing(
        letter.id, "points_changed", {"amount": 5, "reason": "x", "balance": 7}, "playground", 7, "zh_TW", None, "Ann"
    )


def _plain(session: Session, letter_id: int) -> tuple[str, int, int]:
    letter = session.get_one(Letter, letter_id)
    return letter.state, letter.rank, letter.doubts


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        ("birthday", {"gift": 7}),
        ("family", {"occasion_id": 7, "day": []}),
        ("of a later release", {}),
    ],
)
async def test_a_letter_that_cannot_be_judged_holds_up_nobody(
    database: Database, ann: dict[str, int], now: datetime, turn: Turn, kind: str, facts: dict[str, Any]
) -> None:
    """Its rows are gone, its facts of another release, or its kind is."""
    await post(database, "birthday_ahead", ann, now, "odd", **facts)
    await database.write(lambda s: s.connection().execute(LETTERS.update().values(kind=kind, alone=False)).close())
    await post(database, "points_changed", ann, now)
    assert await turn() + await turn() == ["points_changed"]
    assert await states(database) == ["failed", "sending"]


async def test_the_next_letter_is_found_however_many_wait(
    database: Database, ann: dict[str, int], now: datetime
) -> None:
    if database.dialect != "sqlite":
        pytest.skip("PostgreSQL plans by what the tables hold")

    def plan(session: Session) -> list[str]:
        connection, asked = session.connection(), []
        event.listen(connection, "before_cursor_execute", lambda *call: asked.append(call[2:4]))
        sending.next_due(session, now=now)
        [look] = asked
        return [row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {look[0]}", look[1])]

    steps = [step for step in await database.read(plan) if "letters" in step]
    assert len(steps) == 2 * len(Rank)
    assert all("rank=? AND alone=? AND after>?" in step for step in steps), steps
