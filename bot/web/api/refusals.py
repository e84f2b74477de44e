"""How the API says no: a code for the machine, a sentence for whoever stands at the till, and the field."""

import re
from collections.abc import Iterable

from fastapi.exceptions import RequestValidationError

from bot.club import coupons, machines, purchases, refunds, replies, vouchers
from bot.club.amounts import BadMoney
from bot.club.discounts import CouponFromMinimum
from bot.club.errors import ClubError, CouponLapsed, CouponSpent, NoSuchCoupon
from bot.club.products import BadProduct
from bot.club.rules import Shop
from bot.speech import plain
from bot.speech.refusals import words
from bot.web.guard import Refusal

CODE = "coupon"  # in a purchase; where the code itself is the matter, the field is `code`
# By kind of refusal: the status (422 where none is named) and the field.
STATUS: dict[type[ClubError], int] = {
    machines.NoMember: 404,
    machines.SharedPhone: 409,
    purchases.OrderExists: 409,
    purchases.NoSuchOrder: 404,
    refunds.RefundedWhole: 409,
    NoSuchCoupon: 404,
    CouponSpent: 409,
    CouponLapsed: 409,
    coupons.CouponRevoked: 409,
    vouchers.GiftHanded: 409,
    vouchers.GiftOrderOver: 409,
}
FIELD: dict[type[ClubError], str] = {
    machines.NoMember: "member",
    machines.SharedPhone: "phone",
    purchases.OrderExists: "order",
    purchases.NoSuchOrder: "order",
    purchases.BadOrder: "order",
    purchases.FuturePurchase: "at",
    refunds.RefundedWhole: "order",
    refunds.RefundTooMuch: "amount",
    replies.KeyReused: "Idempotency-Key",
    BadMoney: "total",
    BadProduct: "lines",
    CouponFromMinimum: CODE,
    NoSuchCoupon: CODE,
    CouponSpent: CODE,
    CouponLapsed: CODE,
    coupons.CouponRevoked: CODE,
    vouchers.GiftHanded: CODE,
    vouchers.GiftOrderOver: CODE,
}


def refused(no: ClubError, shop: Shop, fields: Iterable[str]) -> Refusal:
    """A refusal of the club's, about one of the request's `fields`."""
    kind = next((each for each in type(no).__mro__ if each in STATUS), type(no))
    code = re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()
    field = FIELD.get(kind)
    if field == CODE and "code" in fields:
        field = "code"
    return Refusal(STATUS.get(kind, 422), code, plain(words(no, shop)), field)


def wrong(error: RequestValidationError) -> Refusal:
    """A request that is not as it is described: what is wrong first, and where."""
    first = error.errors()[0]
    place, *path = first["loc"]
    if first["type"] == "json_invalid":
        return Refusal(400, "bad_json", "The body is no JSON.", "body")
    field = ".".join(str(step) for step in path) or place
    message = first["msg"].removeprefix("Value error, ")
    return Refusal(400 if place == "header" else 422, "wrong_input", message, field)
