"""Photo contests: photos come in private, the group votes or the staff pick, and the best win, once."""

import asyncio
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from aiogram.exceptions import TelegramRetryAfter
from aiogram.methods import SendMediaGroup
from PIL import Image
from sqlmodel import Session, func, select

from bot.club import activities, activity_posts, ballots, contests, members
from bot.club.errors import ClubError
from bot.club.members import Visitor
from db.activities import Activity, Entrant, Vote
from db.coupons import Coupon
from tests.people import Play, Someone
from tests.stories.test_deals import in_the_group
from tests.stories.test_gifts import picture
from tests.stories.test_privacy import exported

LINE = '/contest "My tea corner" "Teapot" winners:1 until:1d vote:2d'
IN, OUT = "2027-02-11 10:01", "2027-02-13 10:01"  # the photos are in, the vote is over


def posts(play: Play) -> list[str]:
    """What the group sees of contests, the photos left aside."""
    return [text for text in play.owner.heard(group=True) if "My tea corner" in text]


async def follows(someone: Someone, label: str = "Send a photo") -> list[str]:
    """Tap the group's button, and follow the link that it opens."""
    await someone.taps(label, group=True)
    return await someone.follows(someone.play.playground.notices(someone.id)[-1].url)


async def photo(someone: Someone, color: str = "red", *, as_file: bool = False) -> str:
    """Send a photo in private, or the same as a file; what is answered."""
    send = someone.play.playground.send_file if as_file else someone.play.playground.send_photo
    await send(someone.id, someone.id, "tea.png", picture(color))
    await someone.play.quiet()
    return someone.heard()[-1]


async def album(someone: Someone) -> str:
    """Send a photo as one of several; what is answered."""
    world = someone.play.playground._world
    file = world.store("tea.png", picture("red"), picture=True)
    post = world.post(someone.id, someone.id, file=file, album="7")
    await world.push("message", world.message(post))
    await someone.play.quiet()
    return someone.heard()[-1]


async def entered(*people: Someone) -> None:
    """Some people send a photo each."""
    for each in people:
        await follows(each)
        assert "Your photo is in" in await photo(each)


async def test_the_photo_with_the_most_votes_wins_once(play: Play) -> None:
    ann, bob, cat, dan = await in_the_group(play, "Ann", "Bob", "Cat", "Dan")
    await play.owner.says(LINE, group=True)
    assert "Teapot for the photo with the most votes" in posts(play)[0]
    [asked] = await follows(ann)
    assert "is shown in the group, under a number and without your name" in asked
    assert "as number 1" in await photo(ann)
    await entered(bob)
    await play.club.tick()
    assert "2 photos are in" in posts(play)[0]
    await play.down_until(IN)
    album = [m for m in play.owner.sees(group=True) if m.file]
    assert [m.text for m in album] == ["No. 1", "No. 2"]
    assert "vote until 13 February" in posts(play)[0]
    assert not any(name in text for text in posts(play) for name in ("Ann", "Bob"))
    for each in (cat, dan):
        await each.taps("2 ·", group=True)
    await bob.taps("1 ·", group=True)
    assert "Your vote is for number 2" in cat.notice()
    await play.club.tick()
    assert "3 votes so far" in posts(play)[-1]
    assert "2 · 2 ♥" in str(play.owner.sees(group=True)[-1].buttons)
    await play.down_until(OUT)
    await play.club.tick()
    assert len(posts(play)) == 3
    for text in posts(play):
        assert "Of 2 photos, the winner is:\nNo. 2, Bob: 2 votes" in text
    assert [m.text for m in play.owner.sees(group=True) if m.file][2:] == [posts(play)[-1]]
    assert not play.owner.sees(group=True)[-1].buttons
    assert "you won" in bob.heard()[-1]
    assert "Teapot" in (await bob.says("/coupons"))[0]
    assert "Teapot" not in (await ann.says("/coupons"))[0]
    await cat.presses("vote:1:1", group=True)
    assert "over already" in cat.notice()


