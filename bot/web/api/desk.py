"""Serves the API's requests: an act once for each Idempotency-Key, or a look; and puts the answer into words."""

import hashlib
from collections.abc import Callable, Iterable

from fastapi import Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlmodel import Session

from bot.clock import Clock
from bot.club import replies
from bot.club.errors import ClubError
from bot.club.keys import Key
from bot.club.replies import Reply
from bot.club.rules import OpenShop, Shop
from bot.i18n import speaking
from bot.web.api.door import Door
from bot.web.api.refusals import refused
from bot.web.guard import refusal
from db.engine import Database

Act = Callable[[Session, Key, Shop, str], tuple[int, BaseModel]]  # a key of the act's own → about whom, the answer
Look = Callable[[Session], BaseModel]


class Desk:
    """Serves requests that the door let in. Its words are the shop's language, since a clerk reads them at the till."""

    def __init__(self, door: Door, database: Database, shop: OpenShop, clock: Clock) -> None:
        self._door, self._database, self._shop, self.now = door, database, shop, clock.now

    async def once(self, request: Request, idempotency_key: str, told: BaseModel, act: Act, status: int) -> Response:
        """Do an act, once for each Idempotency-Key of the caller's; the answer is kept in the same transaction."""
        key, shop = request.state.key, self._shop.now
        fields = type(told).model_fields

        def answered(session: Session, once: str) -> Reply:
            member_id, answer = act(session, key, shop, once)
            return Reply(status, answer.model_dump_json(), member_id)

        def no(error: ClubError) -> Reply:
            said = _refused(error, shop, fields)
            return Reply(said.status_code, bytes(said.body).decode())

        about = (key.id, idempotency_key, _fingerprint(request, told), answered, no)
        with self._door.one_at_a_time(key, idempotency_key), speaking(shop.locale):
            try:
                reply = await self._database.write(replies.once, *about, now=self.now())
            except replies.KeyReused as reused:
                return _refused(reused, shop, fields)
        headers = {"Idempotent-Replayed": "true"} if reply.again else None
        return Response(reply.body, reply.status, headers, "application/json")

    async def look(self, look: Look, fields: Iterable[str] = ()) -> Response:
        """Answer what only looks."""
        shop = self._shop.now
        with speaking(shop.locale):
            try:
                answer = await self._database.read(look)
            except ClubError as error:
                return _refused(error, shop, fields)
        return Response(answer.model_dump_json(), media_type="application/json")


def _refused(error: ClubError, shop: Shop, fields: Iterable[str]) -> JSONResponse:
    return refusal(refused(error, shop, fields))


def _fingerprint(request: Request, told: BaseModel) -> str:
    """What tells one request from another: where it goes, and what it says, however it is spaced."""
    return hashlib.sha256(f"{request.url.path}\n{told.model_dump_json()}".encode()).hexdigest()
