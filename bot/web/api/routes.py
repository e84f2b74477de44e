"""The API's routes: each is an act or a look of bot/club/machines, for keys with its scope."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Request, Response
from fastapi.security import HTTPBearer
from pydantic import BaseModel
from sqlmodel import Session

from bot.club import machines
from bot.club.keys import Key
from bot.club.machines import Whose
from bot.club.rules import Shop
from bot.speech import plain
from bot.speech.suggestions import sentence
from bot.web.api import bodies
from bot.web.api.desk import Desk
from bot.web.api.door import Door

Once = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern=r"^[\x21-\x7e]+$",
        description="New for each request, and the same when it is sent again: then it gets the same answer.",
    ),
]
Number = Annotated[str, Path(pattern=bodies.NUMBER, description="Member number.", examples=["M0042"])]
BEARER = Depends(HTTPBearer(auto_error=False, description="A key made by `python -m bot api-key new NAME`."))
NO = {
    400: "A header is wrong, or the body is no JSON",
    401: "No valid key",
    403: "The key lacks the scope",
    404: "There is no such member, order or coupon",
    409: "It was done already, or the same request is in progress",
    411: "No Content-Length",
    413: "The body is too big",
    422: "A field is wrong, or the Idempotency-Key was used with another request",
    429: "More than 20 requests in a second",
}
REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"model": bodies.Refused, "description": why} for status, why in NO.items()
}


def routes(door: Door, desk: Desk) -> APIRouter:
    """All routes, under /v1."""
    every = APIRouter(prefix="/v1", dependencies=[BEARER], responses=REFUSALS)
    for scope, lay in {
        "purchases": _purchases,
        "refunds": _refunds,
        "members": _members,
        "coupons": _coupons,
    }.items():
        room = APIRouter(route_class=door.route(scope), tags=[scope])
        lay(room, desk)
        every.include_router(room)
    return every


def _purchases(room: APIRouter, desk: Desk) -> None:
    @room.post("/purchases", status_code=201, response_model=bodies.PurchaseShown)
    async def purchase(told: bodies.AskedPurchase, once: Once, request: Request) -> Response:
        """Enter a purchase, with its coupon and its points."""

        def act(session: Session, key: Key, shop: Shop, own: str) -> tuple[int, BaseModel]:
            receipt = machines.sell(session, key, told.basket, shop, once=own, now=desk.now())
            say = plain(sentence(receipt.say)) if receipt.say else None
            return receipt.who.member_id, bodies.PurchaseShown.of(receipt, say)

        return await desk.once(request, once, told, act, 201)


def _refunds(room: APIRouter, desk: Desk) -> None:
    @room.post("/refunds", status_code=201, response_model=bodies.RefundShown)
    async def refund(told: bodies.AskedRefund, once: Once, request: Request) -> Response:
        """Give money back: a part of what was paid for an order, or all that is left of it."""

        def act(session: Session, key: Key, shop: Shop, own: str) -> tuple[int, BaseModel]:
            done = machines.refund(session, key, told.order, told.amount, shop, once=own, now=desk.now())
            return done.who.member_id, bodies.RefundShown.of(done)

        return await desk.once(request, once, told, act, 201)


def _members(room: APIRouter, desk: Desk) -> None:
    def seen(session: Session, whose: Whose) -> BaseModel:
        return bodies.MemberShown.of(machines.look(session, whose, now=desk.now()))

    @room.get("/members/{number}", response_model=bodies.MemberShown)
    async def member(number: Number) -> Response:
        """Look up a member by number."""
        return await desk.look(lambda session: seen(session, Whose(number)))

    @room.post("/members/find", response_model=bodies.MemberShown)
    async def find(told: bodies.AskedMember) -> Response:
        """Look up a member by number, phone number or card. (So that no phone number stands in a log of addresses.)"""
        return await desk.look(lambda session: seen(session, told.whose))


def _coupons(room: APIRouter, desk: Desk) -> None:
    @room.post("/coupons/check", response_model=bodies.CheckShown)
    async def check(told: bodies.AskedCheck) -> Response:
        """See what a coupon or a gift voucher is worth, before it is used."""

        def look(session: Session) -> BaseModel:
            return bodies.CheckShown.of_check(machines.check(session, told.code, told.total, now=desk.now()))

        return await desk.look(look, ("code",))

    @room.post("/coupons/redeem", response_model=bodies.RedeemedShown)
    async def redeem(told: bodies.AskedCode, once: Once, request: Request) -> Response:
        """Use up a coupon by itself, or a gift voucher. A coupon of a purchase is named there instead."""

        def act(session: Session, key: Key, shop: Shop, _: str) -> tuple[int, BaseModel]:
            used = machines.redeem(session, key, told.code, shop, now=desk.now())
            return used.who.member_id, bodies.RedeemedShown.of(used)

        return await desk.once(request, once, told, act, 200)
