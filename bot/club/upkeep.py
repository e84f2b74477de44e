"""The nightly pass over all yearly dates: a next day that is wrong, by mistake or a changed rule, is put right."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam
from sqlmodel import Session

from bot.club.calendar import YearlyDate, next_on
from bot.club.rules import Shop
from db.occasions import OCCASIONS


@dataclass(frozen=True, slots=True)
class Astray:
    """A date whose next day stands wrong, as it was when it was found."""

    id: int
    set_at: datetime
    stands: date
    right: date


def astray(session: Session, shop: Shop, *, after: int, limit: int) -> tuple[list[Astray], int | None]:
    """Among the `limit` dates after an id, those whose next day is not what it should be; and the last id of them all.

    The id is None at the end.
    """
    rows = session.connection().execute(_some, {"after": after, "many": limit}).all()
    found = ((row, _right(row, shop)) for row in rows)
    wrong = [Astray(row.id, row.set_at, row.next_on, right) for row, right in found if right != row.next_on]
    return wrong, rows[-1].id if len(rows) == limit else None


def put_right(session: Session, wrong: Sequence[Astray]) -> None:
    """Correct next days, but for those that were changed since they were found."""
    for each in wrong:
        unchanged = {"row": each.id, "told": each.set_at, "stands": each.stands, "right": each.right}
        session.connection().execute(_correct, unchanged)


def _right(row: Row[Any], shop: Shop) -> date:
    """The day that is next to be prepared: after the last that was, or from the day on which it was told."""
    when = YearlyDate(row.calendar, row.month, row.day, row.leap)
    since = row.last_on + timedelta(days=1) if row.last_on else shop.day(row.set_at)
    return next_on(when, since, leap_day_in_march=shop.rules.birthday.leap_day_in_march)


_some = OCCASIONS.select().where(OCCASIONS.c.id > bindparam("after")).order_by(OCCASIONS.c.id).limit(bindparam("many"))
_correct = (
    OCCASIONS.update()
    .where(OCCASIONS.c.id == bindparam("row"), OCCASIONS.c.set_at == bindparam("told"))
    .where(OCCASIONS.c.next_on == bindparam("stands"))
    .values(next_on=bindparam("right"))
)
