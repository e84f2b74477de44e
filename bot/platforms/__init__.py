"""How people reach the club. A platform is an aiogram Bot with a session of its own and a source of updates.

E-mail is a carrier only: letters go out by it, and nothing comes in.

Handlers know no platform by name; they ask its capabilities. A platform knows neither the club nor the database: what
it receives goes to `keep`, the inbox's door, and what it is given to send comes back as an Outcome.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from aiogram import Bot
from aiogram.methods import TelegramMethod

# Keeps a batch of raw updates of a platform (by name) in the database; returns when they are committed.
Keep = Callable[[str, Sequence[dict[str, Any]]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a platform can do. The list grows with the questions that handlers have to ask."""

    deep_links: bool = True
    rest: float = 1.0  # seconds between two letters to one chat
    group_minute: int = 20  # letters to one group within a minute; 0: as many as you like


@dataclass(frozen=True, slots=True)
class Sent:
    """Delivered, as message `message_id` (0 where the method leaves none).

    `url`: of the invite link that it made.
    """

    message_id: int = 0
    url: str = ""


@dataclass(frozen=True, slots=True)
class Later:
    """Surely not delivered; may be tried again after `seconds`."""

    seconds: float
    reason: str


@dataclass(frozen=True, slots=True)
class Gone:
    """This chat cannot be reached until the person speaks again (blocked, never started, deleted, kicked)."""

    reason: str


@dataclass(frozen=True, slots=True)
class Muted:
    """The group is still there, but does not let the bot write until somebody gives it the right."""

    reason: str


@dataclass(frozen=True, slots=True)
class Moved:
    """The group has a new id; the same letter may go there."""

    chat_id: int


@dataclass(frozen=True, slots=True)
class Refused:
    """The platform will never take this message as it is."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unsure:
    """It may have been delivered or not, and there is no way to ask."""

    reason: str


Outcome = Sent | Later | Gone | Muted | Moved | Refused | Unsure


class Carrier(Protocol):
    """One way in which letters reach people."""

    name: str  # telegram | playground | email
    capabilities: Capabilities
    pace: float  # letters a second, as the owner chose; kept by platforms that need one

    async def send(self, method: TelegramMethod[Any]) -> Outcome:
        """Carry one message; never raises for what the network or the other side does."""

    def deep_link(self, payload: str) -> str | None:
        """A link that opens the private chat with `/start payload`."""


class Platform(Carrier, Protocol):
    """One way to talk with people."""

    bot: Bot

    async def start(self, keep: Keep) -> None:
        """Receive updates and hand them to `keep`, until stopped. Returns when it has stopped."""

    async def stop(self) -> None:
        """Stop receiving, then close the connections."""

    @property
    def alive(self) -> bool:
        """Whether updates can arrive at present."""
