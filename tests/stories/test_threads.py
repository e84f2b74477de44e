"""Questions to the shop: asked by a member, answered by whoever of the staff is first, back and forth."""

import asyncio

from sqlmodel import select

from bot.club import threads
from bot.club.members import Person, Role, Visitor
from db.outbox import LETTERS
from db.threads import Thread, ThreadLine
from tests.people import Play, Someone
from tests.tables import everything

KITTEN = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


async def asked(play: Play) -> tuple[Someone, Someone, Someone]:
    """Ann, who asked, and the owner and the clerk, who can be reached."""
    await play.owner.says("/start")
    await play.clerk.says("/start")
    ann = await play.member("Ann")
    assert "with the shop" in (await ann.says("/ask Is the oolong organic?"))[0]
    return ann, play.owner, play.clerk


def last(someone: Someone) -> int:
    """The bot's last message to somebody."""
    return next(m.id for m in reversed(someone.sees()) if m.sender != someone.id)


async def test_the_first_reply_wins_the_others_are_told_and_it_goes_on(play: Play) -> None:
    ann, owner, clerk = await asked(play)
    question = last(clerk)
    assert all("Is the oolong organic?" in each.heard()[-1] for each in (owner, clerk))
    [sent] = await clerk.says("Yes, <b>certified</b>.\nSince 2019.", reply_to=question)
    assert "goes to Ann (M0003)" in sent
    assert ann.heard()[-1] == "💬 Tea House answers:\n\nYes, <b>certified</b>.\nSince 2019."
    assert "answered Ann (M0003)" in owner.heard()[-1]
    [late] = await owner.says("No.", reply_to=last(owner))
    assert "was faster" in late
    heard = len(owner.heard())
    await ann.says("And the puerh?", reply_to=last(ann))
    assert "And the puerh?" in clerk.heard()[-1]
    assert len(owner.heard()) == heard
    await clerk.says("That too.", reply_to=last(clerk))
    await ann.taps("⭐⭐⭐")
    [kept] = await play.database.read(lambda s: [(t.state, t.stars) for t in s.exec(select(Thread))])
    assert kept == ("answered", 3)
    assert "half of them within 1 min. Members gave 3.0 of 5." in (await owner.says("/ask"))[0]


async def test_a_reply_before_the_letter_is_settled_is_an_answer_all_the_same(play: Play) -> None:
    ann, owner, _clerk = await asked(play)
    question = last(owner)
    mine = LETTERS.update().where(LETTERS.c.message_id == question, LETTERS.c.kind == threads.QUESTION)
    back = LETTERS.update().where(LETTERS.c.state == "sending").values(state="sent", message_id=question)
    still_under_way = mine.values(state="sending", message_id=None)
    await play.database.write(lambda s: s.connection().execute(still_under_way).rowcount)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(owner.says("It is.", reply_to=question))
        await asyncio.sleep(0.3)
        await play.database.write(lambda s: s.connection().execute(back).rowcount)
    assert ann.heard()[-1].endswith("It is.")


async def test_two_replies_at_once_are_one_answer(play: Play) -> None:
    ann, *_staff = await asked(play)
    people = [Person(Visitor("playground", n, f"S{n}"), n, n, f"S{n}", "en", True, True, Role.CLERK) for n in (1, 2)]
    now = play.clock.now()
    answers = [
        play.database.write(threads.answer, by, 1, f"From {by.name}", key=f"k{by.member_id}", now=now) for by in people
    ]
    done = await asyncio.gather(*answers, return_exceptions=True)
    await play.quiet()
    assert sorted(type(each).__name__ for each in done) == ["Line", "TakenBy"]
    assert sum("answers:" in text for text in ann.heard()) == 1


async def test_it_is_handed_over_and_taken_over(play: Play) -> None:
    ann, owner, clerk = await asked(play)
    await clerk.taps("Answer")
    await clerk.says("I'll look it up.")
    await clerk.taps("Hand over")
    assert "Is the oolong organic?" in owner.heard()[-1]
    await owner.says("It is.", reply_to=last(owner))
    await ann.says("/ask Sure?")
    assert "Sure?" in owner.heard()[-1]
    [page] = await clerk.says("/ask")
    assert "with Mrs Wang" in page
    await clerk.taps("Answer M0003")
    await clerk.says("Very sure.")
    assert "Very sure." in ann.heard()[-1]


async def test_alone_it_takes_the_next_text_or_a_picture(play: Play) -> None:
    await play.clerk.says("/start")
    ann = await play.member("Ann")
    assert "What would you like to know?" in (await ann.says("/ask"))[0]
    await play.playground.send_photo(ann.id, ann.id, "tin.png", KITTEN, "Which tea is this?")
    await play.quiet()
    assert "Which tea is this?" in play.clerk.heard()[-1]
    assert play.clerk.sees()[-1].file is not None
    await play.clerk.taps("Needs no answer")
    assert "No question is open" in (await play.clerk.says("/ask"))[0]


async def test_what_makes_no_sense_changes_nothing(play: Play) -> None:
    ann, _owner, clerk = await asked(play)
    bob = await play.member("Bob")
    for number in range(4):
        await ann.says(f"/ask And {number}?")
    await bob.says("/menu")
    before = await play.database.read(everything, "inbox", "accounts")
    assert "wait for the answer" in (await ann.says("/ask And more?"))[0]
    assert "at most 800" in (await bob.says("/ask " + "x" * 801))[0]
    for forged in ("more:1", "content:5:1"):
        assert "no longer works" in (await bob.presses(forged))[0]
    assert "no longer works" in (await ann.presses("content:5:1"))[0]  # nothing was answered yet
    assert "no longer works" in (await clerk.presses("thread:over:1"))[0]
    assert await play.database.read(everything, "inbox", "accounts") == before


async def test_who_gets_no_letters_cannot_ask(play: Play) -> None:
    await play.clerk.says("/start")
    ann = await play.member("Ann")
    await play.owner.says("/block @ann messages insults the staff")
    assert "closed to you" in (await ann.says("/ask You fools"))[0]
    assert await play.database.read(lambda s: s.exec(select(ThreadLine)).all()) == []


async def test_where_nobody_can_be_reached_it_is_said_and_the_owner_reads_it_later(play: Play) -> None:
    await play.playground.block(1)
    await play.playground.block(2)
    ann = await play.member("Ann")
    assert "Nobody of the shop can be reached" in (await ann.says("/ask Are you open?"))[0]
    await play.owner.says("/start")
    await play.quiet()
    assert "Are you open?" in play.owner.heard()[-1]
