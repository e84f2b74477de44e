"""Broadcasts: shown with the count, confirmed, sent to each once, told in one message from preview to report."""

from datetime import timedelta

import pytest
from aiogram.methods import DeleteMessage
from sqlmodel import Session, select

from bot.club import broadcast_letters, broadcasts
from db.broadcasts import Broadcast
from db.outbox import Letter
from tests.crowds import crowd
from tests.people import Play, Someone


async def guests(play: Play, many: int = 3) -> list[Someone]:
    """Members who are named P0, P1, …"""
    return [await play.member(f"P{n}") for n in range(many)]


def got(someone: Someone, words: str) -> int:
    """How often somebody got a message that holds some words."""
    return sum(words in text for text in someone.heard())


async def moments(play: Play, seconds: float = 4) -> None:
    """Let a few seconds pass, and the jobs run."""
    play.clock.advance(timedelta(seconds=seconds))
    await play.club.tick()


def labels(someone: Someone) -> list[str]:
    """The buttons under the last message."""
    return [label for row in someone.sees()[-1].buttons for label, _ in row]


def rows(session: Session) -> list[tuple[str, str | None]]:
    """The letters of broadcasts, each with its state and reason."""
    here = select(Letter.state, Letter.reason).where(Letter.broadcast_id.is_not(None)).order_by(Letter.member_id)
    return [tuple(each) for each in session.exec(here)]


async def test_a_preview_with_the_count_then_everyone_once_then_the_report(play: Play) -> None:
    people = await guests(play, 4)
    await people[0].says("STOP")
    [preview] = await play.owner.says('/broadcast "New oolong has come, {name}" audience:all')
    assert preview.startswith("New oolong has come, Mrs Wang\n——————\nTo 3 members; it costs nothing")
    assert "Not reached:\n· want no offers: 1" in preview
    assert "It goes out at once." in preview
    assert labels(play.owner)[:2] == ["Confirm", "Cancel"]
    assert not [someone for someone in people if got(someone, "oolong")]
    play.playground._world.blocked.add(people[1].id)  # and the club does not know
    [begun] = await play.owner.taps("Confirm")
    assert begun.startswith("Broadcast 1 “New oolong has come, {name}” to Everybody\n1 of 4 are done, 3 to go.")
    await moments(play)
    assert [got(someone, "New oolong has come") for someone in people] == [0, 0, 1, 1]
    assert got(people[2], "New oolong has come, P2") == 1
    report = play.owner.heard()[-1]
    assert "Done: 2 of 4 got it." in report
    assert "· sent: 2\n· blocked me, or left: 1\n· want no offers: 1" in report
    assert labels(play.owner) == ["What it brought"]
    assert "sent a broadcast to all" in (await play.owner.says("/audit"))[0]
    await moments(play)
    assert [got(someone, "New oolong has come") for someone in people] == [0, 0, 1, 1]


async def test_the_report_is_told_once_and_nothing_is_left_to_do(play: Play) -> None:
    await guests(play)
    await play.owner.says("/broadcast Good morning")
    await play.owner.taps("Confirm")
    await moments(play)
    before = play.owner.sees()
    await moments(play)
    assert play.owner.sees() == before
    assert not await play.database.read(broadcasts.undone, now=play.clock.now())


async def test_a_second_tap_sends_nothing_twice(play: Play) -> None:
    [ann, *_] = await guests(play)
    await play.owner.says('/broadcast "Tea"')
    message, data = play.owner.button("Confirm")
    await play.owner.taps("Confirm")
    await play.owner.presses(data, under=message.id)
    await moments(play)
    assert got(ann, "Tea") == 1
    assert len(await play.database.read(rows)) == 3


async def test_from_two_hundred_on_a_second_yes_is_asked(play: Play) -> None:
    await guests(play, 1)
    await play.database.write(crowd, 199)
    assert "To 1 member;" in (await play.owner.says('/broadcast "Tea"'))[0]
    await play.database.write(reachable)
    await play.owner.says('/broadcast "Tea"')
    message, data = play.owner.button("Confirm")
    [again] = await play.owner.presses(data.replace("yes", "sure"), under=message.id)
    assert "no longer works" in again
    [really] = await play.owner.presses(data, under=message.id)
    assert "That is a lot of people." in really
    assert not await play.database.read(rows)
    await play.owner.taps("Confirm: 200 members")
    assert len(await play.database.read(rows)) == 200


def reachable(session: Session) -> None:
    """An act: everybody can be written to."""
    from db.members import ACCOUNTS

    session.connection().execute(ACCOUNTS.update().values(reachable=True))


