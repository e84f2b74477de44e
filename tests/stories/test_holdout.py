"""What a journey brings, beside those who are kept back; and nothing said where there is too little to tell."""

from datetime import timedelta

from sqlmodel import Session, func, select

from bot.club import coupons
from bot.club.offers import Offer
from bot.club.outcomes import Group
from bot.speech.outcomes import compared
from db.coupons import Coupon
from db.journeys import TRIPS, Trip
from db.members import ACCOUNTS, MEMBERS
from db.outbox import LETTERS
from db.purchases import PURCHASES
from tests.people import Play


def crowd(session: Session, play: Play, many: int, bought: int, state: str, first: int, **more: str) -> None:
    """Members who began how-is-it, or another journey, two months ago; some of them bought a week later."""
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
        trip |= {"state": state, "facts": {}, "began_at": began} | more
        session.connection().execute(TRIPS.insert().values(**trip))
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
    assert "Of 100 on it, 40 in a hundred bought within 30 days (31 to 50)." in text
    assert "Of 100 who were kept back, 10 in a hundred did (6 to 17). The difference lies between +18" in text
    [text] = await play.owner.taps("What it brought")
    assert "Began it at least 30 days ago: 100\nGot a letter of it: 0\nTapped a button of it: 0\nUsed a coupon" in text
    assert "in a hundred: more than chance." in text
    assert play.owner.file().data.startswith(b"\x89PNG")
    assert "keeps back 10 in a hundred of the journey “how-is-it”" in (await play.owner.says("/audit"))[0]


async def test_who_taps_a_button_of_a_journey_is_counted_once(play: Play) -> None:
    await play.owner.says("/journeys on how-is-it")
    ann, bob = await play.member("Ann"), await play.member("Bob")
    for order, who in enumerate((ann, bob)):
        await play.owner.says(f"/sale @{who.name.lower()} 30 tea #{order}")
    await play.down_until("2027-02-13 10:00")
    await ann.taps("So-so")
    await play.down_until("2027-02-15 10:00")
    await ann.taps("4")
    await play.down_until("2027-03-20 10:00")
    await play.owner.says("/journeys how-is-it")
    [text] = await play.owner.taps("What it brought")
    assert "Began it at least 30 days ago: 2\nGot a letter of it: 2\nTapped a button of it: 1\n" in text


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


def written(session: Session, play: Play, arm: str, step: str, used: int) -> None:
    """All of an arm got the letter of a step, with a coupon that some of them used."""
    account = session.exec(select(func.min(ACCOUNTS.c.id))).one()
    trips = session.exec(select(Trip).where(Trip.arm == arm).order_by(Trip.id)).all()
    for number, trip in enumerate(trips):
        key, now = f"journey:{trip.id}:{step}", play.clock.now()
        letter = {"kind": "journey_offer", "rank": 2, "alone": True, "facts": {}, "state": "sent", "doubts": 0}
        letter |= {"key": key, "account_id": account, "after": now, "posted_at": now, "settled_at": now}
        session.connection().execute(LETTERS.insert().values(letter))
        about = {"good_until": now + timedelta(days=9), "key": key, "now": now}
        issued = coupons.issue(session, trip.member_id, "win-back", Offer.read("15%"), play.club.shop.now, **about)
        session.get_one(Coupon, issued.id).state = "redeemed" if number < used else "issued"


async def test_two_ways_of_writing_are_compared(play: Play) -> None:
    await play.owner.says("/journeys on win-back")
    for arm, step, bought, first in (("a", "sunday", 40, 1000), ("b", "usual", 10, 2000)):
        about = {"journey": "win-back", "arm": arm, "step": step}
        await play.database.write(crowd, play, 100, bought, "done", first, **about)
        await play.database.write(written, play, arm, step, bought // 2)
    await play.owner.says("/journeys win-back")
    [text] = await play.owner.taps("What it brought")
    assert "Began it at least 30 days ago: 200\nGot a letter of it: 200\nUsed a coupon of it: 25\nBought" in text
    assert "With the letters A: 100 – 40 in a hundred bought" in text
    assert "The difference lies between +18 and +41 in a hundred: more than chance." in text


def test_chance_is_called_chance() -> None:
    assert compared(Group(100, 22), Group(100, 15)).endswith("it may be chance.")
    assert compared(Group(1000, 220), Group(1000, 150)).endswith("more than chance.")
    assert compared(Group(29, 29), Group(100, 0)) == ""
