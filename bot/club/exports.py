"""What the club keeps of members, points and purchases, as the rows of tables that can be imported again.

A batch at a time, each after the last id of the one before: a long list takes no memory, and holds nobody up. No
accounts' names, no codes, no year of birth, nothing of who asked to be forgotten.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlmodel import Session

from bot.club import audit, expiry
from bot.club.audiences import Audience
from bot.club.columns import MEMBERS, POINTS
from bot.club.members import Person, number
from bot.club.rules import Shop
from db.members import ACCOUNTS
from db.members import MEMBERS as PEOPLE
from db.notes import NOTES, TAGS
from db.occasions import OCCASIONS
from db.points import LOTS
from db.profile import ANSWERS
from db.purchases import PRODUCTS, PURCHASE_LINES, REFUNDS
from db.purchases import PURCHASES as BOUGHT

Cell = str | int | float | None
TOLD = ("phone", "email", "region", "qq", "wechat")
HEADERS = {
    MEMBERS: ("number", "account", "name", *TOLD, "birthday", "points", "grade", "tags", "note", "joined", "here"),
    POINTS: ("number", "name", "phone", "points", "expires", "reason", "date", "key"),
    "purchases": (
        "order", "number", "name", "phone", "date", "total", "paid", "refunded", "product", "quantity", "price",
    ),
}  # fmt: skip
BATCH = 1000


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of an export, and the id after which the next ones follow; None at the end."""

    rows: list[list[Cell]]
    last: int | None


def page(session: Session, kind: str, audience: Audience, shop: Shop, after: int, *, now: datetime) -> Page:
    """The rows that follow the id `after`."""
    look = {MEMBERS: _members, POINTS: _points}.get(kind, _purchases)
    return look(session, audience.where, shop, after, now)


def count(session: Session, kind: str, audience: Audience) -> int:
    """How many members, lots or purchases there are to export."""
    tables = {MEMBERS: PEOPLE, POINTS: LOTS}
    table = tables.get(kind, BOUGHT)
    many = select(func.count()).select_from(PEOPLE if table is PEOPLE else table.join(PEOPLE, _theirs(table)))
    standing = {MEMBERS: [], POINTS: [LOTS.c.remaining > 0]}.get(kind, [BOUGHT.c.undone_at.is_(None)])
    return int(session.connection().execute(many.where(audience.where, *standing)).scalar_one())


def noted(session: Session, by: Person, kind: str, rows: int, *, now: datetime) -> None:
    """Note who took what out."""
    audit.note(session, by.member_id, f"export {kind}", now=now, rows=rows)


def _members(session: Session, where: ColumnElement[bool], shop: Shop, after: int, _now: datetime) -> Page:
    columns = PEOPLE.c.id, PEOPLE.c.name, PEOPLE.c.points, PEOPLE.c.grade, PEOPLE.c.met_at, PEOPLE.c.consent
    rows = _next(session, select(*columns), PEOPLE.c.id, after, where)
    ids = [row.id for row in rows]
    told = _by_member(session, select(ANSWERS.c.member_id, ANSWERS.c.field, ANSWERS.c.value), ANSWERS, ids)
    days = _by_member(session, select(OCCASIONS).where(OCCASIONS.c.relation == "self"), OCCASIONS, ids)
    tags = _by_member(session, select(TAGS.c.member_id, TAGS.c.tag).order_by(TAGS.c.tag), TAGS, ids)
    notes = _by_member(session, select(NOTES.c.member_id, NOTES.c.words).order_by(NOTES.c.id.desc()), NOTES, ids)
    accounts = select(ACCOUNTS.c.member_id, ACCOUNTS.c.platform, ACCOUNTS.c.external_id).order_by(ACCOUNTS.c.id)
    theirs = _by_member(session, accounts, ACCOUNTS, ids)
    made: list[list[Cell]] = []
    for row in rows:
        answers = {each.field: each.value for each in told[row.id]}
        account = next((f"{each.platform}:{each.external_id}" for each in theirs[row.id]), None)
        made.append([
            number(row.id), account, row.name, *(answers.get(name) for name in TOLD),
            next(map(_birthday, days[row.id]), None), row.points, row.grade,
            ", ".join(each.tag for each in tags[row.id]) or None, next((each.words for each in notes[row.id]), None),
            shop.day(row.met_at).isoformat(), "yes" if row.consent else None,
        ])  # fmt: skip
    return Page(made, _last(ids))


