"""Whatever strangers send: nothing goes unhandled, nothing is held up, and the next good message is answered."""

import random
import string
from typing import Any

import pytest
from structlog.testing import capture_logs

from db.engine import Database
from handlers.commands import BUTTONS, COMMANDS
from tests.people import Play
from tests.tables import everything

SEED, MANY = 20270210, 150
PIECES = (
    "/start",
    "/",
    "／",
    "@",
    "\x00",
    "\u202e",
    "\u0301" * 40,
    "🦜" * 60,
    "{name}",
    "{0.__class__}",
    "%s",
    "<b>",
    "</b>",
    "&lt;",
    "'; DROP TABLE members; --",
    "../../etc/passwd",
    "9" * 40,
    "-1",
    "1e309",
    "NaN",
    '"',
    "“",
    "農曆",
    "八月十五",
    "31",
    "2月30日",
    "until:",
    "stock:",
    "from:now",
    "\n",
    "\t",
    "\u2028",
    "M0001",
    "@ann",
    "http://a.b/?c=d&e",
    "[x](y)",
    "```",
    "=cmd|' /C calc'!A0",
)
ODD: tuple[dict[str, Any], ...] = (
    {},
    {"message": None},
    {"message": {}},
    {"message": {"message_id": "x"}},
    {"message": []},
    {"callback_query": {"id": 5}},
    {"edited_message": {"text": "x"}},
    {"unknown_kind": {"a": 1}},
    {"poll": {"id": "1"}},
    {"inline_query": {"id": "1"}},
    {"chat_member": {"chat": {"id": -5}}},
    {"my_chat_member": 7},
    {"message": {"chat": {"id": 10**30}, "from": {"id": -1}}},
)


def line(chance: random.Random) -> str:
    """A text that nobody would write: a command, a word or nothing before some pieces."""
    begin = chance.choice([f"/{chance.choice(list(COMMANDS))}", chance.choice(PIECES), "", "签到"])
    pieces = chance.choices([*PIECES, *string.ascii_letters], k=chance.randint(0, 6))
    return chance.choice([" ", "", ":"]).join([begin, *pieces])[:3000]


def raw(play: Play, chance: random.Random, number: int) -> dict[str, Any]:
    """An update of a made-up person: a message, a file, a tap, a service message, or nonsense."""
    world = play.playground._world
    user = world.user(chance.choice([1, 2, 3, 4]))
    chat = chance.choice([world.chat(user["id"]), world.groups[play.group].api()])
    message = {"message_id": number, "date": chance.choice([0, world.seconds(), 2**31]), "chat": chat, "from": user}
    parts: list[dict[str, Any]] = [
        {"text": line(chance)},
        {"caption": line(chance), "document": {"file_id": "x", "file_unique_id": "y", "file_name": line(chance)}},
        {"photo": [], "caption": line(chance)},
        {"dice": {"emoji": "🎲", "value": 6}},
        {"location": {"latitude": 91.0, "longitude": 1e9}},
        {"contact": {"phone_number": line(chance), "first_name": line(chance), "user_id": 2**52}},
        {"new_chat_members": [user | {"first_name": line(chance)}]},
        {"migrate_from_chat_id": -5},
        {"text": "x", "reply_to_message": message | {"text": "y", "from": user}},
        {"text": "x", "forward_origin": {"type": "hidden_user", "date": 1, "sender_user_name": line(chance)}},
        {"text": "x", "sender_chat": {"id": -100, "type": "channel", "title": line(chance)}},
    ]
    tap = {"id": f"{user['id']}-1", "from": user, "chat_instance": "1", "message": message | {"text": "x", "date": 0}}
    verb = chance.choice([*BUTTONS, "nothing", "\x00"])
    return chance.choice(
        [
            {"message": message | chance.choice(parts)},
            {"message": message | chance.choice(parts)},
            {"callback_query": tap | {"data": f"{verb}:{line(chance)}"[:64]}},
            {"callback_query": {key: tap[key] for key in ("id", "from", "chat_instance")} | {"inline_message_id": "i"}},
            {"edited_message": message | {"text": line(chance), "edit_date": 1}},
            {"channel_post": {key: message[key] for key in ("message_id", "date", "chat")} | {"text": line(chance)}},
            chance.choice(ODD),
        ]
    )


async def test_hundreds_of_strange_updates_harm_nobody(play: Play) -> None:
    await play.linked_group()
    ann = await play.member("Ann")
    chance = random.Random(SEED)
    updates = [{"update_id": 10**15 + n} | raw(play, chance, n) for n in range(4 * MANY)]
    with capture_logs() as logs:
        for at in range(0, len(updates), 50):
            await play.club.inbox.keep("playground", updates[at : at + 50])
        await play.quiet()
    errors = [each for each in logs if each["log_level"] == "error"]
    assert errors == [], f"seed {SEED}: {len(errors)} of {len(updates)}: {errors[:2]}"
    assert "+5 points" in (await ann.says("/checkin"))[0]


@pytest.mark.parametrize("role", ["member", "owner"])
async def test_hundreds_of_strange_lines_are_each_answered_once(play: Play, role: str) -> None:
    ann = await play.member("Ann") if role == "member" else play.owner
    chance = random.Random(SEED + 1)
    with capture_logs() as logs:
        for number in range(MANY):
            text = line(chance).strip()
            if text:
                before = len(ann.sees())
                await ann.says(text)
                assert len(ann.sees()) >= before + 2, f"seed {SEED}, {number}: {text!r}"
    assert not [each for each in logs if each["log_level"] == "error"], SEED
    assert "points" in (await ann.says("/points"))[0]


async def test_what_no_database_takes_is_left_out(play: Play) -> None:
    ann, nul = await play.member("An\x00n"), await play.member("N\x00ul")
    await ann.says("/profile")
    await ann.taps("Region")
    assert "Region: Kunming" in (await ann.says("Kun\x00ming"))[0]
    assert "+5 points for Nul" in (await play.owner.says("/grant @nul 5 a\x00b"))[0]
    assert "ab" in (await nul.says("/points"))[0]
    assert "Deal 1 is open" in (await play.owner.says('/deal new "a\x00b" 20% until:2d'))[0]
    half = {"message_id": 1, "date": 0, "chat": play.playground._world.chat(ann.id), "text": "\ud800/checkin"}
    half["from"] = play.playground._world.user(ann.id) | {"first_name": "Ann \udfff"}
    await play.club.inbox.keep("playground", [{"update_id": 10**15, "message": half}])
    await play.quiet()
    assert "+5 points" in ann.heard()[-1]


async def test_names_of_every_kind_reach_no_html(play: Play) -> None:
    chance = random.Random(SEED + 2)
    with capture_logs() as logs:
        for _ in range(20):
            someone = await play.member(line(chance))
            assert len(await someone.says("/start")) == 1
        assert len(await play.owner.says("/members")) == 1
    assert not [each for each in logs if each["log_level"] == "error"], SEED


async def test_hostile_files_are_answered_and_not_looked_into(play: Play, database: Database) -> None:
    ann = await play.member("Ann")
    before = await database.read(everything, "inbox")
    for name, data in (
        ("../../x.csv", b"=1+1"),
        ("a" * 300 + ".zip", b"PK\x03\x04" * 9),
        ("x.xlsx", b"\xff\xfe\x00"),
        ("", b"\x00"),
    ):
        heard = len(ann.heard())
        await play.playground.send_file(ann.id, ann.id, name, data, "/import")
        await play.quiet()
        assert len(ann.heard()) == heard + 1
    assert await database.read(everything, "inbox") == before
