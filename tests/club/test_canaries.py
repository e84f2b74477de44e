"""Everything about a member is exported, and nothing of them is left: for every column of every table."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import JSON, String, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from bot.club import erased, inbox, privacy
from db import metadata
from db.engine import Database
from db.inbox import INBOX
from db.members import ACCOUNTS, MEMBERS
from db.points import ENTRIES, LOTS
from db.privacy import BOOKS, LINK, OWN, PRIVACY, SECRET
from tests.acts import AT
from tests.canaries import FAR, Canary, plain, word
from tests.tables import everything

ANN, BOB = 1, 2


@pytest.fixture
async def ann(database: Database) -> Canary:
    """A member with a row in every table; another has one beside each."""
    ann = await database.write(Canary, ANN)
    await database.write(Canary, BOB)
    return ann


def unclassed() -> list[str]:
    """The columns of the schema without a privacy class, and the classes without a column."""
    there = {f"{table.name}.{column.name}" for table in metadata.sorted_tables for column in table.c}
    said = {f"{table}.{column}" for table, kept in PRIVACY.items() for column in kept.classes}
    return sorted(there ^ said)


def test_every_column_has_a_privacy_class() -> None:
    assert unclassed() == []


def test_a_column_without_a_class_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(PRIVACY["accounts"].classes, "username")
    assert unclassed() == ["accounts.username"]


def test_what_is_emptied_in_a_row_that_stays_can_be_empty() -> None:
    for name, kept in PRIVACY.items():
        for column in (metadata.tables[name].c[c] for c, kind in kept.classes.items() if kind in (OWN, SECRET)):
            stays = kept.whose and kept.stays
            assert not stays or column.nullable or isinstance(plain(column), JSON | String), column


async def test_the_export_holds_every_value_and_nobody_elses(database: Database, ann: Canary) -> None:
    exported = await database.read(privacy.export, ann.id)
    for table, column, value in ann.values(OWN, BOOKS, LINK):
        assert value in [row[column] for row in exported[table]], (table, column)
    told = json.dumps(exported, default=str, ensure_ascii=False)
    for table, column, value in ann.values(SECRET):
        assert str(value) not in told, (table, column)
    assert word(BOB) not in told


async def left_of(database: Database, canary: Canary) -> list[str]:
    """The columns whose canaries still sing, though they were the member's own."""
    left = [str(value) for rows in (await database.read(everything)).values() for row in rows for value in row]
    return [
        f"{table}.{column}"
        for table, column, value in canary.values(OWN, SECRET)
        if (word(ANN) in str(value) or (isinstance(value, int) and value >= FAR)) and str(value) in left
    ]


async def test_nothing_is_left_but_the_books(database: Database, ann: Canary) -> None:
    others = await database.read(texts_of, BOB)
    await database.write(privacy.erase, ann.id, now=AT)
    assert await left_of(database, ann) == []
    left = {str(value) for rows in (await database.read(everything)).values() for row in rows for value in row}
    for table, column, value in ann.values(BOOKS):
        if isinstance(value, str) and (table, column) not in CHANGED:
            assert value in left, (table, column)
    assert await database.read(texts_of, BOB) == others


@pytest.mark.parametrize("table", ["notes", "answer_changes", "occasions", "entries", "checkins"])
async def test_a_table_that_is_left_out_is_found(
    database: Database, ann: Canary, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as mutant:
        mutant.setitem(PRIVACY, table, replace(PRIVACY[table], whose=frozenset()))
        await database.write(privacy.erase, ann.id, now=AT)
    assert {column.partition(".")[0] for column in await left_of(database, ann)} == {table}


async def test_a_column_that_is_left_out_is_found(
    database: Database, ann: Canary, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as mutant:
        mutant.setitem(PRIVACY["members"].classes, "name", BOOKS)
        await database.write(privacy.erase, ann.id, now=AT)
    assert await left_of(database, ann) == ["members.name"]


# What the act itself sets anew in the books.
CHANGED = {(t, "state") for t in ("coupons", "requests")} | {("members", c) for c in ("grade", "notify", "greeting")}


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
async def test_no_trace_is_in_the_files_while_they_are_open_nor_after(
    database: Database, ann: Canary, url: str
) -> None:
    path = Path(url.removeprefix("sqlite+aiosqlite:///"))
    texts = [value.encode() for _, _, value in ann.values(OWN, SECRET) if isinstance(value, str) and word(ANN) in value]

    def found() -> list[bytes]:
        raw = b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))
        return [text for text in texts if text in raw]

    assert found() == texts
    await database.write(privacy.erase, ann.id, now=AT)
    await database.tidy()
    assert found() == []
    await database.close()
    assert found() == []


