"""The playground page: the made-up group and private chats, live in a browser, with the hands of the club's clock."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Collection, Coroutine
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol
from urllib.parse import quote
from zoneinfo import ZoneInfo

import structlog
from fastapi import APIRouter, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse, StreamingResponse
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field
from starlette.requests import ClientDisconnect

from bot.platforms.playground import FILE_LIMIT, Impossible, Playground
from bot.web.guard import COOKIE, Guard, Refusal, refusal, weigh
from bot.web.playground_view import seen

STATIC = Path(__file__).parent / "static"
ASSETS = ("chat.js", "icon.svg", "playground.css", "playground.js", "view.js", "wire.js", "words.js")
BODY_LIMIT = 64 * 1024  # bytes; a text of 4,096 characters with its escapes fits
MORNING = time(9, 30)
GROUP_ACTS = {
    "join": "join",
    "leave": "leave",
    "ask": "ask_to_join",
    "promote": "promote_bot",
    "demote": "demote_bot",
    "remove": "remove_bot",
}
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}

log = structlog.get_logger()


class ClockHands(Protocol):
    """What the page needs of the club's clock."""

    zone: ZoneInfo

    def now(self) -> datetime:
        """The club's time."""

    async def leap(self, to: datetime) -> None:
        """Let the time until `to` pass, with all the jobs that fall into it."""

    async def reset(self) -> None:
        """Wipe the club and the playground."""


class Say(BaseModel):
    """A text that somebody writes."""

    person: int
    chat: int
    text: str = Field(min_length=1, max_length=4096)
    reply_to: int | None = None


class Press(BaseModel):
    """A tap on a button."""

    person: int
    chat: int
    message: int
    data: str = Field(min_length=1, max_length=64)


class Open(BaseModel):
    """A link that somebody follows."""

    person: int
    link: str = Field(min_length=1, max_length=200)


class Act(BaseModel):
    """What somebody does to the group or to the bot."""

    person: int
    act: Literal["join", "leave", "ask", "promote", "demote", "remove", "block", "unblock"]


class Leap(BaseModel):
    """How far the clock goes."""

    to: Literal["morning", "day", "week"]


class Login(BaseModel):
    """The password of the page."""

    password: str = Field(max_length=200)


class Upload(BaseModel):
    """A file that somebody sends; its bytes are the body."""

    person: int
    chat: int
    name: str = Field(min_length=1, max_length=200)
    caption: str = Field(default="", max_length=1024)
    picture: bool = False


def playground_room(
    playground: Playground, clock: ClockHands, password: str | None, hosts: Collection[str] = ()
) -> APIRouter:
    """The routes under /playground. `hosts`: names, beside localhost and bare addresses, under which it is reached."""
    guard, busy = Guard(password, hosts), asyncio.Lock()
    door = APIRouter(prefix="/playground", route_class=_guarded(guard, login=False), include_in_schema=False)
    room = APIRouter(route_class=_guarded(guard, login=True))
    _door(door, guard)
    _look(room, playground, clock, busy)
    _speak(room, playground)
    _turn(room, playground, clock, busy)
    door.include_router(room)
    return door


def _door(door: APIRouter, guard: Guard) -> None:
    """What anybody gets: the empty page and the question for the password."""

    @door.get("")
    async def page() -> Response:
        return FileResponse(STATIC / "playground.html")

    @door.get("/static/{name}")
    async def asset(name: str) -> Response:
        if name not in ASSETS:
            raise Refusal(404, "unknown_file", "There is no such file.")
        return FileResponse(STATIC / name)

    @door.post("/login")
    async def login(given: Login, request: Request) -> Response:
        response = Response(status_code=204)
        cookie, secure = guard.enter(given.password), request.url.scheme == "https"
        response.set_cookie(COOKIE, cookie, path="/playground", secure=secure, httponly=True, samesite="strict")
        return response


def _look(room: APIRouter, playground: Playground, clock: ClockHands, busy: asyncio.Lock) -> None:
    """What somebody sees, and the news that there is more to see."""

    @room.get("/state")
    async def state(viewer: int) -> JSONResponse:
        now = clock.now().astimezone(clock.zone).isoformat()
        hands = {"now": now, "zone": clock.zone.key, "running": busy.locked()}
        return JSONResponse(seen(playground, viewer) | {"clock": hands})

    @room.get("/events")
    async def events() -> StreamingResponse:
        return StreamingResponse(_events(playground), media_type="text/event-stream")

    @room.get("/files/{file_id}")
    async def file(file_id: str) -> Response:
        stored = playground.file(file_id)
        if stored is None:
            raise Refusal(404, "unknown_file", "There is no such file.")
        how = "inline" if stored.width else "attachment"  # only what was measured as a picture is shown as one
        headers = {"Content-Disposition": f"{how}; filename*=UTF-8''{quote(stored.name, safe='')}"}
        return Response(stored.data, media_type=stored.kind, headers=headers)


