"""Whom staff mean by a name, and how they are found among many."""

import re
from typing import Any

from sqlalchemy import event
from sqlmodel import Session

from bot.club import members
from bot.club.members import Who
from db.engine import Database
from db.members import ACCOUNTS, MEMBERS
from tests.crowds import crowd

NAMED = ("Ann Lee", "阿芳")  # to the club, and to their platform


def called(session: Session) -> list[int]:
    """An act: one whom the club calls by a name, and one whom their platform does. Returns their ids."""
    ours, theirs, _ = crowd(session, 3)
    session.connection().execute(MEMBERS.update().where(MEMBERS.c.id == ours).values(name=NAMED[0]))
    session.connection().execute(ACCOUNTS.update().where(ACCOUNTS.c.member_id == theirs).values(name=NAMED[1]))
    return [ours, theirs]


def plans(session: Session, words: str) -> str:
    """A look: how the database finds those who are called so."""
    connection, asked = session.connection(), list[tuple[str, Any]]()
    event.listen(connection, "before_cursor_execute", lambda *call: asked.append(call[2:4]))
    members.find(session, Who("playground", words))
    how = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
    if how == "EXPLAIN":
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")  # so few are read through rather than looked up
    [(statement, facts)] = asked[:1]
    return "\n".join(str(row[-1]) for row in connection.exec_driver_sql(f"{how} {statement}", facts))


async def test_a_name_is_found_in_capitals_or_not_by_its_index(database: Database) -> None:
    ours, theirs = await database.write(called)
    for words in ("Ann Lee", "ann lee", "ANN LEE"):
        assert (await database.read(members.find, Who("playground", words))).member_id == ours
    assert (await database.read(members.find, Who("playground", NAMED[1]))).member_id == theirs
    plan = await database.read(plans, "ann lee")
    assert {"ix_members_called", "ix_accounts_called"} <= set(re.findall(r"ix_\w+", plan)), plan
    assert not re.search(r"SCAN (members|accounts)|Seq Scan", plan), plan