async def test_a_vote_may_change_and_is_not_for_ones_own(play: Play) -> None:
    ann, bob, cat = await in_the_group(play, "Ann", "Bob", "Cat")
    await play.owner.says(LINE, group=True)
    await entered(ann, bob)
    await cat.presses("vote:1:1", group=True)
    assert "over already" in cat.notice()  # there is no vote yet
    await play.down_until(IN)
    await ann.taps("1 ·", group=True)
    assert "your own" in ann.notice()
    await cat.taps("1 ·", group=True)
    await cat.taps("1 ·", group=True)
    assert "stands" in cat.notice()
    await cat.taps("2 ·", group=True)
    assert "number 2" in cat.notice()
    for forged, says in (("vote:1:3", "not in the contest"), ("vote:9:1", "over already"), ("vote:1:x", "no longer")):
        await cat.presses(forged, group=True)
        assert says in cat.notice()
    await play.down_until(OUT)
    assert "No. 2, Bob: 1 vote" in posts(play)[-1]


async def test_of_as_many_votes_the_earlier_photo_wins_and_without_any_none(play: Play) -> None:
    ann, bob, cat, dan = await in_the_group(play, "Ann", "Bob", "Cat", "Dan")
    await play.owner.says('/contest "My tea corner" points:50 winners:2 until:1d vote:2d')
    await entered(ann, bob, cat, dan)
    await play.down_until(IN)
    for voter, nth in ((ann, 4), (bob, 3), (cat, 2)):
        await voter.taps(f"{nth} ·", group=True)
    before = await bob.points()
    await play.down_until(OUT)
    assert "No. 2, Bob: 1 vote\nNo. 3, Cat: 1 vote\nCongratulations" in posts(play)[-1]
    assert [m.text[:3] for m in play.owner.sees(group=True) if m.file][4:] == [posts(play)[-1][:3], ""]
    assert await bob.points() == before + 50
    assert "+50 · a photo contest" in (await bob.says("/points"))[0]


async def test_with_places_left_what_nobody_voted_for_does_not_win(play: Play) -> None:
    ann, bob = await in_the_group(play, "Ann", "Bob")
    await play.owner.says('/contest "My tea corner" "Teapot" winners:3 until:1d vote:2d')
    await entered(ann, bob)
    await play.down_until(IN)
    await ann.taps("2 ·", group=True)
    await play.down_until(OUT)
    assert "Bob: 1 vote" in posts(play)[-1]
    assert "Ann" not in posts(play)[-1]


async def test_nobody_voted(play: Play) -> None:
    [ann] = await in_the_group(play, "Ann")
    await play.owner.says(LINE, group=True)
    await entered(ann)
    await play.down_until(IN)
    await play.down_until(OUT)
    assert "Nobody voted this time, so nobody wins." in posts(play)[-1]
    assert "won" not in ann.heard()[-1]


async def test_without_a_photo_only_the_owner_hears_of_it(play: Play) -> None:
    await in_the_group(play, "Ann")
    await play.owner.says(LINE, group=True)
    before = len(play.owner.heard(group=True))
    await play.down_until(IN)
    await play.club.tick()
    assert "No photo came in for “My tea corner”" in play.owner.heard()[-1]
    assert len(play.owner.heard(group=True)) == before
    assert "no photo came in" in posts(play)[0]


