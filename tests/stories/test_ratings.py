"""After the purchase: how it goes, one question, a rating; a bad one stops the offers and calls the staff."""

import asyncio

from sqlmodel import select

from bot.club import conversations, trips
from db.journeys import Trip
from db.members import Member
from db.notes import Tag
from db.outbox import Letter
from db.ratings import Rating
from tests.people import Play, Someone

USAGE, RATING = "How is it going?", "how would you rate"


async def bought(play: Play, line: str = "/sale @ann 30 tea #1") -> Someone:
    """Ann, who bought tea while how-is-it is on."""
    ann = await play.member("Ann")
    await play.clerk.says("/start")
    await play.owner.says("/journeys on how-is-it")
    await play.owner.says(line)
    return ann


def asked(someone: Someone, words: str) -> list[str]:
    """What somebody was asked in some words."""
    return [text for text in someone.heard() if words in text]


async def held(play: Play) -> bool:
    """Whether offers to Ann are held."""
    look = select(Member.held_at).where(Member.name == "Ann")
    return await play.database.read(lambda s: s.exec(look).one()) is not None


async def test_three_days_later_a_question_and_two_later_a_rating(play: Play) -> None:
    ann = await bought(play)
    await play.down_until("2027-02-13 09:20")
    assert not asked(ann, USAGE)
    await play.down_until("2027-02-13 10:00")
    assert asked(ann, USAGE) == ["Ann, a few days ago you took tea home. How is it going?"]
    [said] = await ann.taps("Very well")
    assert said.startswith("That is good to hear!\n\nWhat is your phone number?")  # the receipt asked for the name
    assert not asked(ann, RATING)
    await play.down_until("2027-02-15 10:00")
    assert len(asked(ann, RATING)) == 1
    [thanks] = await ann.taps("5")
    assert "Thank you for your 5!" in thanks
    assert "10 points" in thanks
    before = await ann.points()
    [noted] = await ann.says("Smells of orchids")
    assert "passed it on" in noted
    assert "+10 points" in noted
    assert await ann.points() == before + 10
    [word] = [text for text in play.clerk.heard() if "orchids" in text]
    assert word.startswith("Ann (M0003) gave tea 5 of 5.")
    assert "Asked how it goes: very well" in word
    assert not await held(play)


async def test_a_bad_rating_stops_offers_at_once_and_calls_the_staff(play: Play) -> None:
    ann = await bought(play)
    await play.down_until("2027-02-15 10:00")
    await play.owner.says('/deal new "Spring tea" 20% from:tomorrow until:5d')
    [sorry] = await ann.taps("2")
    assert sorry.startswith("I am sorry")
    [call] = [text for text in play.clerk.heard() if "2 of 5" in text]
    assert "Ann (M0003)" in call
    assert "No offers go to them" in call
    await ann.says("The tin was dented")
    await play.down_until("2027-02-17 12:00")
    assert not asked(ann, "Spring tea")
    letters = select(Letter.state, Letter.reason).where(Letter.kind == "deal", Letter.member_id == 3)
    assert await play.database.read(lambda s: s.exec(letters).all()) == [("dropped", "a bad rating")]
    assert any("tin was dented" in text and "2 of 5" in text for text in play.owner.heard())


async def test_staff_lift_it_and_offers_come_again(play: Play) -> None:
    ann = await bought(play)
    await play.down_until("2027-02-15 10:00")
    await ann.taps("1")
    [done] = await play.clerk.taps("offers again")
    assert "No offers" not in done
    assert not await held(play)
    assert "no longer works" in (await play.clerk.presses("lift:1"))[0]
    assert "let offers go to Ann (M0003) again" in (await play.owner.says("/audit"))[0]
    await play.owner.says('/deal new "Spring tea" 20% from:now until:5d')
    assert asked(ann, "Spring tea")


async def test_the_members_page_tells_of_it_and_lifts_it_too(play: Play) -> None:
    ann = await bought(play)
    await play.down_until("2027-02-15 10:00")
    assert "Ratings" not in (await play.owner.says("/member @ann"))[0]
    await ann.taps("2")
    [page] = await play.owner.says("/member @ann")
    assert "Ratings, the last first: tea 2" in page
    assert "No offers go to them: a bad rating." in page
    await play.owner.taps("offers again")
    assert not await held(play)
    assert "No offers" not in (await play.owner.says("/member @ann"))[0]


async def test_what_is_ones_own_still_comes_to_who_is_unhappy(play: Play) -> None:
    ann = await bought(play)
    await play.down_until("2027-02-15 10:00")
    await ann.taps("1")
    await play.owner.says("/coupon new SORRY 10 14")
    await play.owner.says("/coupon give SORRY @ann")
    assert asked(ann, "SORRY")


async def test_a_rating_counts_once_however_often_it_is_tapped(play: Play) -> None:
    ann = await bought(play)
    await play.down_until("2027-02-15 10:00")
    await asyncio.gather(*(ann.presses(f"rate:{stars}:1") for stars in (1, 5, 1, 5)))
    rows = await play.database.read(lambda s: s.exec(select(Rating.stars)).all())
    assert len(rows) == 1
    calls = [text for text in play.clerk.heard() if "of 5" in text]
    assert len(calls) == (1 if rows[0] == 1 else 0)
    assert await held(play) == (rows[0] == 1)


