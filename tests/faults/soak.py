"""A long day at the outbox: faults without a crash, people who ask meanwhile, and what the server saw of it all."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session, select

from bot.club import outbox
from bot.club.rules import Shop
from db.engine import Database
from db.members import ACCOUNTS
from db.outbox import LETTERS
from tests.faults.letters import START, confirm, fill
from tests.faults.line import FIRST
from tests.faults.running import Running, settings, until
from tests.standin import BAD_GATEWAY, RESET, RESET_AFTER, SERVER_ERROR, Call, Fault, StandIn, flood, message, person

PACE, ASKER = 25, 9000
HELD_UP = 5  # letters on their way at once: so many may arrive together where the line stalls
FLOODS = {flood(seconds): seconds for seconds in (2, 3, 4)}
FAULTS = (*FLOODS, SERVER_ERROR, BAD_GATEWAY, RESET, RESET_AFTER)
OFTEN, IN_HASTE = 0.1, 0.3  # of the chats meet a fault, once; more where a mutant has little time to show itself
TALKATIVE, MORE = 10, 3  # every tenth member gets so many letters besides
SPARE = 0.03  # seconds by which two calls may have come closer on their way
SOON = 2.0  # seconds within which somebody is answered


@dataclass
class Weather:
    """What befalls each chat's next letter, and until when each asked for patience."""

    ahead: dict[int, Fault]
    patience: list[tuple[int, float, float]] = field(default_factory=list)  # chat, from when, until when

    def __call__(self, method: str, params: dict[str, Any]) -> Fault | None:
        chat = int(params.get("chat_id") or 0)
        fault = self.ahead.pop(chat, None) if method == "sendMessage" else None
        if fault in FLOODS:
            now = time.monotonic()
            self.patience.append((chat, now, now + FLOODS[fault]))
        return fault


@dataclass
class Soaked:
    """What came of it: calls about letters, the letters' ends, and the seconds until each who asked was answered."""

    calls: list[Call]
    ends: list[tuple[int, str, int]]  # chat, state, copies
    patience: list[tuple[int, float, float]]
    answers: list[float]
    seconds: float

    @property
    def most(self) -> int:
        """The most calls within a second."""
        at = [call.at for call in self.calls]
        first = most = 0
        for last, moment in enumerate(at):
            while moment - at[first] >= 1 - SPARE:
                first += 1
            most = max(most, last - first + 1)
        return most

    @property
    def closest(self) -> float:
        """The shortest time between two calls to one chat."""
        by_chat: dict[int, list[float]] = defaultdict(list)
        for call in self.calls:
            by_chat[call.chat_id].append(call.at)
        return min((b - a for at in by_chat.values() for a, b in pairwise(at)), default=9.9)

    def wrong(self) -> Iterator[str]:
        """Every promise that was broken."""
        if lost := [end for end in self.ends if not end[2] and end[1] != "uncertain"]:
            yield f"lost: {lost[:5]}"
        if self.most > PACE + HELD_UP or len(self.calls) > PACE * self.seconds:
            yield f"too fast: {self.most} in a second"
        if self.closest < 1 - SPARE:
            yield f"too close: {self.closest:.2f} s"
        for chat, since, until_ in self.patience:
            if hasty := [call for call in self.calls if call.chat_id == chat and since < call.at < until_ - SPARE]:
                yield f"hasty: {chat}, {until_ - hasty[0].at:.2f} s too early"
        if max(self.answers) > SOON:
            yield f"slow: {max(self.answers):.2f} s"

    def __str__(self) -> str:
        answers = sorted(self.answers)
        return (
            f"{len(self.ends)} letters in {len(self.calls)} calls and {self.seconds:.0f} s, at most {self.most} in a "
            f"second, {self.closest:.2f} s between two to one chat, patience asked {len(self.patience)} times, "
            f"{len(answers)} answers, p95 {answers[len(answers) * 95 // 100]:.2f} s, longest {answers[-1]:.2f} s"
        )


async def soak(
    database: Database, url: str, folder: Path, server: StandIn, chance: Random, seconds: float, mutant: str = ""
) -> Soaked:
    """Let a broadcast and letters besides go out at 25 a second for so long, and somebody ask all the while."""
    members = round(seconds * PACE / (1 + MORE / TALKATIVE))
    chats = range(FIRST, FIRST + members)
    ahead = {chat: chance.choice(FAULTS) for chat in chats if chance.random() < (IN_HASTE if mutant else OFTEN)}
    weather = server.fault = Weather(ahead)
    await database.write(fill, members, PACE)
    await database.write(confirm, Shop(zone=ZoneInfo("Asia/Shanghai")))
    await database.write(_talk)
    began, answers = time.monotonic(), list[float]()
    with Running(folder, settings(url, server, CLOCK_START=START.isoformat()), mutant=mutant) as bot:
        await until(lambda: server.count("getUpdates"))
        while await database.read(_waiting):
            answers.append(await _asks(server, chance))
            await asyncio.sleep(0.3)
        await bot.stop()
    calls = [call for call in server.calls if call.method == "sendMessage" and call.chat_id >= FIRST]
    return Soaked(calls, await database.read(_ends, server), weather.patience, answers, time.monotonic() - began)


async def _asks(server: StandIn, chance: Random) -> float:
    """Somebody says something, and waits for the answer. Returns for how long."""
    heard, asked = sum(call.chat_id == ASKER for call in server.accepted), time.monotonic()
    server.push(message(person(ASKER, "Bo", "en"), chance.choice(["/help", "/points", "hello"])))
    await until(lambda: sum(call.chat_id == ASKER for call in server.accepted) > heard)
    return time.monotonic() - asked


def _talk(session: Session) -> None:
    """More letters to some members, all due at once."""
    accounts = session.connection().execute(select(ACCOUNTS.c.id, ACCOUNTS.c.member_id).order_by(ACCOUNTS.c.id))
    for account, member in accounts.all()[::TALKATIVE]:
        for n in range(MORE):
            facts = {"amount": n + 1, "reason": "thanks", "balance": n + 1}
            about = {"key": f"more:{member}:{n}", "now": START, "account_id": account, "member_id": member}
            outbox.post(session, "points_changed", **about, **facts)


def _waiting(session: Session) -> int:
    theirs = LETTERS.c.state.in_(("waiting", "sending")) & LETTERS.c.broadcast_id.is_not(None)
    return len(session.connection().execute(select(LETTERS.c.id).where(theirs).limit(1)).all())


def _ends(session: Session, server: StandIn) -> list[tuple[int, str, int]]:
    copies: dict[int, int] = defaultdict(int)
    for call in server.accepted:
        copies[call.chat_id] += 1
    rows = select(ACCOUNTS.c.external_id, LETTERS.c.state).join(LETTERS, LETTERS.c.account_id == ACCOUNTS.c.id)
    found = session.connection().execute(rows.where(LETTERS.c.broadcast_id.is_not(None)))
    return [(chat, state, copies[chat]) for chat, state in found]
