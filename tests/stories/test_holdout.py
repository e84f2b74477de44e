"""What a journey brings, beside those who are kept back; and nothing said where there is too little to tell."""

from datetime import timedelta

from sqlmodel import Session, func, select

from bot.club.outcomes import Group, Outcome
from db.journeys import TRIPS, Trip
from db.members import MEMBERS
from db.purchases import PURCHASES
from tests.people import Play


def crowd(session: Session, play: Play, many: int, bought: int, state: str, first: int) -> None:
    """Members who began how-is-it two months ago; some of them bought a week later."""
    began = play.clock.now() - timedelta(days=60)
    for number in range(first, first + many):
        member = {"id": number, "points": 0, "grade": "new", "notify": "all", "greeting": "private", "met_at": began}
        session.connection().execute(MEMBERS.insert().values(**member))
        trip = {
            "key": f"t{number}",
            "journey": "how-is-it",
            "member_id": number,
            "arm": "",
            "step": "usage",
            "shift": 0,
        }
        session.connection().execute(TRIPS.insert().values(**trip, state=state, facts={}, began_at=began))
        if number - first < bought:
            at = began + timedelta(days=7)
            row = {"key": f"p{number}", "order_number": f"P-{number}", "member_id": number, "total": 100, "discount": 0}
            row |= {
                "paid": 100,
                "points": 0,
                "factor": 100,
                "because": "none",
                "source": "api",
                "at": at,
                "made_at": at,
            }
            session.connection().execute(PURCHASES.insert().values(**row))


async def test_a_share_is_kept_back_and_compared(play: Play) -> None:
    await play.owner.says("/start")
    [text] = await play.owner.says("/journeys holdout how-is-it 10")
    assert "10 in a hundred are kept back to compare with: 0 so far, not enough data yet." in text
    await play.database.write(crowd, play, 100, 40, "done", 100)
    await play.database.write(crowd, play, 20, 2, "kept back", 1000)
    assert "20 so far, not enough data yet" in (await play.owner.says("/journeys how-is-it"))[0]
    await play.database.write(crowd, play, 80, 8, "kept back", 2000)
    [text] = await play.owner.says("/journeys how-is-it")
    assert "Of 100 on it, 40 in a hundred bought within 30 days." in text
    assert "Of 100 who were kept back, 10 in a hundred did. The difference is more than chance." in text
    assert "keeps back 10 in a hundred of the journey “how-is-it”" in (await play.owner.says("/audit"))[0]


async def test_those_who_are_kept_back_get_nothing(play: Play) -> None:
    await play.owner.says("/journeys on how-is-it")
    await play.owner.says("/journeys holdout how-is-it 50%")
    people = [await play.member(f"P{number}") for number in range(12)]
    for number, each in enumerate(people):
        await play.owner.says(f"/sale @{each.name} 30 tea #{number}")
    back = await play.database.read(lambda s: s.exec(select(func.count()).where(Trip.state == "kept back")).one())
    assert 0 < back < 12
    await play.down_until("2027-02-13 10:00")
    assert sum(any("How is it going?" in text for text in each.heard()) for each in people) == 12 - back


async def test_a_share_out_of_bounds_is_refused(play: Play) -> None:
    await play.owner.says("/start")
    assert "0 to 50 in a hundred" in (await play.owner.says("/journeys holdout welcome 51"))[0]
    assert "keep back nobody" in (await play.owner.says("/journeys holdout birthday 10"))[0]
    assert "/journeys holdout welcome 10" in (await play.owner.says("/journeys holdout welcome"))[0]


def test_chance_is_called_chance() -> None:
    assert not Outcome(0, {"": Group(100, 22)}, Group(100, 15)).surely("")
    assert Outcome(0, {"": Group(1000, 220)}, Group(1000, 150)).surely("")
    assert not Outcome(0, {"": Group(29, 29)}, Group(100, 0)).surely("")
    assert not Outcome(0, {"": Group(100, 0)}, Group(100, 0)).surely("")
