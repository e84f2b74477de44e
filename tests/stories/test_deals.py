"""Members-only deals: they open and close on their own, are posted and written about, and are never oversold."""

import asyncio
import re

from sqlmodel import func, select

from bot.club import deals, members
from bot.club.errors import DealClaimed, DealGone
from bot.club.members import Visitor
from db.coupons import Coupon
from db.deals import Deal
from tests.people import Play, Someone

CODE = re.compile(r"\b[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}\b")


async def deal(play: Play, words: str = '"Spring tea" 20% from:now until:2d stock:2') -> str:
    """The owner makes a deal; the answer."""
    [made] = await play.owner.says(f"/deal new {words}")
    return made


async def wallet(someone: Someone) -> str:
    """What /coupons tells."""
    return (await someone.says("/coupons"))[0]


async def in_the_group(play: Play, *names: str) -> list[Someone]:
    """Members who are in the linked group."""
    await play.linked_group()
    people = [await play.member(name) for name in names]
    for person in people:
        await person.joins()
    return people


def posts(play: Play) -> list[str]:
    """What the group sees of deals."""
    return [text for text in play.owner.heard(group=True) if "For members of" in text]


async def test_a_deal_from_now_is_posted_and_two_win(play: Play) -> None:
    ann, bob, cat = await in_the_group(play, "Ann", "Bob", "Cat")
    made = await deal(play)
    assert "is open" in made
    [post] = posts(play)
    assert "Spring tea" in post
    assert "20% off" in post
    assert "2 left" in post
    for person in (ann, bob, cat):
        await person.taps("Claim", group=True)
    assert "taken" in cat.notice()
    assert ["Spring tea" in await wallet(each) for each in (ann, bob, cat)] == [True, True, False]
    assert CODE.search(ann.heard()[-2])
    assert CODE.search(await wallet(ann))[0] != CODE.search(await wallet(bob))[0]


async def test_the_post_counts_down_and_loses_its_button_when_all_are_taken(play: Play) -> None:
    ann, bob = await in_the_group(play, "Ann", "Bob")
    await deal(play)
    await ann.taps("Claim", group=True)
    await play.club.tick()
    assert "1 left" in posts(play)[0]
    await bob.taps("Claim", group=True)
    await play.club.tick()
    assert "All taken" in posts(play)[0]
    assert not next(m for m in play.owner.sees(group=True) if "Spring tea" in m.text).buttons


async def test_a_planned_deal_opens_and_closes_on_its_own(play: Play) -> None:
    (ann,) = await in_the_group(play, "Ann")
    made = await deal(play, '"Spring tea" 10 from:14:00 until:2h')
    assert "is open" not in made
    assert "No deal" in (await ann.says("/deals"))[0]
    assert posts(play) == []
    assert "opens on" in (await ann.presses("claim:1"))[0]
    await play.until("2027-02-10 14:00")
    assert "Spring tea" in (await ann.says("/deals"))[0]
    assert "¥10 off" in posts(play)[0]
    await play.until("2027-02-10 16:00")
    assert "No deal" in (await ann.says("/deals"))[0]
    await play.club.tick()
    assert "over" in posts(play)[0]
    assert not next(m for m in play.owner.sees(group=True) if "Spring tea" in m.text).buttons
    assert "is over" in (await ann.presses("claim:1"))[0]


async def test_a_deal_into_the_next_year_says_so(play: Play) -> None:
    (ann,) = await in_the_group(play, "Ann")
    made = await deal(play, '"Spring tea" 10 until:2028-01-05T10:00 stock:5')
    assert "until 5 January 2028, 10:00" in made
    assert "Until 5 January 2028, 10:00" in posts(play)[0]
    assert "Until 5 January 2028, 10:00" in ann.heard()[-1]
    await play.down_until("2028-01-02 10:00")
    await ann.taps("Claim")
    await play.club.tick()
    assert "Until 5 January, 10:00" in posts(play)[0]


async def test_an_end_is_an_end_even_before_the_job_has_seen_it(play: Play) -> None:
    ann = await play.member("Ann")
    await deal(play, '"Spring tea" 10 until:2h')
    play.clock.advance(play.clock.now().replace(hour=12) - play.clock.now())
    assert "is over" in (await ann.presses("claim:1"))[0]


async def test_a_hundred_claims_at_once_take_the_stock_and_no_more(play: Play) -> None:
    await deal(play, '"Last cup" gift:cup until:2d stock:3')
    now, meet = play.clock.now(), members.meet
    people = [
        await play.database.write(meet, Visitor("playground", 5000 + n, f"P{n}"), private=True, now=now)
        for n in range(100)
    ]
    claims = [
        play.database.write(deals.claim, person, 1, play.club.shop.now, by_letter=False, now=now) for person in people
    ]
    done = await asyncio.gather(*claims, return_exceptions=True)
    assert sum(isinstance(each, DealGone) for each in done) == 97
    assert len({each.code for each in done if not isinstance(each, Exception)}) == 3
    count = select(func.count()).select_from(Coupon)
    assert await play.database.read(lambda s: (s.exec(count).one(), s.exec(select(Deal.claimed)).one())) == (3, 3)


