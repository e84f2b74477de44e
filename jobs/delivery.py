"""The sender: takes letters that are due, carries them, settles them.

A letter is `sending` in the database before the call and settled after it, in one act with the taking of the next ones,
so that many share a commit. No more are on their way than the pace needs.
"""

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import Mapping

import structlog

from bot.clock import Clock
from bot.club import email, sending
from bot.club.rules import OpenShop
from bot.club.sending import Outgoing, Settled
from bot.platforms import Carrier, Gone, Later, Moved, Muted, Outcome, Refused, Sent, Unsure
from bot.speech import spoken_on
from bot.speech.letters import render
from db.engine import Database

ON_THE_WAY, MOST = 0.2, 32  # seconds of the pace that may be on their way at once, and letters at most
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
        self._under_way: set[int] = set()  # letters
        self._shaken = False  # a turn failed, and perhaps only its answer was lost
        self._news = asyncio.Event()
        self._rests: dict[tuple[str, int], float] = {}  # until when a chat rests, by the monotonic clock
        self._wrote: dict[tuple[str, int], float] = {}  # when a letter to a chat was last answered for
        self._posts: dict[tuple[str, int], deque[float]] = defaultdict(deque)  # when a group was written to
        self._idle, self._finished = asyncio.Event(), asyncio.Event()
        self._mails = email.Turns()
        self._finishing = False
        self._beat = time.monotonic()
        database.listen("letters", lambda _: self._news.set())

    async def run(self) -> None:
        """Deliver until cancelled. What an earlier process had under way is in doubt first of all."""
        if doubtful := await self._database.write(sending.recover, now=self._clock.now()):
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
            known = self._under_way | {each.id for each in settled}
            await self._database.write(sending.put_back, known)
            self._shaken = False
        turn = (settled, room, self._resting(), shop, self._mails)
        letters, again = await self._database.write(sending.turn, *turn, now=now)
        del self._settled[: len(settled)]
        self._beat = time.monotonic()
        self._under_way |= {letter.id for letter in letters}
        for letter in letters:
            tasks.create_task(self._carry(letter, self._rest(letter)))
        if self._settled or ((letters or again) and len(letters) < room):
            return
        if not self._under_way and not self._news.is_set():  # news since this turn began want another
            (self._finished if self._finishing else self._idle).set()
        await self._nap(shop.rules.sending.paused)

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

    async def _nap(self, paused: bool) -> None:
        """Sleep until there is news, the next letter is due, or a tick has passed."""
        due = None if paused else await self._database.read(sending.next_due, now=self._clock.now())
        seconds = min(TICK, (due - self._clock.now()).total_seconds()) if due else TICK
        try:
            await asyncio.wait_for(self._news.wait(), max(seconds, 0.01))
        except TimeoutError:
            return

    async def _carry(self, letter: Outgoing, wait: float) -> None:
        """Carry one letter, after another to its chat if need be, and keep what became of it for the next turn."""
        chat = (letter.platform, letter.chat_id)
        try:
            await asyncio.sleep(wait)
            await self._breathe(chat)
            outcome = await self._send(letter)
        except Exception as error:
            log.exception("a letter could not be written", letter=letter.id, kind=letter.kind)
            outcome = Refused(type(error).__name__)
        self._wrote[chat] = now = time.monotonic()  # it may have waited for its turn long after it was taken
        rest = outcome.seconds if isinstance(outcome, Later) else self._pause(chat)
        # Whoever asked for patience gets it from the next letters too.
        self._rests[chat] = max(self._rests.get(chat, now), now + rest)
        self._settled.append(settled(letter.id, outcome))
        self._under_way.discard(letter.id)
        self._news.set()

    async def _breathe(self, chat: tuple[str, int]) -> None:
        """Wait until the letter before it to a chat is a rest ago."""
        await asyncio.sleep(max(self._wrote.get(chat, 0.0) + self._pause(chat) - time.monotonic(), 0))

    def _pause(self, chat: tuple[str, int]) -> float:
        """The seconds between two letters to a chat."""
        platform = self._platforms.get(chat[0])
        return platform.capabilities.rest if platform else 0.0

    async def _send(self, letter: Outgoing) -> Outcome:
        platform = self._platforms.get(letter.platform)
        if platform is None:
            return Later(3600, "the platform is not connected")
        shop = self._shop.now
        with spoken_on(shop.day(self._clock.now())):
            method = await asyncio.to_thread(render, letter, shop, platform.deep_link)
        return await platform.send(method)

    def _rest(self, letter: Outgoing) -> float:
        """Let a chat rest after a letter: a second, and a group longer once it had its share of the minute.

        Returns the seconds for which it rests already: two of its letters were taken together.
        """
        chat, now = (letter.platform, letter.chat_id), time.monotonic()
        platform = self._platforms.get(letter.platform)
        if platform is None:
            return 0
        wait = max(self._rests.get(chat, now) - now, 0)
        rest = wait + platform.capabilities.rest
        if letter.chat_id < 0 and platform.capabilities.group_minute:
            posts = self._posts[chat]
            posts.append(now)
            while now - posts[0] > 60:
                posts.popleft()
            if len(posts) >= platform.capabilities.group_minute:
                rest = 60 - (now - posts[0])
        if rest:
            self._rests[chat] = now + rest
        return wait

    def _resting(self) -> frozenset[tuple[str, int]]:
        now = time.monotonic()
        self._rests = {chat: until for chat, until in self._rests.items() if until > now}
        self._wrote = {chat: at for chat, at in self._wrote.items() if chat in self._rests}
        return frozenset(self._rests)


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