async def test_the_owner_picks(play: Play) -> None:
    ann, bob, cat = await in_the_group(play, "Ann", "Bob", "Cat")
    may = await play.member("May")
    await play.owner.says("/staff add @may manager")
    await play.owner.says('/contest "My tea corner" "Teapot" winners:2 until:1d by:owner')
    await entered(ann, bob, cat)
    await play.down_until(IN)
    assert "3 photos are in; the shop chooses the best" in posts(play)[0]
    assert [m.text for m in play.owner.sees() if m.file] == ["No. 1", "No. 2", "No. 3"]
    assert not [m for m in play.owner.sees(group=True) if m.file]
    assert "Picked: 0 of 2" in play.owner.heard()[-1]
    assert not any("My tea corner" in text for text in may.heard())
    under = play.owner.sees()[-1].id
    assert "Tap the photos that win first" in (await play.owner.presses("picked:1", under=under))[0]
    for nth in (3, 1):
        await play.owner.presses(f"wins:1:{nth}", under=under)
    assert "2 are picked already" in (await play.owner.presses("wins:1:2", under=under))[0]
    await play.owner.presses("wins:1:1", under=under)
    [text] = await play.owner.presses("wins:1:2", under=under)
    assert "Picked: 2 of 2" in text
    assert "not in the contest" in (await play.owner.presses("wins:1:9", under=under))[0]
    assert "not available" in (await ann.presses("wins:1:1", under=ann.sees()[-1].id))[0]
    await play.owner.taps("These win")
    assert "over already" in (await play.owner.presses("picked:1", under=under))[0]
    await play.club.tick()
    assert "No. 2, Bob\nNo. 3, Cat" in posts(play)[-1]
    assert "votes" not in posts(play)[-1]
    assert "you won" in cat.heard()[-1]
    assert "Teapot" not in (await ann.says("/coupons"))[0]
    assert "chose who wins the photo contest “My tea corner”" in (await play.owner.says("/audit"))[0]


