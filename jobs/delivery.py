"""The sender: takes letters that are due, carries them, settles them.

A letter is `sending` in the database before the call and settled after it, in one act with the taking of the next ones,
so that many share a commit. No more are on their way than the pace needs.
"""

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import Mapping
from contextlib import suppress

import structlog

from bot.clock import Clock
from bot.club import email, sending, settling
from bot.club.rules import OpenShop
from bot.club.sending import Outgoing, Whom
from bot.club.settling import Settled
from bot.platforms import Carrier, Gone, Later, Moved, Muted, Outcome, Refused, Sent, Unsure
from bot.speech import spoken_on
from bot.speech.enclosures import draws
from bot.speech.letters import render
from db.engine import Database
from jobs.photos import fetched

ON_THE_WAY, MOST = 0.2, 32  # seconds of the pace that may be on their way at once, and letters at most
GATHER = 0.01  # seconds in which letters come back that share an act
STALE = 30.0  # seconds without a look after which it is not well
TICK = 1.0  # seconds after which it looks again, whatever happens
AFTER_MUTE = 3600.0  # seconds until a group that takes no letters is tried again, should nobody say that it does
AFTER_MOVE = 1.0  # seconds until a letter follows its group to the new id
ENDS: dict[type[Outcome], str] = {Gone: "blocked", Unsure: "uncertain", Refused: "failed"}

log = structlog.get_logger(__name__)