async def test_the_ledger_stays_balanced(database: Database, ann: Canary) -> None:
    assert await database.read(sums, ann.id) == (7, 7, 7)
    await database.write(privacy.erase, ann.id, now=AT)
    assert await database.read(sums, ann.id) == (0, 0, 0)


async def test_what_was_promised_ends(database: Database, ann: Canary) -> None:
    await database.write(privacy.erase, ann.id, now=AT)
    assert await database.read(states, "coupons") == ["issued", "revoked"]
    assert await database.read(states, "requests") == ["declined", "waiting"]
    assert await database.read(states, "letters") == ["waiting"]  # the other's


async def test_erasing_again_changes_nothing(database: Database, ann: Canary) -> None:
    await database.write(privacy.erase, ann.id, now=AT)
    once = await database.read(everything)
    await database.write(privacy.erase, ann.id, now=AT)
    assert await database.read(everything) == once


async def test_an_erased_member_cannot_get_points(database: Database, ann: Canary) -> None:
    await database.write(privacy.erase, ann.id, now=AT)
    gift = MEMBERS.update().where(MEMBERS.c.id == ann.id).values(points=5)
    with pytest.raises(IntegrityError, match="erased_without_points"):
        await database.write(lambda session: session.connection().execute(gift).close())


async def test_who_comes_back_is_known_by_a_mark_alone(database: Database, ann: Canary) -> None:
    account = {name: ann.rows["accounts"][name] for name in ("platform", "external_id", "reachable", "seen_at")}
    fresh = {"id": 77, "grade": "new", "points": 0, "notify": "all", "greeting": "private", "met_at": AT}

    def come(session: Session) -> None:
        session.connection().execute(MEMBERS.insert().values(**fresh))
        session.connection().execute(ACCOUNTS.insert().values(**account, member_id=77))

    await database.write(privacy.erase, ann.id, now=AT)
    await database.write(come)
    assert await database.read(erased.returned, 77)
    assert not await database.read(erased.returned, ann.id + 1)


async def test_an_update_that_nobody_could_read_is_exported_and_emptied(database: Database, ann: Canary) -> None:
    theirs = (ann.rows["accounts"]["platform"], ann.rows["accounts"]["external_id"])
    said = {"update_id": 5, "novelty": {"from": {"id": theirs[1]}, "text": "13800138000"}}
    quoted = {"update_id": 6, "novelty": {"from": {"id": 4}, "quotes": [{"from": {"id": theirs[1], "name": "Ann"}}]}}
    other = {"update_id": 7, "novelty": {"from": {"id": 4}, "ids": [theirs[1]], "from_": "none"}, "id": [None]}
    kept = await database.write(inbox.receive, theirs[0], [said, quoted, other], (), now=AT)
    for each in kept:
        await database.write(inbox.fail, each.row, "odd")
    exported = await database.read(privacy.export, ann.id)
    assert [row["payload"] for row in exported["inbox"]] == [said]
    await database.write(privacy.erase, ann.id, now=AT)
    odd = select(INBOX.c.payload).where(INBOX.c.state == "odd").order_by(INBOX.c.id)
    left = await database.read(lambda session: session.connection().execute(odd).scalars().all())
    assert left == [None, None, other]


def sums(session: Session, member_id: int) -> tuple[int, int, int]:
    """A member's balance, the sum of their lots' remaining, the sum of their entries."""
    connection = session.connection()
    return (
        connection.execute(select(MEMBERS.c.points).where(MEMBERS.c.id == member_id)).scalar_one(),
        sum(connection.execute(select(LOTS.c.remaining).where(LOTS.c.member_id == member_id)).scalars()),
        sum(connection.execute(select(ENTRIES.c.amount).where(ENTRIES.c.member_id == member_id)).scalars()),
    )


def states(session: Session, table: str) -> list[str]:
    """The states of a table's rows."""
    return sorted(session.connection().execute(select(metadata.tables[table].c.state)).scalars())


def texts_of(session: Session, number: int) -> list[str]:
    """All texts of a canary."""
    rows = everything(session)
    return [str(value) for table in rows.values() for row in table for value in row if word(number) in str(value)]
