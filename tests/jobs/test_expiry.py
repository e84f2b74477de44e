"""The night in which points lapse looks at what needs it, and at everything when the rule changed."""

import random
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlmodel import Session

from bot.club import expiry, lapsing, points, rules
from bot.club.expiry import OWN_END
from bot.club.lapsing import Found
from bot.club.rules import PointRules, Rules, Shop
from db.engine import Database
from db.points import LOTS
from jobs.expiry import NightlyPass
from tests.acts import AT, meet

DAY = timedelta(days=1)
MODES = [
    "never",
    "days 1",
    "days 45",
    "days 400",
    "month_end",
    "year_end",
    "inactivity 1",
    "inactivity 2",
    "inactivity 12",
]


def shop(mode: str) -> Shop:
    """A shop with a rule for how long points last."""
    return Shop(rules=Rules(points=PointRules(expiry=mode)))


def crowd(session: Session, chance: random.Random) -> None:
    """An act: members whose lots are up to two years old."""
    for number in range(60):
        who = meet(session)
        for lot in range(chance.randrange(1, 4)):
            earned = AT - chance.randrange(750) * DAY - timedelta(hours=chance.randrange(24))
            points.award(session, who, 5, "grant", key=f"{number}:{lot}", now=earned)
        if number % 6 == 0:  # from a list, with a day of its own
            points.award(session, who, 5, OWN_END, key=f"{number}", now=AT)
            until = Shop().end_of(AT.date() + number * DAY)
            session.connection().execute(LOTS.update().where(LOTS.c.key == f"{number}").values(expires_at=until))


def looked(session: Session, mode: str, now: datetime, *, every: bool) -> Found:
    """A look at all lots at once."""
    return lapsing.look_over(session, shop(mode), now=now, after=0, limit=1000, every=every)


@pytest.mark.parametrize("mode", MODES)
async def test_the_lots_that_are_looked_at_are_those_that_need_it(database: Database, mode: str) -> None:
    await database.write(crowd, random.Random(mode))
    undated = await database.read(looked, mode, AT, every=True)
    skipped = await database.read(looked, mode, AT, every=False)
    assert skipped.wrong == undated.wrong
    await database.write(expiry.date_lots, undated.wrong)
    for now in (AT, AT + 9 * DAY, AT + 19 * DAY + timedelta(hours=14), AT + 200 * DAY):
        whole, some = [await database.read(looked, mode, now, every=each) for each in (True, False)]
        assert (some.due, some.soon, some.wrong) == (whole.due, whole.soon, [])


async def test_points_of_the_29th_to_31st_that_end_with_february_are_looked_at(database: Database) -> None:
    now = AT.replace(month=1, day=31)  # in thirty days it is 2 March
    for day in (28, 29, 30, 31):
        who = await database.write(meet)
        await database.write(points.award, who, 5, "grant", key=f"{day}", now=AT.replace(month=1, day=day))
    horizon = AT.replace(month=1, day=29)  # and so it is 28 February
    assert (await database.read(looked, "inactivity 1", horizon, every=False)).soon == {1, 2, 3, 4}
    assert (await database.read(looked, "inactivity 1", now, every=False)).soon == {1, 2, 3, 4}


async def test_a_night_does_not_read_again_what_is_good_for_long(database: Database) -> None:
    who = await database.write(meet)
    for number in range(5):
        await database.write(points.award, who, 5, "grant", key=f"{number}", now=AT)
    for mode in ("days 300", "inactivity 12", "year_end", "never"):
        await database.write(expiry.date_lots, (await database.read(looked, mode, AT, every=True)).wrong)
        assert (await database.read(looked, mode, AT + DAY, every=False)).last is None


async def test_a_rule_that_was_changed_and_changed_back_dates_everything_anew(database: Database) -> None:
    who = await database.write(meet)
    await database.write(points.award, who, 5, "grant", key="tea", now=AT)
    night, lasting, later = NightlyPass(database), shop("days 300"), AT + 40 * DAY
    await night.run(lasting, AT)
    assert await ends(database) == lasting.end_of(lasting.day(AT + 300 * DAY))
    for mode in ("days 20", "days 300"):
        await database.write(rules.change, who, "points.expiry", mode, now=later)
    await night.run(lasting, later)
    assert await ends(database) == lasting.end_of(lasting.day(later + 300 * DAY))  # a full period after the change


async def ends(database: Database) -> datetime:
    """Until when the one lot is good."""
    return await database.read(lambda s: s.connection().execute(select(LOTS.c.expires_at)).scalar_one())