async def test_only_who_fits_and_agreed_gets_it(play: Play) -> None:
    ann, bob, _ = await guests(play)
    await play.stranger("Sue").says("/checkin")
    await play.owner.says("/tag @p0 tea")
    assert "· fit, but never agreed: 2" in (await play.owner.says('/broadcast "Hello"'))[0]  # Sue, and the clerk
    [preview] = await play.owner.says('/broadcast "Tea is here" audience:"tag:tea"')
    assert "To 1 member;" in preview
    assert "Audience: tag:tea" in preview
    await play.owner.taps("Confirm")
    await moments(play)
    assert (got(ann, "Tea is here"), got(bob, "Tea is here")) == (1, 0)


async def test_it_waits_for_its_time_and_reads_the_audience_then(play: Play) -> None:
    ann, bob, _ = await guests(play)
    await play.owner.says("/tag @p0 tea")
    [preview] = await play.owner.says('/broadcast "Evening tea" audience:"tag:tea" at:18:00')
    assert "It goes out on 10 February, 18:00." in preview
    [begun] = await play.owner.taps("Confirm")
    assert "It goes out on 10 February, 18:00." in begun
    await play.owner.says("/tag @p1 tea")
    await play.until("2027-02-10 17:59")
    assert (got(ann, "Evening tea"), got(bob, "Evening tea")) == (0, 0)
    await play.until("2027-02-10 18:10")
    assert (got(ann, "Evening tea"), got(bob, "Evening tea")) == (1, 1)
    assert any("Done: 2 of 2 got it." in text for text in play.owner.heard())


async def test_confirmed_at_night_it_goes_out_in_the_morning(play: Play) -> None:
    [ann, *_] = await guests(play)
    await play.down_until("2027-02-10 22:00")
    assert "It is night in the shop then" in (await play.owner.says('/broadcast "Morning tea"'))[0]
    await play.owner.taps("Confirm")
    await play.until("2027-02-11 08:59")
    assert got(ann, "Morning tea") == 0
    await play.until("2027-02-11 09:15")
    assert got(ann, "Morning tea") == 1


async def test_a_draft_whose_time_passed_is_not_sent(play: Play) -> None:
    await guests(play)
    await play.owner.says('/broadcast "Tea" at:18:00')
    await play.down_until("2027-02-10 18:01")
    assert "is over. Please name a time to come" in (await play.owner.taps("Confirm"))[0]
    assert not await play.database.read(rows)


async def test_paused_it_waits_and_resumed_it_goes_on(play: Play) -> None:
    people = await guests(play)
    await play.owner.says('/broadcast "Tea" at:18:00')
    await play.owner.taps("Confirm")
    assert "It is paused." in (await play.owner.says("/broadcast pause 1"))[0]
    await play.until("2027-02-10 20:00")
    assert not [someone for someone in people if got(someone, "Tea")]
    assert "It is paused." not in (await play.owner.says("/broadcast resume 1"))[0]
    await moments(play)
    await moments(play)
    assert [got(someone, "Tea") for someone in people] == [1, 1, 1]


async def test_letters_of_a_pause_are_held_and_keep_their_days(play: Play) -> None:
    people = await guests(play)
    await play.owner.says("/pause")
    await play.owner.says('/broadcast "Tea"')
    begun = await play.owner.taps("Confirm")
    assert "Everything is paused: /resume lets it go on." in begun[0]
    await play.owner.taps("Pause")
    await moments(play)
    assert {state for state, _ in await play.database.read(rows)} == {"held"}
    await play.owner.says("/resume")
    await play.days(5)
    assert not [someone for someone in people if got(someone, "Tea")]
    await play.owner.says("/broadcast resume 1")
    await moments(play)
    assert [got(someone, "Tea") for someone in people] == [1, 1, 1]


async def test_a_letter_that_comes_up_in_a_pause_waits(play: Play) -> None:
    [ann, *_] = await guests(play)
    await play.owner.says("/pause")
    await play.owner.says('/broadcast "Tea"')
    await play.owner.taps("Confirm")
    await play.owner.says("/broadcast pause 1")
    await play.owner.says("/resume")
    await play.quiet()
    assert got(ann, "Tea") == 0
    assert {state for state, _ in await play.database.read(rows)} == {"waiting"}