def _points(session: Session, where: ColumnElement[bool], shop: Shop, after: int, _now: datetime) -> Page:
    columns = LOTS.c.key, LOTS.c.reason, PEOPLE.c.name
    rows = _next(session, expiry.LIVE.add_columns(*columns), LOTS.c.id, after, where)
    rule, phones = expiry.standing(session, shop), _phones(session, [row.member_id for row in rows])
    made: list[list[Cell]] = []
    for row in rows:
        last_day = rule.last_of(row)
        ends, earned = last_day.isoformat() if last_day else None, shop.day(row.earned_at).isoformat()
        who = number(row.member_id), row.name, phones.get(row.member_id)
        made.append([*who, row.remaining, ends, row.reason, earned, row.key])
    return Page(made, _last([row.id for row in rows]))


def _purchases(session: Session, where: ColumnElement[bool], shop: Shop, after: int, _now: datetime) -> Page:
    columns = BOUGHT.c.id, BOUGHT.c.order_number, BOUGHT.c.member_id, BOUGHT.c.at, BOUGHT.c.total, BOUGHT.c.paid
    theirs = select(*columns, PEOPLE.c.name).join_from(BOUGHT, PEOPLE, _theirs(BOUGHT))
    rows = _next(session, theirs.where(BOUGHT.c.undone_at.is_(None)), BOUGHT.c.id, after, where)
    ids, phones = [row.id for row in rows], _phones(session, [row.member_id for row in rows])
    lines = _lines(session, ids)
    back = select(REFUNDS.c.purchase_id, func.sum(REFUNDS.c.amount)).where(REFUNDS.c.purchase_id.in_(ids))
    rows_back = session.connection().execute(back.group_by(REFUNDS.c.purchase_id))
    refunded = {purchase_id: int(amount) for purchase_id, amount in rows_back}
    made: list[list[Cell]] = []
    for row in rows:
        when = row.at.astimezone(shop.zone).isoformat(" ", "minutes")[:16]
        about = [row.order_number, number(row.member_id), row.name, phones.get(row.member_id), when]
        sums = [_money(row.total), _money(row.paid), _money(refunded.get(row.id, 0))]
        made += [[*about, *sums, *line] for line in lines[row.id] or [(None, None, None)]]
    return Page(made, _last(ids))


def _lines(session: Session, ids: Sequence[int]) -> dict[int, list[tuple[Cell, ...]]]:
    """The products of some purchases, in the order in which they were said."""
    told = PURCHASE_LINES.c.purchase_id, PRODUCTS.c.name, PURCHASE_LINES.c.quantity, PURCHASE_LINES.c.price
    bought = PURCHASE_LINES.join(PRODUCTS, PRODUCTS.c.id == PURCHASE_LINES.c.product_id)
    rows = select(*told).select_from(bought).where(PURCHASE_LINES.c.purchase_id.in_(ids)).order_by(PURCHASE_LINES.c.id)
    lines: dict[int, list[tuple[Cell, ...]]] = defaultdict(list)
    for row in session.connection().execute(rows):
        lines[row.purchase_id].append((row.name, row.quantity, None if row.price is None else _money(row.price)))
    return lines


def _next(session: Session, rows: Select[Any], key: ColumnElement[int], after: int, where: ColumnElement[bool]) -> Any:
    return session.connection().execute(rows.where(key > after, where).order_by(key).limit(BATCH)).all()


def _by_member(session: Session, rows: Select[Any], table: Any, ids: Sequence[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in session.connection().execute(rows.where(table.c.member_id.in_(ids))):
        found[row.member_id].append(row)
    return found


def _phones(session: Session, ids: Sequence[int]) -> dict[int, str]:
    here = ANSWERS.c.field == "phone", ANSWERS.c.member_id.in_({*ids})
    rows = session.connection().execute(select(ANSWERS.c.member_id, ANSWERS.c.value).where(*here))
    return {row.member_id: row.value for row in rows}


def _theirs(table: Any) -> ColumnElement[bool]:
    theirs: ColumnElement[bool] = table.c.member_id == PEOPLE.c.id
    return theirs


def _last(ids: Sequence[int]) -> int | None:
    return ids[-1] if len(ids) == BATCH else None


def _birthday(row: Any) -> str:
    """A birthday as it is read again: 08-15, lunar 08-15, lunar leap 06-01. Its year is never shown."""
    calendar = "lunar " if row.calendar == "lunar" else ""
    return f"{calendar}{'leap ' if row.leap else ''}{row.month:02}-{row.day:02}"


def _money(minor: int) -> Cell:
    """An amount as a number of a spreadsheet."""
    return minor // 100 if minor % 100 == 0 else minor / 100
