"""Who may what: every command, button and answer of the tables, tried by everybody who may not use it."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from aiogram import Dispatcher
from aiogram.types import Message
from structlog.testing import capture_logs

from bot.club import conversations
from bot.club.members import Role
from handlers.commands import ANSWERS, BUTTONS, COMMANDS, Entry, answer, button, command
from tests.people import Play, Someone
from tests.tables import everything

LESS = ("stranger", "member", "manager")
ARGUMENTS = (
    "",
    " @ann 50 because",
    " add @ann owner",
    ' new "Tea" 20% until:2d',
    " stop 1",
    " points.checkin 99",
    " M0001",
)
OBJECTS = ("", ":1", ":2", ":yes:1", ":no:1", ":en", ":none", ":phone", ":birthday", ":0", ":-1", ":x", ":999999999")
FORGED = (
    *OBJECTS,
    ":" + "9" * 50,
    ":1:1:1",
    ":²",
    ":'; DROP TABLE members",
    ":\x00",
    ":../../etc",
    "::::",
    ":{0.__class__}",
)
GROUP_ADMIN = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
TELEGRAM = {"id": 777000, "is_bot": False, "first_name": "Telegram"}
OTHER_BOT = {"id": 4242, "is_bot": True, "first_name": "Other", "username": "other_bot"}
HIRED = {"clerk": Role.CLERK, "manager": Role.MANAGER}
_numbers = itertools.count(10**15)


@dataclass(frozen=True)
class Actor:
    """Somebody who tries: their user as Telegram tells of it, and the role that they have."""

    user: dict[str, Any]
    role: Role
    nobody: bool = False


async def actors(play: Play) -> dict[str, Actor]:
    """Everybody who may not do everything. A nobody is no person at all."""
    ann = await play.member("Ann")
    await ann.joins()
    stranger = play.stranger("Stranger")
    await stranger.says("/start")
    left, former = await play.member("Left"), await play.member("Former")
    await left.joins()
    await left.leaves()
    await play.owner.says("/staff add @former owner")
    await play.owner.says("/staff remove @former")
    found = {"stranger": Actor(_user(stranger), Role.ANYONE)}
    found |= {
        name: Actor(_user(someone), Role.MEMBER)
        for name, someone in (("member", ann), ("left", left), ("former", former))
    }
    for role, rank in HIRED.items():
        someone = await play.member(role)
        await play.owner.says(f"/staff add @{role} {role}")
        found[role] = Actor(_user(someone), rank)
    for name, user in (("anonymous", GROUP_ADMIN), ("channel", TELEGRAM), ("bot", OTHER_BOT)):
        found[name] = Actor(user, Role.ANYONE, nobody=True)
    return found


def forbidden(actor: Actor, table: dict[str, Any]) -> Iterator[tuple[str, Entry]]:
    """The entries of a table that an actor may not use."""
    return ((name, entry) for name, entry in table.items() if actor.nobody or entry.who > actor.role)


def said(play: Play, actor: Actor, text: str, *, private: bool) -> dict[str, Any]:
    """Somebody's message."""
    world = play.playground._world
    message = {"message_id": 1, "date": world.seconds(), "from": actor.user, "text": text}
    message["chat"] = world.chat(actor.user["id"]) if private else world.groups[play.group].api()
    if actor.nobody:
        message["sender_chat"] = message["chat"]
    return {"update_id": next(_numbers), "message": message}


def tapped(play: Play, actor: Actor, data: str, *, private: bool) -> dict[str, Any]:
    """Somebody's tap, with data of their own making."""
    world = play.playground._world
    chat = world.chat(actor.user["id"]) if private else world.groups[play.group].api()
    under = {"message_id": 1, "date": world.seconds(), "chat": chat, "from": world.user(100), "text": "buttons"}
    tap = {"id": f"{actor.user['id']}-1", "from": actor.user, "chat_instance": "1", "data": data, "message": under}
    return {"update_id": next(_numbers), "callback_query": tap}


def attempts(play: Play, actor: Actor) -> Iterator[dict[str, Any]]:
    """All that somebody tries and may not."""
    places = (False,) if actor.nobody else (True, False)
    for private in places:
        for name, entry in forbidden(actor, COMMANDS):
            for word, words in itertools.product((f"/{name}", f"／{name}@regulars_bot"), ARGUMENTS):
                yield said(play, actor, word + words, private=private)
            for word in entry.words:
                yield said(play, actor, word, private=private)
            yield tapped(play, actor, f"go:{name}", private=private)
        for verb, _ in forbidden(actor, BUTTONS):
            for about in OBJECTS:
                yield tapped(play, actor, verb + about, private=private)


