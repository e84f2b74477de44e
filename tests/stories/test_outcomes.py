"""What a deal and a broadcast brought: figures, a picture, an interval; and no word where there is too little."""

from datetime import timedelta

import pytest
from sqlmodel import Session, func, select

from bot.club.outcomes import Group, apart
from db.deals import Deal
from db.members import ACCOUNTS, MEMBERS
from db.outbox import Letter
from db.purchases import PURCHASES
from tests.people import Play


def crowd(session: Session, play: Play, many: int) -> None:
    """Members who agreed and can be written to, though nobody plays them."""
    now = play.clock.now()
    same = {"points": 0, "grade": "new", "notify": "all", "greeting": "private", "consent": "1", "met_at": now}
    people = [same | {"id": number} for number in range(1000, 1000 + many)]
    session.connection().execute(MEMBERS.insert(), people)
    at = {"platform": "playground", "reachable": True, "seen_at": now}
    accounts = [at | {"member_id": each["id"], "external_id": 10**6 + each["id"]} for each in people]
    session.connection().execute(ACCOUNTS.insert(), accounts)


def buy(session: Session, play: Play, share: dict[bool, int]) -> None:
    """Some in a hundred of those who were written to (False), and of those kept back (True), buy."""
    at, many = play.clock.now() + timedelta(hours=1), {False: 0, True: 0}
    for letter in session.exec(select(Letter).where(Letter.kind == "deal").order_by(Letter.id)).all():
        back = letter.reason == "kept back"
        many[back] += 1
        if many[back] % 100 < share[back]:
            row = {
                "key": f"p{letter.id}",
                "order_number": f"P-{letter.id}",
                "member_id": letter.member_id,
                "total": 100,
            }
            row |= {"discount": 0, "paid": 100, "points": 0, "factor": 100, "because": "none", "source": "api"}
            session.connection().execute(PURCHASES.insert().values(**row, at=at, made_at=at))


async def test_a_deal_keeps_some_back_and_compares(play: Play) -> None:
    ann = await play.member("Ann")
    await play.database.write(crowd, play, 1000)
    [made] = await play.owner.says('/deal new "Spring tea" 20% until:3d holdout:20')
    await play.quiet()
    kept = select(func.count()).where(Letter.kind == "deal", Letter.reason == "kept back", Letter.state == "dropped")
    back = await play.database.read(lambda session: session.exec(kept).one())
    assert 170 <= back <= 230
    assert f"{1001 - back} members get a letter" in made
    if any("Spring tea" in text for text in ann.heard()):
        await ann.taps("Claim")
    await play.owner.says("/deal list")
    [text] = await play.owner.taps("📊 1")
    assert "it may be chance" in text
    await play.database.write(buy, play, {False: 30, True: 10})
    await play.owner.says("/deal list")
    [text] = await play.owner.taps("📊 1")
    assert "30 in a hundred bought" in text
    assert "more than chance" in text
    assert play.owner.file().data.startswith(b"\x89PNG")
    await play.until("2027-02-12 12:00")  # reminded of it, those who are kept back are not
    reminded = select(Letter.member_id).where(Letter.kind == "deal_reminder")
    silent = select(Letter.member_id).where(Letter.kind == "deal", Letter.reason == "kept back")
    assert not await play.database.read(lambda s: set(s.exec(reminded)) & set(s.exec(silent)))
    assert await play.database.read(lambda s: len(s.exec(reminded).all())) > 700


async def test_few_are_too_few(play: Play) -> None:
    await play.member("Ann")
    await play.owner.says('/deal new "Spring tea" 20% until:3d holdout:10')
    await play.owner.says("/deal list")
    [text] = await play.owner.taps("📊 1")
    assert "Not enough data yet" in text
    assert "in a hundred bought" not in text


@pytest.mark.words
async def test_a_share_out_of_bounds_is_refused(play: Play) -> None:
    await play.owner.says("/start")
    for share in ("51", "-1", "ten", "1000000"):
        [text] = await play.owner.says(f'/deal new "Spring tea" 20% until:3d holdout:{share}')
        assert "from 1 to 50" in text or "50" in text, text
    assert await play.database.read(lambda session: session.exec(select(func.count(Deal.id))).one()) == 0


async def test_a_broadcast_tells_what_it_brought(play: Play) -> None:
    ann, bo = await play.member("Ann", "zh_CN"), await play.member("Bo")
    await play.owner.says('/broadcast "New tea"')
    await play.owner.taps("Buttons")
    await play.owner.says("Our gifts")
    await play.owner.taps("/gifts")
    await play.owner.taps("Confirm")
    await play.days(1)
    for _twice in range(2):
        await ann.taps("Our gifts")
    _message, data = bo.button("Our gifts")
    assert data == "opened:1:gifts"
    stranger = play.stranger("Eve")
    await stranger.says("/start")
    await stranger.presses(data)  # who got no letter opened none
    await play.owner.says("/sale @ann 30 tea")
    await play.owner.says("/broadcast list")
    await play.owner.taps("1")
    [text] = await play.owner.taps("What it brought")
    assert "Letters that arrived: 2\nOpened a button: 1\nUsed a coupon within seven days: 0\n" in text
    assert "Bought something within seven days: 1" in text
    assert "Not enough data yet" in text


def test_the_interval_is_newcombes() -> None:
    """The example of his paper (1998, table II, a): 56 of 70 against 48 of 80."""
    low, high = apart(Group(70, 56), Group(80, 48)) or (0, 0)
    assert round(low, 4) == 0.0524
    assert round(high, 4) == 0.3339
    assert apart(Group(29, 29), Group(100, 0)) is None
    assert Group(100, 0).bounds == pytest.approx((0, 0.0370), abs=1e-4)
