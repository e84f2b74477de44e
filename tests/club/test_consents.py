"""Consent, purpose by purpose: given together, withdrawn each by itself, and back at once."""

from datetime import datetime

import pytest
from sqlmodel import Session, select

from bot.clock import Clock
from bot.club import consents, members, staff
from bot.club.consents import AGREED
from bot.club.members import Visitor
from db.consents import Consent
from db.engine import Database


@pytest.fixture
def now(clock: Clock) -> datetime:
    """Ten in the morning."""
    return clock.now()


@pytest.fixture
async def ann(database: Database, now: datetime) -> int:
    """A member who agreed."""
    person = await database.write(members.meet, Visitor("playground", 7, "Ann"), private=True, now=now)
    await database.write(members.agree, person, now=now)
    return person.member_id


async def stands(database: Database, member_id: int) -> list[str]:
    """The purposes that a member agrees to."""
    return [each for each in consents.PURPOSES if await database.read(consents.given, member_id, each)]


async def test_one_agree_gives_three_purposes_and_children_wait_for_a_yes_of_their_own(
    database: Database, ann: int, now: datetime
) -> None:
    assert await stands(database, ann) == [*AGREED]
    await database.write(consents.give, ann, ["children"], now=now)
    assert await stands(database, ann) == [*AGREED, "children"]


async def test_a_purpose_is_withdrawn_alone_and_given_again(database: Database, ann: int, now: datetime) -> None:
    assert await database.write(consents.withdraw, ann, "offers", now=now)
    assert not await database.write(consents.withdraw, ann, "offers", now=now)
    assert await stands(database, ann) == ["service", "family"]
    for _twice in range(2):
        await database.write(consents.give, ann, ["offers"], now=now)
    assert await stands(database, ann) == [*AGREED]
    assert await database.read(_history, ann, "offers") == [False, True]


async def test_of_the_staff_no_yes_is_needed_but_their_no_counts(database: Database, now: datetime) -> None:
    await database.write(staff.appoint, "playground", {9: "owner"}, now=now)
    [(_, owner)] = await database.read(staff.reached)
    assert await stands(database, owner) == [*AGREED]
    assert await database.write(consents.withdraw, owner, "family", now=now)
    assert not await database.write(consents.withdraw, owner, "family", now=now)
    assert await stands(database, owner) == ["service", "offers"]
    await database.write(consents.give, owner, ["family"], now=now)
    assert await stands(database, owner) == [*AGREED]


async def test_a_stranger_agreed_to_nothing(database: Database, now: datetime) -> None:
    person = await database.write(members.meet, Visitor("playground", 8, "Bob"), private=True, now=now)
    assert await stands(database, person.member_id) == []


def _history(session: Session, member_id: int, purpose: str) -> list[bool]:
    """Of each yes to a purpose, the first one first, whether it stands."""
    rows = select(Consent).where(Consent.member_id == member_id, Consent.purpose == purpose).order_by(Consent.id)
    return [row.withdrawn_at is None for row in session.exec(rows)]
