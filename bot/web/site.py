"""The web site of the process: whether it is well, what it measures, and the rooms that it is given."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass

import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Pulse:
    """How the club is: what should be alive, by name, and what is counted, by name and label."""

    alive: dict[str, bool]
    counts: dict[str, dict[str, float]]


class Site(uvicorn.Server):
    """Serves the site inside the club's loop. Signals are the roof's business."""

    def __init__(self, app: Starlette) -> None:
        config = uvicorn.Config(
            app, log_config=None, access_log=False, lifespan="off", ws="none", timeout_graceful_shutdown=1
        )
        super().__init__(config)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone."""
        yield


class Lazy:
    """A room that is built for its first visitor, since few clubs have one."""

    def __init__(self, build: Callable[[], ASGIApp]) -> None:
        self._build, self._alone = build, asyncio.Lock()
        self._room: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        async with self._alone:
            if self._room is None:
                self._room = await asyncio.to_thread(self._build)
        await self._room(scope, receive, send)


def site(pulse: Callable[[], Awaitable[Pulse]], rooms: Sequence[BaseRoute]) -> Starlette:
    """The site: /healthz, /metrics and the rooms. Without FastAPI, which Telegram's clubs need not carry."""

    async def healthz(_: Request) -> Response:
        """200 when everything is alive, else 503; either way it says what is."""
        try:
            alive = (await asyncio.wait_for(pulse(), 5)).alive
        except Exception:
            log.exception("the club's pulse cannot be taken")
            alive = {"database": False}
        return JSONResponse(alive, 200 if all(alive.values()) else 503)

    async def metrics(_: Request) -> Response:
        """Figures for Prometheus: counts only, nothing about anybody."""
        return exposed(await pulse())

    return Starlette(routes=[Route("/healthz", healthz), Route("/metrics", metrics), *rooms])


def exposed(now: Pulse) -> Response:
    """A pulse in Prometheus's words."""
    from prometheus_client import (  # noqa: PLC0415 (few shops ask for figures)
        CONTENT_TYPE_LATEST,
        CollectorRegistry,
        Gauge,
        generate_latest,
    )

    registry = CollectorRegistry()
    alive = {part: float(well) for part, well in now.alive.items()}
    for name, labelled in (now.counts | {"alive": alive}).items():
        gauge = Gauge(f"regulars_{name}", f"Regulars: {name}", ["of"], registry=registry)
        for label, value in labelled.items():
            gauge.labels(label).set(value)
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
