"""The table of commands, and beside it those of buttons and of answers: each found by one look-up.

Every entry says who may use it. /help, Telegram's own menu and the permission tests are made from these tables.
"""

import inspect
import unicodedata
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from aiogram.methods import TelegramMethod

from bot.club.members import Role

Speaks = Callable[..., Awaitable[TelegramMethod[Any] | None]]


class Where(Enum):
    """Where a command is answered."""

    PRIVATE = "private"  # said in a group, it is answered in private
    GROUP_TOO = "group too"  # answered where it was said


@dataclass(frozen=True, slots=True)
class Entry:
    """A handler, who may use it, which of what the doors know it wants, and whether a group may hold it.

    A command of a group can also be said there by its words alone. An answer may be a photo where `photos` says so.
    """

    who: Role
    handler: Speaks
    wants: tuple[str, ...]
    in_group: bool
    photos: bool

    async def speak(self, data: dict[str, Any]) -> TelegramMethod[Any] | None:
        """Call the handler with what it wants."""
        return await self.handler(**{name: data[name] for name in self.wants})


@dataclass(frozen=True, slots=True)
class Command(Entry):
    """A command: its name, its words without a slash, where it works, its line in /help."""

    name: str
    words: tuple[str, ...]
    where: Where
    help: str


COMMANDS: dict[str, Command] = {}  # by name
WORDS: dict[str, Command] = {}  # by word, narrowed and in lower case
BUTTONS: dict[str, Entry] = {}  # by verb
ANSWERS: dict[str, Entry] = {}  # by what was asked


def command(
    name: str,
    *words: str,
    who: Role,
    help: str,  # noqa: A002 (it is the line in /help)
    where: Where = Where.PRIVATE,
    in_group: bool = False,
) -> Callable[[Speaks], Speaks]:
    """Enter a command. `in_group`: its words work in a group too; `help` is marked for translation by N_."""

    def enter(handler: Speaks) -> Speaks:
        entry = Command(who, handler, _wants(handler), in_group, False, name, words, where, help)
        COMMANDS[name] = entry
        WORDS.update({_plain(word): entry for word in (name, *words)})
        return handler

    return enter


def button(verb: str, *, who: Role, in_group: bool = False) -> Callable[[Speaks], Speaks]:
    """Enter the handler of a button's verb. `in_group`: the button stands under messages in groups too."""
    return _enter(BUTTONS, verb, who, in_group)


def answer(asked: str, *, who: Role, photos: bool = False) -> Callable[[Speaks], Speaks]:
    """Enter the handler of a text that answers an open question, or of a photo too."""
    return _enter(ANSWERS, asked, who, photos=photos)


def look_up(text: str, username: str) -> tuple[Command | None, str]:
    """The command that a text means, and the words after it. A command for another bot is none of ours."""
    if not is_slash(text):
        return WORDS.get(_plain(text)), ""
    if not is_for(text, username):
        return None, ""
    first, *rest = text.split(maxsplit=1)
    name = first[1:].partition("@")[0]
    return COMMANDS.get(name.lower()), rest[0].strip() if rest else ""


def is_for(text: str, username: str) -> bool:
    """Whether a command is said to the bot of this name, or to no bot by name."""
    bot = text.split(maxsplit=1)[0].partition("@")[2]
    return not bot or bot.lower() == username.lower()


def is_slash(text: str) -> bool:
    """Whether a text is written as a command."""
    return text.strip()[:1] in ("/", "／")


def _enter(
    table: dict[str, Entry], name: str, who: Role, in_group: bool = False, photos: bool = False
) -> Callable[[Speaks], Speaks]:
    def enter(handler: Speaks) -> Speaks:
        assert name not in table, f"two handlers for {name}"
        table[name] = Entry(who, handler, _wants(handler), in_group, photos)
        return handler

    return enter


def _wants(handler: Speaks) -> tuple[str, ...]:
    return tuple(inspect.signature(handler).parameters)


def _plain(word: str) -> str:
    return unicodedata.normalize("NFKC", word).strip().lower()
