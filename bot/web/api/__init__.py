"""The HTTP API for tills and web shops: what a clerk does in the chat, by a key. Described at /api/v1/docs."""

from collections.abc import Callable
from http import HTTPStatus

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException

from bot.clock import Clock
from bot.club.rules import OpenShop
from bot.web.api.desk import Desk
from bot.web.api.door import Door
from bot.web.api.page import HEADERS, page
from bot.web.api.refusals import wrong
from bot.web.api.routes import routes
from bot.web.guard import Refusal, refusal
from db.engine import Database

ABOUT = (
    "Purchases, refunds, members and coupons, for tills and web shops. Every request carries its key as "
    "“Authorization: Bearer KEY”. Money is whole, in minor units such as fen. For machines: openapi.json."
)


def api_room(database: Database, shop: OpenShop, clock: Clock, tick: Callable[[], float]) -> FastAPI:
    """The app under /api. `tick` measures seconds for the limit of requests."""
    app = FastAPI(
        title="Regulars",
        version="1",
        description=ABOUT,
        openapi_url="/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    door = Door(database, clock, tick)
    app.include_router(routes(door, Desk(door, database, shop, clock)))

    @app.get("/v1/docs", include_in_schema=False)
    async def docs() -> Response:
        return HTMLResponse(page(app.openapi()), headers=HEADERS)

    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Exception, _failed)
    return app


async def _http(_: Request, error: Exception) -> Response:
    """No such place, or not by this method."""
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    return refusal(Refusal(status, status.name.lower(), f"{status.description or status.phrase}.", None, error.headers))


async def _invalid(_: Request, error: Exception) -> Response:
    """A request that is not as it is described."""
    assert isinstance(error, RequestValidationError)
    return refusal(wrong(error))


async def _failed(_: Request, __: Exception) -> Response:
    """An error of ours. Nothing was kept, so the request may come again; the error itself goes into the log."""
    return refusal(Refusal(500, "internal_error", "Something went wrong here. Nothing was kept: try it again."))