async def _events(playground: Playground) -> AsyncIterator[str]:
    yield "retry: 1000\n\n"
    async for change in playground.watch():
        yield f"data: {json.dumps({'what': change.what, 'chat': change.chat})}\n\n"


def _speak(room: APIRouter, playground: Playground) -> None:
    """What the people say and do."""

    @room.post("/say")
    async def say(given: Say) -> dict[str, int]:
        return {"message": await playground.say(given.person, given.chat, given.text, given.reply_to)}

    @room.post("/press")
    async def press(given: Press) -> dict[str, str]:
        rows = [m.buttons for m in playground.messages(given.chat, given.person) if m.id == given.message]
        if not any(data == given.data for row in (rows[0] if rows else ()) for _label, data in row):
            raise Impossible("no_button")
        return {"tap": await playground.press(given.person, given.chat, given.message, given.data)}

    @room.post("/file")
    async def upload(given: Annotated[Upload, Query()], request: Request) -> dict[str, int]:
        send = playground.send_photo if given.picture else playground.send_file
        return {"message": await send(given.person, given.chat, given.name, await request.body(), given.caption)}

    @room.post("/open")
    async def open_link(given: Open) -> dict[str, int]:
        return {"message": await playground.open_link(given.person, given.link)}

    @room.post("/act")
    async def act(given: Act) -> Response:
        if given.act in ("block", "unblock"):
            await getattr(playground, given.act)(given.person)
        else:
            await getattr(playground, GROUP_ACTS[given.act])(given.person, playground.group.id)
        return Response(status_code=204)


def _turn(room: APIRouter, playground: Playground, clock: ClockHands, busy: asyncio.Lock) -> None:
    """The clock and the broom; one at a time, since both work on the whole club."""

    @room.post("/clock")
    async def leap(given: Leap) -> Response:
        now = clock.now().astimezone(clock.zone)
        log.info("playground_clock", to=given.to)
        await alone(clock.leap(_later(now, given.to)), "clock")
        return Response(status_code=204)

    @room.post("/reset")
    async def reset() -> Response:
        log.info("playground_reset")
        await alone(clock.reset(), "reload")
        return Response(status_code=204)

    async def alone(work: Coroutine[Any, Any, None], what: str) -> None:
        if busy.locked():
            work.close()
            raise Refusal(409, "busy", "The clock is still running through the time between.")
        try:
            async with busy:
                playground.announce("busy")
                await work
        finally:
            playground.announce(what)


def _later(now: datetime, to: str) -> datetime:
    """By the shop's clock on the wall, so that a day is a day when the clocks change."""
    if to == "day":
        return now + timedelta(days=1)
    if to == "week":
        return now + timedelta(weeks=1)
    morning = datetime.combine(now.date(), MORNING, now.tzinfo)
    return morning if morning > now else morning + timedelta(days=1)


def _guarded(guard: Guard, *, login: bool) -> type[APIRoute]:
    """Routes that ask the guard first, answer refusals in one shape, and let the page load nothing from elsewhere."""

    class Guarded(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            serve = super().get_route_handler()

            async def handler(request: Request) -> Response:
                try:
                    guard.check(request, login=login)
                    weigh(request, FILE_LIMIT if request.url.path.endswith("/file") else BODY_LIMIT)
                    response = await serve(request)
                except Refusal as no:
                    response = refusal(no)
                except Impossible as no:
                    status = 404 if str(no).startswith("unknown") else 409
                    response = refusal(Refusal(status, str(no), "That is not possible now."))
                except RequestValidationError as wrong:
                    first = wrong.errors()[0]
                    response = refusal(Refusal(422, "wrong_input", first["msg"], str(first["loc"][-1])))
                except ClientDisconnect:  # in the middle of a file: there is nobody to answer, and nothing amiss
                    response = Response(status_code=400)
                response.headers.update(HEADERS)
                return response

            return handler

    return Guarded
