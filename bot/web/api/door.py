"""The API's door: whose key it is, what it may do, how often; and which requests are in hand."""

import math
from collections import defaultdict, deque
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.background import BackgroundTask

from bot.clock import Clock
from bot.club import keys
from bot.club.keys import Key
from bot.web.guard import Refusal, refusal, weigh
from db.engine import Database

LIMIT = 20  # requests of a key in a second
BODY = 64 * 1024  # bytes; a purchase of 30 lines takes 5,000
LONGEST_KEY = 200  # characters that are looked at


class Door:
    """Lets requests in by their key."""

    def __init__(self, database: Database, clock: Clock, tick: Callable[[], float]) -> None:
        self._database, self._clock, self._tick = database, clock, tick
        self._lately: dict[int, deque[float]] = defaultdict(lambda: deque(maxlen=LIMIT))
        self._noted: dict[int, datetime] = {}
        self._in_hand: set[tuple[int, str]] = set()

    async def admit(self, request: Request, scope: str) -> Key:
        """Whose key a request brings, if it may come in. Raises Refusal."""
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        key = None
        if kind.lower() == "bearer" and token.isascii() and len(token) <= LONGEST_KEY:
            key = await self._database.read(keys.holder, token.strip())
        if key is None:
            raise Refusal(401, "no_key", "No valid API key.", "Authorization", {"WWW-Authenticate": "Bearer"})
        self._count(key)
        if not key.may(scope):
            raise Refusal(403, "lacks_scope", f"This key lacks the scope {scope}.", "Authorization")
        return key

    @contextmanager
    def one_at_a_time(self, key: Key, idempotency_key: str) -> Iterator[None]:
        """Hold an Idempotency-Key within the block. It goes with the process, so a crash leaves none. Raises Refusal.

        (What the database holds unique decides; this spares whoever asks twice from waiting.)
        """
        held = (key.id, idempotency_key)
        if held in self._in_hand:
            message = "A request with this Idempotency-Key is in progress."
            raise Refusal(409, "in_progress", message, "Idempotency-Key", {"Retry-After": "1"})
        self._in_hand.add(held)
        try:
            yield
        finally:
            self._in_hand.discard(held)

    def route(self, scope: str) -> type[APIRoute]:
        """Routes for which a key needs a scope. They look at a request before anything of it is read."""
        door = self

        class Route(APIRoute):
            needs = scope

            def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
                serve = super().get_route_handler()

                async def handler(request: Request) -> Response:
                    try:
                        request.state.key = await door.admit(request, scope)
                        weigh(request, BODY)
                        response = await serve(request)
                    except Refusal as no:
                        response = refusal(no)
                    response.headers["Cache-Control"] = "no-store"
                    if hasattr(request.state, "key"):
                        response.background = BackgroundTask(door.note, request.state.key)
                    return response

                return handler

        return Route

    async def note(self, key: Key) -> None:
        """Keep that a key was used, once a minute. Nobody waits for it."""
        now = self._clock.now()
        if key.id not in self._noted or now - self._noted[key.id] >= keys.SEEN:
            self._noted[key.id] = now
            await self._database.write(keys.used, key.id, now=now)

    def _count(self, key: Key) -> None:
        """Count a request of a key. Raises Refusal for one too many, which is not counted."""
        now, lately = self._tick(), self._lately[key.id]
        if len(lately) == LIMIT and now - lately[0] < 1:
            wait = {"Retry-After": str(math.ceil(1 - (now - lately[0])))}
            raise Refusal(429, "too_many_requests", f"At most {LIMIT} requests a second.", None, wait)
        lately.append(now)