async def test_a_comment_becomes_a_tag_with_one_tap(play: Play) -> None:
    ann = await bought(play)
    await play.down_until("2027-02-15 10:00")
    await ann.taps("4")
    await ann.says("A little dear")
    [marked] = await play.clerk.taps("price")
    assert "A little dear" in marked
    assert await play.database.read(lambda s: s.exec(select(Tag.tag)).all()) == ["cares about: price"]
    await play.clerk.taps("✓ cares about: price")
    assert await play.database.read(lambda s: s.exec(select(Tag.tag)).all()) == []
    assert "1 person" in (await play.owner.says("/members rating:4"))[0]
    assert "0 people" in (await play.owner.says("/members rating:<=2"))[0]
    assert "1 person" in (await play.owner.says("/members rating:yes"))[0]
    assert "does not fit" in (await play.owner.says("/members rating:bad"))[0]


async def test_so_so_asks_what_is_missing_and_earns_nothing_yet(play: Play) -> None:
    ann = await bought(play)
    await play.down_until("2027-02-13 10:00")
    before = await ann.points()
    assert "What is missing?" in (await ann.taps("So-so"))[0]
    await ann.says("How hot must the water be?")
    assert await ann.points() == before
    assert any("How hot" in text and "so-so" in text for text in play.clerk.heard())
    await play.down_until("2027-02-15 10:00")
    await ann.taps("3")
    await ann.says("Better now")
    assert await ann.points() == before + 10
    assert any("How hot must the water be? Better now" in text for text in play.clerk.heard())


async def test_who_has_not_begun_is_left_alone_for_a_while(play: Play) -> None:
    ann = await bought(play)
    await play.down_until("2027-02-13 10:00")
    await ann.taps("Not tried")
    await ann.presses("usage:not yet:1")
    await play.down_until("2027-02-16 10:00")
    assert not asked(ann, RATING)
    await play.down_until("2027-02-19 10:00")
    assert asked(ann, RATING)


async def test_skip_leaves_it_at_the_rating(play: Play) -> None:
    ann = await bought(play)
    await play.down_until("2027-02-15 10:00")
    await ann.taps("5")
    assert await ann.taps("Skip") == ["All right. Thank you!"]
    assert await play.database.read(conversations.asked, 3) is None
    assert "didn't understand" in (await ann.says("Lovely tea"))[0]


async def test_other_peoples_ratings_do_not_exist(play: Play) -> None:
    await bought(play)
    bob = await play.member("Bob")
    await play.down_until("2027-02-15 10:00")
    for data in ("rate:1:1", "usage:good:1", "rate:1:99", "rate:6:1", "rate:x:1", "usage:bad:1", "rate:1"):
        assert "no longer works" in (await bob.presses(data))[0]
    assert await play.database.read(lambda s: s.exec(select(Rating)).all()) == []


async def test_a_comment_that_is_too_long_is_refused_and_the_question_stays(play: Play) -> None:
    ann = await bought(play)
    await play.down_until("2027-02-15 10:00")
    await ann.taps("5")
    assert "at most 500" in (await ann.says("x" * 501))[0]
    assert "passed it on" in (await ann.says("x" * 500))[0]


async def test_a_purchase_that_was_refunded_is_not_asked_about(play: Play) -> None:
    ann = await bought(play)
    await play.owner.says("/refund #1")
    await play.down_until("2027-02-16 12:00")
    assert not asked(ann, USAGE)
    assert not asked(ann, RATING)
    trip = await play.database.read(lambda s: s.exec(select(Trip.state, Trip.reason)).one())
    assert trip == ("stopped", "purchase taken back")


async def test_a_refund_between_queueing_and_sending_stops_the_letter(play: Play) -> None:
    ann = await bought(play)
    await play.owner.says("/pause")
    await play.down_until("2027-02-13 12:00")
    letter = select(Letter.state).where(Letter.kind == "usage")
    assert await play.database.read(lambda s: s.exec(letter).one()) == "waiting"
    await play.owner.says("/refund #1")
    await play.owner.says("/resume")
    assert not asked(ann, USAGE)
    assert await play.database.read(lambda s: s.exec(letter).one()) == "dropped"


async def test_the_dearest_product_is_asked_about_and_none_has_words_too(play: Play) -> None:
    ann = await bought(play, "/sale @ann 30 #1")
    await play.down_until("2027-02-13 10:00")
    assert asked(ann, USAGE) == ["Ann, a few days ago you took what you bought home. How is it going?"]


async def test_forgotten_words_are_nowhere(play: Play) -> None:
    ann = await bought(play)
    await play.down_until("2027-02-15 10:00")
    await ann.taps("1")
    await play.owner.says("/pause")
    await ann.says("canary-7731")
    await ann.says("/forget")
    await ann.taps("Erase")
    assert await play.database.read(lambda s: s.exec(select(Rating)).all()) == []
    assert await play.database.read(lambda s: s.exec(select(Trip)).all()) == []
    assert await play.database.write(trips.go_on, play.club.shop.now, now=play.clock.now()) == 0