async def test_twenty_taps_of_one_member_are_one_claim(play: Play) -> None:
    ann = await play.member("Ann")
    await deal(play, '"Spring tea" 20% until:2d')
    person = await play.database.write(
        members.meet, Visitor("playground", ann.id, "Ann"), private=True, now=play.clock.now()
    )
    now, shop = play.clock.now(), play.club.shop.now
    claims = [play.database.write(deals.claim, person, 1, shop, by_letter=False, now=now) for _ in range(20)]
    done = await asyncio.gather(*claims, return_exceptions=True)
    assert sum(isinstance(each, DealClaimed) for each in done) == 19
    assert await play.database.read(lambda s: s.exec(select(Deal.claimed)).one()) == 1
    assert "already" in (await ann.presses("claim:1"))[0]


async def test_a_limit_of_two_lets_everybody_claim_twice(play: Play) -> None:
    ann = await play.member("Ann")
    await deal(play, '"Spring tea" 20% until:2d limit:2')
    answers = [(await ann.presses("claim:1"))[0] for _ in range(3)]
    assert ["It is yours" in answer for answer in answers] == [True, True, False]
    assert (await wallet(ann)).count("Spring tea") == 2


async def test_a_claim_in_private_shows_the_coupon_at_once(play: Play) -> None:
    ann = await play.member("Ann")
    await deal(play)
    [shown] = await ann.says("/deals")
    assert "2 left" in shown
    [done] = await ann.taps("Claim: Spring tea")
    assert CODE.search(done)
    assert "12 February, 10:0" in done
    assert "You have it" in (await ann.says("/deals"))[0]


async def test_who_never_pressed_start_is_led_by_a_link_to_consent_and_the_deal(play: Play) -> None:
    await in_the_group(play)
    lily = play.stranger("Lily")
    await lily.joins()
    await deal(play)
    await lily.taps("Claim", group=True)
    link = play.playground.notices(lily.id)[-1].url
    assert link
    [hello] = await lily.follows(link)
    assert "If you agree" in hello
    [shown] = await lily.taps("I agree")
    assert "Spring tea" in shown
    [done] = await lily.taps("Claim")
    assert CODE.search(done)


async def test_letters_go_to_members_who_agreed_and_to_nobody_else(play: Play) -> None:
    ann, lily, kim = await play.member("Ann"), play.stranger("Lily"), await play.member("Kim")
    await lily.says("/checkin")
    await kim.says("/stop")
    heard = len(lily.heard()), len(kim.heard())
    await deal(play)
    assert "Spring tea" in ann.heard()[-1]
    ann.button("Claim")
    assert (len(lily.heard()), len(kim.heard())) == heard


async def test_stop_under_the_letter_ends_the_offers(play: Play) -> None:
    ann = await play.member("Ann")
    await deal(play)
    [done] = await ann.taps("No more offers")
    assert "no more offers" in done
    heard = len(ann.heard())
    await deal(play, '"Autumn tea" 20% until:3d')
    await play.down_until("2027-02-11 10:00")
    assert len(ann.heard()) == heard
    await ann.says("/notify")
    await ann.taps("Everything")
    await deal(play, '"Winter tea" 20% until:3d')
    assert "Winter tea" in ann.heard()[-1]


async def test_a_second_letter_waits_for_the_next_day(play: Play) -> None:
    ann = await play.member("Ann")
    await deal(play)
    await deal(play, '"Autumn tea" 20% until:3d')
    assert not any("Autumn" in text for text in ann.heard())
    await play.until("2027-02-11 09:29")
    assert not any("Autumn" in text for text in ann.heard())
    await play.until("2027-02-11 09:31")
    assert "Autumn tea" in ann.heard()[-1]


async def test_a_letter_that_the_cap_held_past_the_end_is_dropped(play: Play) -> None:
    ann = await play.member("Ann")
    await deal(play)
    await deal(play, '"Autumn tea" 20% until:2h')
    await play.down_until("2027-02-11 10:00")
    assert not any("Autumn" in text for text in ann.heard())


async def test_the_group_gets_two_posts_a_day_and_the_third_in_the_morning(play: Play) -> None:
    await in_the_group(play)
    for name in ("One", "Two", "Three"):
        await deal(play, f'"{name}" 20% until:3d')
    assert len(posts(play)) == 2
    await play.down_until("2027-02-11 10:00")
    assert "Three" in posts(play)[-1]