async def test_whoever_may_not_changes_nothing_and_learns_nothing(play: Play) -> None:
    await play.linked_group()
    await play.owner.says("/settings group.newcomer_hours 0")  # or so many words at once would be a flood
    everybody = await actors(play)
    await play.owner.says('/deal new "Spring tea" 20% until:2d')
    await play._known(2).says("/start")
    cells = 0
    for name, actor in everybody.items():
        before, heard = await play.database.read(everything, "inbox"), len(play.owner.heard(group=True))
        tries = list(attempts(play, actor))
        with capture_logs() as logs:
            await play.club.inbox.keep("playground", tries)
            await play.quiet()
        assert not [each for each in logs if each["log_level"] == "error"], name
        assert await play.database.read(everything, "inbox") == before, name
        public = play.owner.heard(group=True)[heard:]
        assert all("press Start" in text for text in public), name
        cells += len(tries)
    assert cells > 1000, cells


@pytest.mark.words
async def test_a_refused_staff_command_says_only_that_it_is_not_available(play: Play) -> None:
    ann = await play.member("Ann")
    for name in [name for name, entry in COMMANDS.items() if entry.who > Role.MEMBER]:
        for words in ARGUMENTS:
            assert await ann.says(f"/{name}{words}") == ["That is not available here. /help lists what works."]
    for verb in [verb for verb, entry in BUTTONS.items() if entry.who > Role.MEMBER]:
        assert await ann.presses(f"{verb}:1") == ["That is not available here. /help lists what works."]


async def test_an_open_question_is_no_way_in(play: Play) -> None:
    """A question that was open before the consent was withdrawn, or the role."""
    lily = play.stranger("Lily")
    await lily.says("/start")
    for asked, entry in ((name, entry) for name, entry in ANSWERS.items() if entry.who > Role.ANYONE):
        account, refused = 3, "If you agree" if entry.who == Role.MEMBER else "not available"
        await play.database.write(conversations.ask, account, asked, now=play.clock.now(), field="phone", readings=[])
        before = await play.database.read(everything, "inbox")
        assert refused in (await lily.says("13800138000"))[0], asked
        assert await play.database.read(everything, "inbox") == before


async def test_other_peoples_buttons_do_nothing_to_them(play: Play) -> None:
    ann, bob = await play.member("Ann"), await play.member("Bob")
    await _asked(ann, "Phone")
    await ann.says("13800138000")
    await _asked(ann, "Birthday")
    await ann.says("8-15")
    await bob.says("/menu")
    mine = await play.database.read(_of, "3")
    for data in (
        "date:0",
        "untell",
        "clear:phone",
        "notify:none",
        "tell:name",
        "go:cancel",
        "lang:zh_CN",
        "stop",
        "agree",
    ):
        await bob.presses(data)
    assert await play.database.read(_of, "3") == mine


# What others reach the owner reaches too: they are walked on one database.
@pytest.mark.parametrize("role", [*(pytest.param(each, marks=pytest.mark.words) for each in LESS), "owner"])
async def test_made_up_data_under_every_button_is_answered_and_harms_nothing(play: Play, role: str) -> None:
    someone = (
        play.owner if role == "owner" else play.stranger("Mary") if role == "stranger" else await play.member("Mary")
    )
    if role == "manager":
        await play.owner.says("/staff add @mary manager")
    await someone.says("/start")
    with capture_logs() as logs:
        for verb in (*BUTTONS, "nothing", "", "go:staff"):
            under = someone.sees()[-1].id  # the playground forgets old messages
            for about in FORGED:
                await play.playground.press(someone.id, someone.id, under, verb + about)
        await play.quiet()
    assert not [each for each in logs if each["log_level"] == "error"]
    assert len(await someone.says("/help")) == 1


def undeclared(dispatcher: Dispatcher) -> list[str]:
    """The handlers of a dispatcher that do not say who may use them."""
    routers = dispatcher.chain_tail
    observers = [observer for router in routers for name, observer in router.observers.items() if name != "update"]
    return [
        str(h.callback) for observer in observers for h in observer.handlers if not isinstance(h.flags.get("who"), Role)
    ]


async def test_every_handler_declares_who_may_use_it(play: Play) -> None:
    assert undeclared(play.club.desk) == []
    for table in (COMMANDS, BUTTONS, ANSWERS):
        assert all(isinstance(entry.who, Role) for entry in table.values())


def test_a_handler_that_does_not_declare_it_is_found() -> None:
    async def lax(message: Message) -> None:
        """Let anybody in."""

    dispatcher = Dispatcher(disable_fsm=True)
    dispatcher.message.register(lax)
    assert len(undeclared(dispatcher)) == 1
    for enter in (command, button, answer):
        with pytest.raises(TypeError, match="who"):
            enter("lax")  # type: ignore[call-arg]


def _user(someone: Someone) -> dict[str, Any]:
    return someone.play.playground._world.user(someone.id)


def _of(session: Any, member: str) -> list[tuple[Any, ...]]:
    """All rows that name a member."""
    rows = everything(session, "inbox", "letters")
    return [row for table in rows.values() for row in table if member in map(str, row)]


async def _asked(someone: Someone, field: str) -> None:
    await someone.says("/profile")
    await someone.taps(field)