async def test_cancelled_what_has_not_gone_never_goes(play: Play) -> None:
    people = await guests(play)
    await play.owner.says("/pause")
    await play.owner.says('/broadcast "Tea"')
    await play.owner.taps("Confirm")
    [question] = await play.owner.taps("Cancel")
    assert question == "Cancel broadcast 1? 3 letters have not gone yet; what arrived stays."
    assert "Cancelled: 0 of 3 got it." in (await play.owner.taps("Confirm"))[0]
    await play.owner.says("/resume")
    await moments(play)
    assert not [someone for someone in people if got(someone, "Tea")]
    assert set(await play.database.read(rows)) == {("dropped", "cancelled")}
    assert "Broadcast 1 is over already." in (await play.owner.says("/broadcast resume 1"))[0]
    assert any("· cancelled: 3" in text for text in play.owner.heard())


async def test_cancelled_in_a_pause_nothing_is_left_held(play: Play) -> None:
    await guests(play)
    await play.owner.says("/pause")
    await play.owner.says('/broadcast "Tea"')
    await play.owner.taps("Confirm")
    await play.owner.taps("Pause")
    await moments(play)
    await play.owner.says("/broadcast cancel 1")
    await moments(play)
    assert set(await play.database.read(rows)) == {("dropped", "cancelled")}
    assert any("· cancelled: 3" in text for text in play.owner.heard())


async def test_the_caps_hold_it_and_the_report_adds_up_in_the_end(play: Play) -> None:
    people = await guests(play)
    await play.owner.says('/broadcast "First"')
    await play.owner.taps("Confirm")
    await moments(play)
    await play.owner.says('/broadcast "Second"')
    await play.owner.taps("Confirm")
    await moments(play)
    assert "· had their offers of the day; they get it later: 3" in play.owner.heard()[-1]
    assert [got(someone, "Second") for someone in people] == [0, 0, 0]
    await play.until("2027-02-11 10:00")
    assert [got(someone, "Second") for someone in people] == [1, 1, 1]
    [report] = [text for text in play.owner.heard() if "Second" in text]  # the evening's plan came after it
    assert "Done: 3 of 3 got it." in report


async def test_a_small_window_reaches_everybody_a_piece_at_a_time(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broadcast_letters, "WINDOW", 2)
    monkeypatch.setattr(broadcast_letters, "BATCH", 2)
    people = await guests(play, 5)
    await play.owner.says("/pause")
    await play.owner.says('/broadcast "Tea"')
    await play.owner.taps("Confirm")
    assert len(await play.database.read(rows)) < 5
    await moments(play)
    assert len(await play.database.read(rows)) == 5
    await play.owner.says("/broadcast pause 1")
    await moments(play)
    assert {state for state, _ in await play.database.read(rows)} == {"held"}
    await play.owner.says("/broadcast resume 1")
    await play.owner.says("/resume")
    await moments(play)
    assert [got(someone, "Tea") for someone in people] == [1] * 5


async def test_the_end_is_said_anew_where_the_message_is_gone(play: Play) -> None:
    await guests(play)
    await play.owner.says("/pause")
    await play.owner.says('/broadcast "Tea"')
    await play.owner.taps("Confirm")
    await play.playground.bot(DeleteMessage(chat_id=play.owner.id, message_id=play.owner.sees()[-1].id))
    await play.owner.says("/resume")
    await moments(play)
    assert any("Done: 3 of 3 got it." in text for text in play.owner.heard())


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ('/broadcast "Hello {nmae}"', "Nothing fills {nmae}. What works: {name}, {points}, {grade}, {coupon}"),
        ('/broadcast "<b>Hello"', "Telegram cannot read the text at <b>."),
        ('/broadcast "5 < 6"', "Telegram cannot read the text at <."),
        ('/broadcast "<blink>x</blink>"', "Telegram cannot read the text at <blink>."),
        (f'/broadcast "{"😀" * 2000}{{name}}"', "That is too long: 4,160 characters once it is filled in"),
        (f'/broadcast "{"x" * 3990}{{name}}"', "That is too long: 4,150 characters once it is filled in"),
        ('/broadcast "Tea" at:2020-01-01T09:00', "is over. Please name a time to come"),
        ('/broadcast "Tea" at:soon', "soon"),
        ('/broadcast "Tea" audience:"tag:nobody"', "Of “tag:nobody” nobody can be written to now"),
        ('/broadcast "Tea" audience:"spnt:>3"', "spnt"),
        (f'/broadcast "Tea" audience:"{"x" * 3000}"', "at most 500"),
        ('/broadcast ""', "Please write it like this"),
        ("/broadcast pause 7", "There is no such broadcast."),
        ("/broadcast cancel 99999999999", "There is no such broadcast."),
    ],
)
async def test_what_cannot_be_is_said_in_one_sentence(play: Play, line: str, refusal: str) -> None:
    await guests(play, 1)
    [said] = await play.owner.says(line)
    assert refusal in said
    assert not await play.database.read(lambda session: session.exec(select(Broadcast)).all())