async def test_what_is_made_in_the_quiet_hours_goes_out_after_nine(play: Play) -> None:
    (ann,) = await in_the_group(play, "Ann")
    await play.down_until("2027-02-10 22:00")
    heard = len(ann.heard())
    await deal(play)
    assert posts(play) == []
    assert len(ann.heard()) == heard
    assert "Spring tea" in (await ann.says("/deals"))[0]
    await play.down_until("2027-02-11 08:59")
    assert posts(play) == []
    await play.until("2027-02-11 09:11")
    assert len(posts(play)) == 1
    assert "Spring tea" in ann.heard()[-1]


async def test_list_and_stop(play: Play) -> None:
    ann = await play.member("Ann")
    assert "No deals yet" in (await play.owner.says("/deal list"))[0]
    await deal(play)
    await ann.taps("Claim")
    [listed] = await play.owner.says("/deal list")
    assert "1. “Spring tea”, 20% off: open, 1 claimed" in listed
    assert "is stopped" in (await play.owner.says("/deal stop 1"))[0]
    assert "is over" in (await play.owner.says("/deal stop 1"))[0]
    for wrong in ("2", "x", "-1", "99999999999999999999"):
        assert "no such deal" in (await play.owner.says(f"/deal stop {wrong}"))[0]
    assert "Spring tea" in await wallet(ann)
    assert "is over" in (await (await play.member("Bob")).presses("claim:1"))[0]
    assert "stopped" in (await play.owner.says("/deal list"))[0]


async def test_stop_alone_asks_which_deal_and_whether_it_is_right(play: Play) -> None:
    assert await play.owner.says("/deal stop") == ["No deal is running."]
    await deal(play)
    [sure] = await play.owner.says("/deal stop")
    assert sure.startswith("Deal 1, “Spring tea”: end it now?")
    assert "dropped" in (await play.owner.taps("Cancel"))[0]
    await deal(play, '"Green tea" 10 from:3h until:2d')
    assert "Which deal" in (await play.owner.says("/deal stop"))[0]
    await play.owner.taps("2. Green tea")
    assert "“Green tea” is stopped" in (await play.owner.taps("Confirm"))[0]
    await play.owner.says("/deal stop")
    await play.owner.taps("Confirm")
    assert "is over" in (await play.owner.presses("deal:end:1"))[0]
    for data in ("deal:", "deal:end:", "deal:stop:x", "deal:new:1", "deal:list:1"):
        assert "no longer works" in (await play.owner.presses(data))[0], data


async def test_deal_alone_explains_itself_with_a_line_that_works(play: Play) -> None:
    [help_] = await play.owner.says("/deal")
    line = next(line for line in help_.splitlines() if line.startswith("/deal new"))
    assert (await play.owner.says(line))[0].startswith("Deal 1 is open")
    await play.owner.says("/deal")
    assert "1. “Spring tea”" in (await play.owner.taps("All deals"))[0]
    await play.owner.says("/deal")
    assert "end it now?" in (await play.owner.taps("Stop a deal"))[0]


async def test_who_makes_a_deal_is_told_what_comes_of_it(play: Play) -> None:
    assert "No group is linked" in await deal(play)
    *_, kim = await in_the_group(play, "Ann", "Bob", "Kim")
    await kim.says("/stop")
    gone = await play.member("Gone")
    await play.playground.block(gone.id)
    await play.quiet()
    for _ in range(2):
        made = await deal(play)
        assert "2 members get a letter" in made
        assert "It is posted in the group." in made
    assert len(posts(play)) == 2
    made = await deal(play)
    assert "had its offers for the day: this one is posted on 11 February, 09:30" in made
    assert "this one is posted on 11 February, 09:30" in await deal(play)
    assert "this one is posted on 12 February, 09:30" in await deal(play, '"Late tea" 10 until:9d')
    assert "It is not posted" in await deal(play, '"Short tea" 10 until:3h')
    await play.until("2027-02-11 09:40")
    assert len(posts(play)) == 4
    await play.until("2027-02-12 09:40")
    assert "Late tea" in posts(play)[-1]
    await play.owner.says("/settings sending.group_posts_per_day 0")
    assert "It is not posted" in await deal(play)


async def test_a_wallet_or_a_list_too_long_for_one_message_is_still_answered(play: Play) -> None:
    ann = await play.member("Ann")
    for number in range(45):
        await deal(play, f'"A rather long title for a members only deal, number {number}" 20% until:{number + 1}h')
        await ann.presses(f"claim:{number + 1}")
    for command in ("/coupons", "/deals", "/deal list"):
        assert len(await (ann if command != "/deal list" else play.owner).says(command)) == 1
