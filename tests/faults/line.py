"""The bad line of a broadcast: what befalls each chat's letters."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.standin import (
    BAD_GATEWAY,
    BLOCKED,
    GARBLED,
    GATEWAY_TIMEOUT,
    HANG,
    HANG_AFTER,
    RESET,
    RESET_AFTER,
    SERVER_ERROR,
    Fault,
    flood,
    moved,
)

FIRST = 10_000  # the chat of the first member
FAULTS = (flood(1), SERVER_ERROR, BAD_GATEWAY, RESET, RESET_AFTER, GATEWAY_TIMEOUT, GARBLED, BLOCKED)
OFTEN = 0.16  # of the letters meet a fault, each once; who blocked the bot did so for good
HANGS, MANY = 2, 250  # letters that hang, where there are many
COUPONS = 10  # every tenth letter carries a code: never twice
BEFORE_MOVE, AFTER_MOVE = -100, -1_000_100


@dataclass
class Line:
    """The bad line: what befalls each chat's letters, in order."""

    ahead: dict[int, list[Fault]]
    swallowed: int = 0
    held: set[int] = field(default_factory=set)  # chats whose letters arrive, and nobody answers
    holding: bool = False
    blocked: set[int] = field(default_factory=set)

    def hold(self, chats: Iterable[int]) -> None:
        """From now on, what goes to these chats arrives, and its answer does not."""
        self.held, self.holding = set(chats), False

    def __call__(self, method: str, params: dict[str, Any]) -> Fault | None:
        chat = int(params.get("chat_id") or 0)
        if method != "sendMessage":
            return None
        if AFTER_MOVE < chat <= BEFORE_MOVE:
            return moved(chat + AFTER_MOVE - BEFORE_MOVE)
        if chat in self.held:
            self.holding = True
            self.ahead.pop(chat, None)  # nothing else befalls it
            return HANG_AFTER
        fault = BLOCKED if chat in self.blocked else next(iter(self.ahead.pop(chat, ())), None)
        if fault is BLOCKED:
            self.blocked.add(chat)
        self.swallowed += bool(fault and fault.accepts)
        return fault


def bad_line(chance: Random, letters: int) -> Line:
    """What befalls the letters to so many chats; those that hang are among the first, and have no code."""
    chats, hangs = range(FIRST, FIRST + letters), HANGS if letters > MANY else 0
    ahead = {chat: [chance.choice(FAULTS)] for chat in chats if chance.random() < OFTEN}
    ahead |= {chat: [HANG] for chat in chance.sample([each for each in chats[: letters // 3] if each % COUPONS], hangs)}
    return Line(ahead)