async def test_a_link_in_the_text_and_options_behind_it_are_told_apart(play: Play) -> None:
    [ann] = await guests(play, 1)
    text = 'See <a href="https://tea.example/?a=1">our <b>tea</b></a> & cups'
    assert (await play.owner.says(f'/broadcast "{text}"'))[0].startswith("See our tea & cups\n")
    line = f'/broadcast "{text}" audience:"grade:new" en:"Hi {{name}}"'
    [preview] = await play.owner.says(line)
    assert preview.startswith("Hi Mrs Wang")
    await play.owner.taps("Confirm")
    await moments(play)
    assert got(ann, "Hi P0") == 1


async def test_each_reads_their_own_language_and_a_name_is_only_a_name(play: Play) -> None:
    mei = await play.member("<b>Mei & “Co”", language="zh-hans")
    tom = await play.member("Tom", language="en")
    await play.owner.says('/broadcast "Hi {name}, {points} points, {grade}" zh_CN:"您好{姓名}，{积分}分，{等级}"')
    await play.owner.taps("Confirm")
    await moments(play)
    assert "您好<b>Mei & “Co”，20分，新会员" in mei.heard()[-1]
    assert "Hi Tom, 20 points, new" in tom.heard()[-1]


async def test_who_has_a_coupon_gets_its_code_and_who_has_none_gets_no_letter(play: Play) -> None:
    ann, bob = await guests(play, 2)
    await play.owner.says("/coupon new TEA 10 14")
    await play.owner.says("/coupon give TEA @p0")
    [preview] = await play.owner.says('/broadcast "Remember: {coupon}"')
    assert "To 1 member;" in preview
    assert "· have no coupon to name: 1" in preview
    await play.owner.taps("Confirm")
    await moments(play)
    assert got(ann, "Remember: TEA: CN¥10 off") == 1
    assert got(bob, "Remember") == 0
    assert "· have no coupon to name: 1" in play.owner.heard()[-1]


async def test_a_colleague_confirms_no_draft_of_somebody_else(play: Play) -> None:
    await guests(play, 1)
    may = await play.member("May")
    await play.owner.says("/staff add @may manager")
    await play.owner.says('/broadcast "Tea"')
    assert "no longer works" in (await may.presses("draft:yes:1:1"))[0]
    assert "no longer works" in (await may.presses("draft:no:1"))[0]
    assert not await play.database.read(rows)
    [preview] = await may.says('/broadcast "Coffee"')
    assert "To 1 member;" in preview  # and not to her who sends it
    await may.taps("Confirm")
    await moments(play)
    assert got(may, "Coffee") == 1  # the preview, which became the report


async def test_thrown_away_a_draft_is_gone(play: Play) -> None:
    await guests(play, 1)
    await play.owner.says('/broadcast "Tea"')
    _, data = play.owner.button("Confirm")
    assert await play.owner.taps("Cancel") == ["Nothing is sent."]
    assert "no longer works" in (await play.owner.presses(data))[0]


async def test_what_was_bought_within_seven_days_is_told(play: Play) -> None:
    await guests(play)
    assert "No broadcasts yet" in (await play.owner.says("/broadcast list"))[0]
    await play.owner.says('/broadcast "Tea"')
    await play.owner.taps("Confirm")
    await moments(play)
    await play.owner.says("/sale @p0 30 tea #1")
    await play.owner.says("/sale @p1 20 tea #2")
    await play.owner.says("/refund #2 5")
    await play.days(8)
    await play.owner.says("/sale @p2 100 tea #3")
    assert "1. “Tea”: sent, 3 of 3 sent" in (await play.owner.says("/broadcast list"))[0]
    [shown] = await play.owner.taps("1")
    assert "Within seven days 2 of them bought something, for CN¥45 in all." in shown


async def test_a_planned_one_whose_audience_lost_its_name_is_cancelled_and_holds_up_nobody(play: Play) -> None:
    [ann] = await guests(play, 1)
    await play.owner.says("/audience fans grade:new")
    for words in ("Lost", "Kept"):
        await play.owner.says(f'/broadcast "{words}" audience:{"fans" if words == "Lost" else "all"} at:18:00')
        await play.owner.taps("Confirm")
    await play.owner.says("/audience remove fans")
    await play.until("2027-02-10 18:10")
    assert (got(ann, "Lost"), got(ann, "Kept")) == (0, 1)
    assert any("Cancelled: 0 of 0 got it." in text for text in play.owner.heard())
