"""Tills that come in by the HTTP API: they speak it over the app itself, without a network."""

import itertools
from collections.abc import Callable
from typing import Any

import httpx
from fastapi import FastAPI

from bot.clock import Clock
from bot.club import keys
from bot.club.rules import OpenShop, Shop
from bot.web.api import api_room
from db.engine import Database

_numbers = itertools.count(1)


class Hour:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def serving(database: Database, shop: Shop, clock: Clock, tick: Callable[[], float] | None = None) -> FastAPI:
    """The API as a process serves it; a second one is as good as a restart. A second passes with every request."""
    return api_room(database, OpenShop(shop), clock, tick or itertools.count().__next__)


async def key_of(database: Database, clock: Clock, name: str, *scopes: str) -> str:
    """A new key."""
    return await database.write(keys.make, name, scopes, now=clock.now())


class Till:
    """A till, or a web shop: it posts with its key."""

    def __init__(self, app: FastAPI, key: str | None) -> None:
        self.key = key
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        self.http = httpx.AsyncClient(transport=transport, base_url="http://club/v1", headers=headers)

    async def posts(self, path: str, once: str | None = "", **told: Any) -> httpx.Response:
        """Post a request, under an Idempotency-Key of its own unless it is told one; None for none."""
        key = f"own-{next(_numbers)}" if once == "" else once
        return await self.http.post(path, json=told, headers={"Idempotency-Key": key} if key else {})

    async def sells(self, member: str, total: int = 5000, order: str = "P-1", **more: Any) -> httpx.Response:
        """Enter a purchase."""
        return await self.posts("/purchases", member=member, total=total, order=order, **more)


def no(answer: httpx.Response) -> tuple[int, str, str | None]:
    """A refusal: status, code and field. Its sentence is never empty."""
    error = answer.json()["error"]
    assert set(error) == {"code", "message", "field"}
    assert error["message"]
    return answer.status_code, error["code"], error["field"]
