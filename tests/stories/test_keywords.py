"""Keywords: the shop's own answers to what is asked again and again."""

from tests.people import Play

HOURS = "Every day\nfrom 9 to 21 <b>"


async def test_whoever_says_the_word_reads_the_answer_here_and_in_the_group(play: Play) -> None:
    await play.linked_group()
    [made] = await play.owner.says(f'/keyword "opening hours" {HOURS}')
    assert made.endswith(HOURS)
    ann, mary = await play.member("Ann"), play.stranger("Mary")
    assert await ann.says("Opening  Hours") == [HOURS]
    assert await mary.says("opening hours") == [HOURS]
    await ann.joins()
    assert await ann.says("ＯＰＥＮＩＮＧ hours", group=True) == [HOURS]
    assert await ann.says("what are your opening hours", group=True) == []
    assert "/help" in (await ann.says("what are your opening hours"))[0]
    assert "wrote an answer to “opening hours”" in (await play.owner.says("/audit"))[0]


async def test_a_question_of_the_clubs_own_waits_and_a_conversation_takes_the_word_as_its_answer(play: Play) -> None:
    await play.owner.says("/keyword tea Green and black")
    ann = await play.member("Ann")
    await ann.says("/checkin")
    assert await ann.says("tea") == ["Green and black"]
    await ann.says("/profile")
    await ann.taps("Name")
    assert "tea" in (await ann.says("tea"))[0]


async def test_it_is_changed_listed_and_taken_away_by_managers_alone(play: Play) -> None:
    ann = await play.member("Ann")
    assert "not available" in (await ann.says("/keyword tea Mine"))[0]
    assert "None yet" in (await play.owner.says("/keyword"))[0]
    await play.owner.says("/keyword tea Green")
    await play.owner.says("/keyword TEA Black")
    assert await ann.says("tea") == ["Black"]
    await play.owner.says("/keyword")
    assert "is answered no longer" in (await play.owner.taps("Remove TEA"))[0]
    assert "/help" in (await ann.says("tea"))[0]
    assert "is no keyword" in (await play.owner.says("/keyword remove tea"))[0]


async def test_what_is_no_keyword_is_refused_in_one_sentence(play: Play) -> None:
    for line, says in {
        "points All of them": "cannot be a keyword",
        "签到 Yes": "cannot be a keyword",
        '"' + "w" * 46 + '" Yes': "cannot be a keyword",
        "tea": "like this",
        "tea " + "y" * 1001: "1,000",
    }.items():
        assert says in (await play.owner.says(f"/keyword {line}"))[0], line
    assert "None yet" in (await play.owner.says("/keyword"))[0]