class Delivery:
    """Sends what waits in the outbox, as long as it runs."""

    def __init__(self, database: Database, platforms: Mapping[str, Carrier], shop: OpenShop, clock: Clock) -> None:
        self._database = database
        self._platforms = platforms
        self._shop = shop
        self._clock = clock
        self._settled: list[Settled] = []
        self._under_way: dict[int, Whom] = {}  # letters, and their chats
        self._shaken = False  # a turn failed, and perhaps only its answer was lost
        self._news = asyncio.Event()
        self._rests: dict[Whom, float] = {}  # until when a chat rests, by the monotonic clock
        self._posts: dict[Whom, deque[float]] = defaultdict(deque)  # when a group was written to
        self._idle, self._finished = asyncio.Event(), asyncio.Event()
        self._mails = email.Turns()
        self._finishing = False
        self._beat = time.monotonic()
        database.listen("letters", lambda _: self._news.set())

    async def run(self) -> None:
        """Deliver until cancelled. What an earlier process had under way is in doubt first of all."""
        if doubtful := await self._database.write(settling.recover, now=self._clock.now()):
            log.warning("letters were under way when the process ended", letters=doubtful)
        async with asyncio.TaskGroup() as tasks:
            while True:
                try:
                    await self.turn(tasks)
                except Exception:
                    log.exception("the outbox could not be read; it is tried again")
                    self._shaken = True
                    await asyncio.sleep(TICK)

    async def turn(self, tasks: asyncio.TaskGroup) -> None:
        """One turn: settle, take, carry; then sleep until there is news or a tick has passed."""
        self._news.clear()
        settled = tuple(self._settled)
        shop, now = self._shop.now, self._clock.now()
        room = 0 if self._finishing else max(self._follow(shop.rules.sending.pace) - len(self._under_way), 0)
        if self._shaken:
            known = {*self._under_way, *(each.id for each in settled)}
            await self._database.write(settling.put_back, known)
            self._shaken = False
        turn = (settled, room, self._resting(), shop, self._mails)
        letters, again = await self._database.write(sending.turn, *turn, now=now)
        del self._settled[: len(settled)]
        self._beat = time.monotonic()
        for letter in letters:
            self._under_way[letter.id] = (letter.platform, letter.chat_id)
            tasks.create_task(self._carry(letter))
        full = len(letters) == room
        if again and not full:
            return
        if not self._under_way and not self._news.is_set():  # news since this turn began want another
            (self._finished if self._finishing else self._idle).set()
        await self._nap(looks=not (full or shop.rules.sending.paused))

    async def quiet(self) -> None:
        """Wait until nothing is on its way and nothing more is due."""
        self._idle.clear()
        self._news.set()
        await self._idle.wait()

    async def finish(self) -> None:
        """Take nothing more; wait until what is on its way has arrived and is settled."""
        self._finishing = True
        self._news.set()
        await self._finished.wait()

    @property
    def alive(self) -> bool:
        """Whether it has looked into the outbox lately."""
        return time.monotonic() - self._beat < STALE

    def _follow(self, pace: int) -> int:
        """Hand the pace that the owner chose to the platforms. Returns how many letters it needs on their way."""
        for platform in self._platforms.values():
            platform.pace = pace
        return max(1, min(MOST, round(pace * ON_THE_WAY)))

    async def _nap(self, *, looks: bool) -> None:
        """Sleep until there is news, a tick has passed or, if it `looks` for it, the next letter is due."""
        due = await self._database.read(sending.next_due, now=self._clock.now()) if looks else None
        seconds = min(TICK, (due - self._clock.now()).total_seconds()) if due else TICK
        with suppress(TimeoutError):
            await asyncio.wait_for(self._news.wait(), max(seconds, 0.01))
        if self._under_way:
            await asyncio.sleep(GATHER)

    async def _carry(self, letter: Outgoing) -> None:
        """Carry one letter, and keep what became of it for the next turn."""
        try:
            outcome = await self._send(letter)
        except Exception as error:
            log.exception("a letter could not be written", letter=letter.id, kind=letter.kind)
            outcome = Refused(type(error).__name__)
        self._rest(self._under_way.pop(letter.id), outcome)
        self._settled.append(settled(letter.id, outcome))
        self._news.set()

    async def _send(self, letter: Outgoing) -> Outcome:
        platform = self._platforms.get(letter.platform)
        if platform is None:
            return Later(3600, "the platform is not connected")
        shop = self._shop.now
        with spoken_on(shop.day(self._clock.now())):
            if photos := await fetched(letter, platform):
                letter.facts["fetched"] = photos
            words = (letter, shop, platform.deep_link)
            method = await asyncio.to_thread(render, *words) if draws(letter) else render(*words)
        return await platform.send(method)

    def _rest(self, chat: Whom, outcome: Outcome) -> None:
        """Let a chat rest after a letter: a second, a group longer once it had its share of the minute.

        Whoever asked for patience gets it from the next letters too.
        """
        name, number = chat
        if (platform := self._platforms.get(name)) is None:
            return
        now, rest = time.monotonic(), platform.capabilities.rest
        if number < 0 and platform.capabilities.group_minute:
            posts = self._posts[chat]
            posts.append(now)
            while now - posts[0] > 60:
                posts.popleft()
            if len(posts) >= platform.capabilities.group_minute:
                rest = 60 - (now - posts[0])
        if isinstance(outcome, Later):
            rest = max(rest, outcome.seconds)
        if rest:
            self._rests[chat] = now + rest

    def _resting(self) -> set[Whom]:
        """The chats that rest, and those to which a letter is under way."""
        now = time.monotonic()
        self._rests = {chat: until for chat, until in self._rests.items() if until > now}
        return {*self._rests, *self._under_way.values()}


def settled(letter_id: int, outcome: Outcome) -> Settled:
    """What an outcome means for its letter."""
    match outcome:
        case Sent(message_id):
            return Settled(letter_id, "sent", message_id=message_id)
        case Later(seconds, reason):
            return Settled(letter_id, "waiting", reason, wait=seconds)
        case Moved(chat_id):
            return Settled(letter_id, "waiting", "the group moved", wait=AFTER_MOVE, moved_to=chat_id)
        case Muted(reason):
            return Settled(letter_id, "waiting", reason, wait=AFTER_MUTE, muted=True)
        case Gone(reason) | Unsure(reason) | Refused(reason):
            return Settled(letter_id, ENDS[type(outcome)], reason)
