"""Audiences by what members buy: the classes that shops use, in English or Chinese words."""

from sqlmodel import Session, func, select

from db.members import MEMBERS
from db.purchases import PURCHASES
from db.ratings import RATINGS
from tests.acts import AT
from tests.people import Play
from tests.stories.test_audiences import who

FITS = {
    "bought:tea": "Ann Bob",
    "买过:TEA": "Ann Bob",
    'bought:"Green Tea"': "Ann Bob",  # which was merged into tea
    "bought:drinks": "Ann Bob",
    "bought:coffee": "",
    "bought:cup": "Ann Bob Cid",
    "bought:no agreed:yes": "Dai",
    "taste:drinks": "Ann",
    "偏好:ware": "Bob Cid",
    "count:0 agreed:yes": "Dai",
    "count:>=2": "Ann Bob",
    "次数:1": "Cid",
    "spent:>=1000": "Bob",
    "消费:100..500": "Ann Cid",
    "basket:>=400": "Bob Cid",
    "客单价:<100": "Ann",
    "last:today": "Ann",
    "last:>7d": "Bob Cid",
    "last:no agreed:yes": "Dai",
    "first:>=2.20": "Cid",
    "首购:2月13日": "Bob",
    "first:12.12": "",
    "again:>=2.20": "Ann",
    "复购:是": "Ann Bob",
    "again:2.14": "Bob",
    "activity:active": "Ann Bob Cid",
    "活跃度:沉睡": "",
    "weekend:yes": "Bob Cid",
    "周末:否": "Ann",
    "office:yes": "Ann",
    "grade:regular": "Ann",
    "rfm:5**": "Ann Bob Cid",
    "rfm:52*": "Ann Bob",
    "money:>=4": "Bob",
    "频度:1": "Cid",
    "reviewer:yes": "",
    "spent:>=1000 weekend:yes NOT taste:tea": "Bob",
}


async def lived(play: Play) -> None:
    """Ann buys tea for the office, Bob a lot at weekends, Cid a cup on a Sunday, Dai nothing."""
    for name in ("Ann", "Bob", "Cid", "Dai"):
        await play.member(name)
    await play.clerk.says('/sale @ann 60 "green tea"*6')
    await play.down_until("2027-02-13 12:00")
    await play.clerk.says("/sale @bob 700 tea cup*3")
    await play.down_until("2027-02-14 12:00")
    await play.clerk.says("/sale @bob 800")
    await play.clerk.says("/sale @bob 900 coffee #C-1")
    await play.clerk.says("/refund #C-1")
    await play.down_until("2027-02-21 12:00")
    await play.clerk.says("/sale @cid 450 cup")
    await play.down_until("2027-03-01 12:00")
    await play.clerk.says("/sale @ann 90 tea*8 cup")
    for line in ('merge "green tea" > tea', "category tea drinks", "category cup ware"):
        await play.owner.says(f"/products {line}")


def rated(session: Session) -> None:
    """An act: Ann says why she is happy, Bob only that he is, Cid why he is not quite."""
    buyers = (
        select(func.min(PURCHASES.c.id), MEMBERS.c.id, MEMBERS.c.name)
        .join(MEMBERS, MEMBERS.c.id == PURCHASES.c.member_id)
        .group_by(MEMBERS.c.id)
    )
    said = {"Ann": (5, "lovely"), "Bob": (5, None), "Cid": (3, "too hot")}
    for purchase_id, member_id, name in session.connection().execute(buyers).all():
        stars, comment = said[name]
        about = {"purchase_id": purchase_id, "member_id": member_id, "asked_at": AT, "stars": stars, "comment": comment}
        session.connection().execute(RATINGS.insert().values(about))


async def test_the_owner_says_who_is_a_good_reviewer_and_buys_for_the_office(play: Play) -> None:
    await lived(play)
    await play.database.write(rated)
    assert await who(play, "reviewer:yes") == {"Ann"}
    assert await who(play, "好评者:否 count:>=1") == {"Bob", "Cid"}
    await play.owner.says("/settings classes.reviewer_comments 0")
    assert await who(play, "reviewer:yes") == {"Ann", "Bob"}
    await play.owner.says("/settings classes.reviewer_stars 3")
    await play.owner.says("/settings classes.reviewer_comments 1")
    assert await who(play, "reviewer:yes") == {"Ann", "Cid"}
    await play.owner.says("/settings classes.office_times 3")
    assert await who(play, "office:yes") == set()
    await play.owner.says("/settings classes.office_times 2")
    await play.owner.says("/settings classes.office_pieces 7")
    assert await who(play, "office:yes") == set()
    assert "office:yes" in (await play.owner.says("/settings classes.office_pieces"))[0]


async def test_an_audience_is_who_buys_like_that(play: Play) -> None:
    await lived(play)
    for query, fit in FITS.items():
        assert await who(play, query) == set(fit.split()), query
    await play.down_until("2027-06-10 12:00")
    assert await who(play, "activity:sleeping") == {"Ann", "Bob", "Cid"}
    await play.down_until("2027-12-10 12:00")
    assert await who(play, "活跃度:流失") == {"Ann", "Bob", "Cid"}


WRONG = {
    "activity:dead": "“dead” does not fit “activity:”. What works: active, sleeping, lost",
    "rfm:6**": "does not fit “rfm:”",
    "rfm:55": "does not fit “rfm:”",
    "count:many": "does not fit “count:”",
    "spent:-1": "does not fit “spent:”",
    "first:13.40": "does not fit “first:”",
    "weekend:sometimes": "does not fit “weekend:”",
    "taste:>tea": "does not fit “taste:”",
    "money:lots": "does not fit “money:”",
    "spend:5": "Did you mean “spent:”?",
}


async def test_a_wrong_value_is_named_with_what_works(play: Play) -> None:
    for query, says in WRONG.items():
        [told] = await play.owner.says(f"/members {query}")
        assert says in told, query


async def test_fifths_decide_from_so_many_buyers_on(play: Play) -> None:
    await play.owner.says("/settings rfm.quintiles_from 5")
    for number in range(5):
        name = f"Guest{number}"
        await play.member(name)
        for _ in range(number + 1):
            await play.clerk.says(f"/sale @{name.lower()} {10 * (number + 1)}")
    assert await who(play, "money:5") == set()
    await play.down_until("2027-02-11 12:00")
    for score in range(1, 6):
        for part in ("money", "frequency"):
            assert await who(play, f"{part}:{score}") == {f"Guest{score - 1}"}, (part, score)
    assert "-5-5\n" in (await play.owner.says("/member @guest4"))[0]
    await play.owner.says("/settings rfm.quintiles_from 0")
    await play.club.tick()
    assert await who(play, "money:5") == set()