async def test_a_pick_as_it_ends_wins_with_its_prize_or_not_at_all(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    mark = ballots._mark

    def dawdle(session: Session, *which: object, won: int) -> None:
        """Time for the end to overtake a pick."""
        if won and play.database.dialect == "postgresql":
            session.connection().execute(select(func.pg_sleep(0.3)))
        mark(session, *which, won=won)

    monkeypatch.setattr(ballots, "_mark", dawdle)
    ann, bob = await in_the_group(play, "Ann", "Bob")
    await play.owner.says('/contest "My tea corner" "Teapot" winners:2 until:1d by:owner')
    await entered(ann, bob)
    await play.down_until(IN)
    await play.owner.taps("1")
    now = play.clock.now()
    owner = await play.database.write(members.meet, Visitor("playground", 1, "Mrs Wang"), private=True, now=now)
    await asyncio.gather(
        play.database.write(ballots.settle, owner, 1, play.club.shop.now, now=now),
        play.database.write(ballots.pick, 1, 2),
        return_exceptions=True,
    )
    won, prizes = select(func.count()).where(Entrant.won > 0), select(func.count()).select_from(Coupon)
    counts = [await play.database.read(lambda session, each=each: session.exec(each).one()) for each in (won, prizes)]
    assert counts[0] == counts[1]


async def test_the_owner_is_asked_once_more_two_days_later(play: Play) -> None:
    [ann] = await in_the_group(play, "Ann")
    await play.owner.says('/contest "My tea corner" "Teapot" until:1d by:owner')
    await entered(ann)
    await play.down_until(IN)
    await play.down_until("2027-02-13 10:02")
    assert sum("Picked: 0 of 1" in text for text in play.owner.heard()) == 2
    await play.owner.taps("1")
    await play.owner.taps("This one wins")
    assert "Ann" in posts(play)[-1]


async def test_an_unfit_photo_is_taken_out_and_its_member_told(play: Play) -> None:
    ann, bob, cat = await in_the_group(play, "Ann", "Bob", "Cat")
    await play.owner.says(LINE, group=True)
    assert "goes to the group" in play.owner.heard()[-1]  # told in private, with what can be done
    begun = play.owner.sees()[-1].id
    assert "No photo of “My tea corner” is in yet" in (await play.owner.presses("photos:1", under=begun))[0]
    await entered(ann, bob)
    await play.owner.presses("photos:1", under=begun)
    await play.owner.taps("2")
    assert play.owner.sees()[-1].file
    [done] = await play.owner.taps("Take it out")
    assert "Number 2 is out of the contest" in done
    assert "taken your photo out of “My tea corner”" in bob.heard()[-1]
    assert "not in the contest" in (await play.owner.presses("unfit:1:2"))[0]
    assert "took the photo of Bob (M0004) out of the contest" in (await play.owner.says("/audit"))[0]
    await entered(bob)
    await play.down_until(IN)
    await cat.taps("2 ·", group=True)
    await play.owner.presses("unfit:1:2", under=begun)
    await play.club.tick()
    assert "1 · 0 ♥" in str(play.owner.sees(group=True)[-1].buttons)
    assert "2 ·" not in str(play.owner.sees(group=True)[-1].buttons)
    await play.down_until(OUT)
    assert "Nobody voted" in posts(play)[-1]


async def test_a_single_winner_is_picked_in_place_of_the_one_before(play: Play) -> None:
    ann, bob = await in_the_group(play, "Ann", "Bob")
    await play.owner.says('/contest "My tea corner" "Teapot" until:1d by:owner')
    await entered(ann, bob)
    await play.down_until(IN)
    await play.owner.taps("1")
    [text] = await play.owner.taps("2")
    assert "Picked: 1 of 1" in text
    await play.owner.taps("This one wins")
    assert "No. 2, Bob" in posts(play)[-1]


async def test_who_was_picked_and_blocked_since_is_not_told_as_a_winner(play: Play) -> None:
    ann, bob = await in_the_group(play, "Ann", "Bob")
    await play.owner.says('/contest "My tea corner" "Teapot" winners:2 until:1d by:owner')
    await entered(ann, bob)
    await play.down_until(IN)
    for nth in ("1", "2"):
        await play.owner.taps(nth)
    under = play.owner.sees()[-1].id
    await play.owner.says("/block @bob deals sells them")
    await play.owner.presses("picked:1", under=under)
    assert "No. 1, Ann" in posts(play)[-1]
    assert "Bob" not in posts(play)[-1]


async def test_if_who_began_it_left_the_owner_is_asked(play: Play) -> None:
    [ann] = await in_the_group(play, "Ann")
    may = await play.member("May")
    await play.owner.says("/staff add @may manager")
    await may.says('/contest "My tea corner" "Teapot" until:1d by:owner')
    await play.owner.says("/staff remove @may")
    await entered(ann)
    await play.down_until(IN)
    assert "Picked: 0 of 1" in play.owner.heard()[-1]
    assert "Picked" not in may.heard()[-1]


async def test_a_photo_may_be_replaced_or_taken_back_and_no_file_is_taken(play: Play) -> None:
    ann, bob = await in_the_group(play, "Ann", "Bob")
    await play.owner.says(LINE, group=True)
    await follows(ann)
    assert "not as a file" in await photo(ann, as_file=True)
    assert "I am waiting for your photo" in (await ann.says("here it comes"))[0]
    assert "One photo each" in await album(ann)
    assert "as number 1" in await photo(ann, "red")
    await ann.taps("Another photo")
    assert "another takes its place" in ann.heard()[-1]
    assert "as number 1" in await photo(ann, "blue")
    await entered(bob)
    await bob.taps("Take it back")
    assert "is out of “My tea corner” again" in bob.heard()[-1]
    assert "no photo of yours" in (await bob.presses("unphoto:1"))[0]
    await play.club.tick()
    assert "1 photo is in" in posts(play)[0]
    await play.down_until(IN)
    [shown] = [m.file for m in play.owner.sees(group=True) if m.file]
    with Image.open(BytesIO(shown.data)) as numbered:
        assert numbered.getpixel((numbered.width - 1, numbered.height - 1))[2] > 200  # blue, with the number on it
    await follows_too_late(ann)


async def test_a_photo_that_cannot_be_drawn_on_is_shown_as_it_is(play: Play) -> None:
    ann, bob = await in_the_group(play, "Ann", "Bob")
    await play.owner.says(LINE, group=True)
    await entered(ann, bob)
    files = play.playground._world.files
    broken = next(m.file for m in ann.sees() if m.file)
    files[broken.id] = replace(broken, data=b"broken")
    await play.down_until(IN)
    shown = [m.file for m in play.owner.sees(group=True) if m.file]
    assert [each.data == b"broken" for each in shown] == [True, False]
    assert "1 · 0 ♥" in str(play.owner.sees(group=True)[-1].buttons)


async def follows_too_late(someone: Someone) -> None:
    """Whoever kept the link, or the question, comes too late."""
    assert "over already" in (await someone.follows("contest_1"))[0]
    assert "over already" in (await someone.presses("unphoto:1"))[0]


async def test_a_question_about_oneself_follows_at_most_once_a_day(play: Play) -> None:
    [ann] = await in_the_group(play, "Ann")
    await play.owner.says(LINE, group=True)
    await follows(ann)
    said = await photo(ann)
    assert said.startswith("Your photo is in")
    assert "May I" in said or "?" in said
    assert {"Another photo", "Take it back", "Skip"} <= {label for row in ann.sees()[-1].buttons for label, _ in row}
    await ann.taps("Skip")
    await follows(ann)
    assert "Skip" not in str(await photo(ann)) + str(ann.sees()[-1].buttons)


async def test_who_never_pressed_start_is_led_to_the_contest(play: Play) -> None:
    await in_the_group(play)
    lily = play.stranger("Lily")
    await lily.joins()
    await play.owner.says(LINE, group=True)
    [hello] = await follows(lily)
    assert "If you agree" in hello
    [shown] = await lily.taps("I agree")
    assert "Photo contest: My tea corner" in shown
    assert "Send me your photo" in (await lily.taps("Send a photo"))[0]
    assert "as number 1" in await photo(lily)


async def test_who_may_not_is_told_so(play: Play) -> None:
    ann, bob = await in_the_group(play, "Ann", "Bob")
    await play.owner.says(LINE, group=True)
    await play.owner.says("/block @bob deals sells them")
    await play.clerk.taps("Send a photo", group=True)
    assert "for the members" in play.clerk.notice()
    assert "for the members" in (await play.clerk.follows("contest_1"))[0]
    await bob.taps("Send a photo", group=True)
    assert "closed to you" in bob.notice()
    for wrong in ("contest_2", "contest_1x", "contest_", "contest_99999999999"):
        assert "over already" in (await ann.follows(wrong))[0]
    assert "Good to see you" in (await ann.follows("kontest_1"))[0]
    await entered(ann)
    await play.down_until(IN)
    await bob.presses("vote:1:1", group=True)
    assert "closed to you" in bob.notice()
    await play.clerk.presses("vote:1:1", group=True)
    assert "for the members" in play.clerk.notice()


async def test_who_left_or_was_blocked_does_not_win_and_who_wishes_is_not_named(play: Play) -> None:
    ann, bob, cat, dan = await in_the_group(play, "Ann", "Bob", "Cat", "Dan")
    await play.owner.says('/contest "My tea corner" "Teapot" winners:3 until:1d vote:2d')
    await entered(ann, bob, cat)
    await play.down_until(IN)
    for voter, nth in ((ann, 2), (bob, 1), (cat, 2), (dan, 3)):
        await voter.taps(f"{nth} ·", group=True)
    assert exported(ann)["votes"][0]["nth"] == 2 if await ann.says("/mydata") else False
    assert exported(ann)["entrants"][0]["photo"].startswith("playground:")
    await ann.says("/forget")
    await ann.taps("erase")
    await play.owner.says("/block @bob deals sells them")
    await cat.says("/notify")
    await cat.taps("No name")
    await play.down_until(OUT)
    assert "Of 2 photos, the winner is:\nNo. 3, a member: 1 vote" in posts(play)[-1]
    assert await play.database.read(lambda session: session.exec(select(func.count()).select_from(Entrant)).one()) == 2
    await ann.says("/start")
    await ann.taps("I agree")
    await play.owner.says(LINE.replace("1d", "5d"), group=True)
    assert "Send me your photo" in (await follows(ann))[0]


async def test_a_hundred_votes_at_once_count_once_each_and_none_after_the_end(play: Play) -> None:
    ann, bob = await in_the_group(play, "Ann", "Bob")
    await play.owner.says(LINE, group=True)
    await entered(ann, bob)
    await play.down_until(IN)
    visitors = [Visitor("playground", n, "") for n in range(900, 920)]
    voters = [await play.database.write(members.meet, each, private=True, now=play.clock.now()) for each in visitors]

    async def tap(person: members.Person, nth: int) -> None:
        await play.database.write(ballots.vote, person, 1, nth, now=play.clock.now())

    await asyncio.gather(*(tap(each, nth) for nth in (1, 2) for each in voters))
    votes = select(func.count()).select_from(Vote)
    assert await play.database.read(lambda session: session.exec(votes).one()) == len(voters)
    changes = select(Activity.changes)
    assert await play.database.read(lambda session: session.exec(changes).one()) == 2 * len(voters)
    assert (
        len(await play.database.read(activity_posts.stale, now=play.clock.now())) == 1
    )  # many votes, one edit, of the vote alone
    later = play.clock.now().replace(day=28)
    with pytest.raises(ClubError):
        await play.database.write(ballots.vote, voters[0], 1, 1, now=later)


async def test_a_photo_at_the_deadline_is_in_or_refused(play: Play) -> None:
    [ann] = await in_the_group(play, "Ann")
    await play.owner.says(LINE, group=True)
    person = await play.database.write(
        members.meet, Visitor("playground", ann.id, "Ann"), private=True, now=play.clock.now()
    )
    shop, ends = play.club.shop.now, play.clock.now().replace(day=11, second=0, microsecond=0)
    done = await asyncio.gather(
        play.database.write(contests.send, person, 1, "playground:x", shop, now=ends.replace(hour=ends.hour - 1)),
        play.database.write(ballots.turn, shop, now=ends.replace(day=12)),
        return_exceptions=True,
    )
    state = await play.database.read(lambda session: session.exec(select(Activity.state)).one())
    assert state == ("closed" if isinstance(done[0], ClubError) else "voting")


async def test_the_prizes_are_given_in_the_act_that_ends_it(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    ann, bob = await in_the_group(play, "Ann", "Bob")
    await play.owner.says(LINE, group=True)
    await entered(ann)
    await play.down_until(IN)
    await bob.taps("1 ·", group=True)
    later = play.clock.now().replace(day=14)
    with monkeypatch.context() as patch:
        patch.setattr("bot.club.activities.reward", _killed)
        with pytest.raises(RuntimeError):
            await play.database.write(ballots.turn, play.club.shop.now, now=later)
    assert await play.database.read(lambda session: session.exec(select(Activity.state)).one()) == "voting"
    await play.down_until(OUT)
    await play.club.tick()
    assert sum("you won" in text for text in ann.heard()) == 1


def _killed(*_: object, **__: object) -> None:
    raise RuntimeError


async def test_a_club_that_was_down_gives_the_vote_its_time(play: Play) -> None:
    ann, bob = await in_the_group(play, "Ann", "Bob")
    await play.owner.says(LINE, group=True)
    await entered(ann)
    await play.down_until("2027-02-20 10:00")
    assert "until 22 February, 10:00" in posts(play)[-1]
    await bob.taps("1 ·", group=True)
    await play.down_until("2027-02-22 10:01")
    assert "No. 1, Ann" in posts(play)[-1]


async def test_more_than_an_album_of_photos(play: Play) -> None:
    await in_the_group(play, "Ann")
    await play.owner.says(LINE, group=True)
    await play.playground.send_photo(1, 1, "tea.png", picture("red"))
    file = next(m.file for m in play.owner.sees() if m.file)
    shop, now = play.club.shop.now, play.clock.now()
    for n in range(52):
        person = await play.database.write(members.meet, Visitor("playground", 900 + n, ""), private=True, now=now)
        send = play.database.write(contests.send, person, 1, f"playground:{file.id}", shop, now=now)
        if n < 50:
            await send
            continue
        with pytest.raises(contests.ContestFull):
            await send
    full = await play.database.write(activities.enter, person, 1, now=now)  # who looked before the last place was taken
    assert full is None
    await play.down_until(IN)
    assert len([m for m in play.owner.sees(group=True) if m.file]) == 50
    assert "50 · 0 ♥" in str(play.owner.sees(group=True)[-1].buttons)


async def test_the_buttons_wait_for_their_photos(play: Play) -> None:
    ann, bob = await in_the_group(play, "Ann", "Bob")
    await play.owner.says(LINE, group=True)
    await entered(ann, bob)
    patience = [1]

    async def busy(make_request: Any, bot: Any, method: Any) -> Any:
        if isinstance(method, SendMediaGroup) and patience:
            raise TelegramRetryAfter(method, "Too Many Requests", retry_after=patience.pop())
        return await make_request(bot, method)

    play.playground.bot.session.middleware(busy)
    await play.down_until(IN)
    assert "♥" not in str(play.owner.sees(group=True)[-1].buttons)
    await asyncio.sleep(1.2)  # as long as the chat rests
    for minute in ("02", "03"):
        await play.down_until(f"2027-02-11 10:{minute}")
    *_before, one, two, ballot = play.owner.sees(group=True)
    assert (one.text, two.text) == ("No. 1", "No. 2")
    assert "♥" in str(ballot.buttons)


async def test_step_by_step_and_called_off(play: Play) -> None:
    [ann] = await in_the_group(play, "Ann")
    assert "What are the photos to show" in (await play.owner.says("/contest"))[0]
    assert "What is there to win" in (await play.owner.says("My tea corner"))[0]
    await play.owner.says("20%")
    assert "from 1 to 10" in (await play.owner.says("11"))[0]
    assert "Who chooses the best" in (await play.owner.taps("2"))[0]
    assert "by:votes or by:owner" in (await play.owner.says("nobody"))[0]
    await play.owner.taps("by votes")
    assert "must end in the future" in (await play.owner.says("2020-01-01"))[0]
    assert "how long does the vote go on" in (await play.owner.taps("In three days"))[0]
    assert "after the photos are in" in (await play.owner.says("2027-02-11"))[0]
    [summary] = await play.owner.taps("In two days")
    assert "20% off for each of the 2 photos with the most votes" in summary
    assert "Photos until 13 February, 10:00" in summary
    assert "Vote until 15 February, 10:00" in summary
    assert "The contest “My tea corner” goes to the group" in (await play.owner.taps("Confirm"))[0]
    await entered(ann)
    [question] = await play.owner.taps("Call it off")
    assert "Call off the contest “My tea corner”?" in question
    await play.owner.taps("Confirm")
    await play.down_until("2027-02-15 10:01")
    assert len(posts(play)) == 1
    assert "called off" in posts(play)[0]


async def test_the_owner_who_picks_is_not_asked_how_long_the_vote_goes_on(play: Play) -> None:
    await in_the_group(play)
    await play.owner.says("/contest")
    await play.owner.says("My tea corner")
    await play.owner.says("A teapot")
    await play.owner.taps("1")
    await play.owner.taps("I choose")
    [summary] = await play.owner.taps("In a week")
    assert "A teapot for the photo that the shop likes best" in summary
    assert "then I send them to you to choose" in (await play.owner.taps("Confirm"))[0]


@pytest.mark.words
@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('"Tea" "Pot" winners:0 until:1d', "winners: must be a whole number from 1 to 10"),
        ('"Tea" "Pot" winners:11 until:1d', "winners: must be a whole number from 1 to 10"),
        ('"Tea" "Pot" until:2020-01-01', "must end in the future"),
        ('"Tea" "Pot" until:400d', "must end in the future"),
        ('"Tea" "Pot" until:soon', "could not read “soon”"),
        ('"Tea" "Pot" until:1d vote:2020-01-01', "after the photos are in"),
        ('"Tea" "Pot" until:1d vote:200d', "after the photos are in"),
        ('"Tea" "Pot" until:1d by:me', "by:votes or by:owner"),
        ('"Tea" "Pot" until:1d by:owner vote:2d', "by:votes or by:owner"),
        ('"Tea" "Pot"', "like this"),
        ('"Tea" until:1d', "like this"),
        ('Tea "Pot" until:1d', "like this"),
        ('"Tea" "Pot" "Cup" until:1d', "like this"),
        ('"' + "T" * 61 + '" "Pot" until:1d', "60 characters"),
        ('"Tea" "' + "P" * 61 + '" until:1d', "60 characters"),
    ],
)
async def test_a_contest_that_cannot_be_is_refused_in_one_sentence(play: Play, line: str, says: str) -> None:
    await play.linked_group()
    [refusal] = await play.owner.says(f"/contest {line}")
    assert says in refusal
    assert not [text for text in play.owner.heard(group=True) if "contest" in text]
