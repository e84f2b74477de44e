"""What goes over the line, as it is checked and described. Money is whole, in minor units; nothing is converted."""

import unicodedata
from datetime import datetime
from typing import Annotated, Any, Self, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator
from pydantic.config import JsonDict

from bot.club import amounts, products, purchases
from bot.club.coupons import Held, Issued
from bot.club.machines import Basket, Checked, Seen, Whose
from bot.club.receipts import Bought, Receipt
from bot.club.refunds import Refunded
from bot.club.vouchers import Voucher
from bot.speech import coupon_name

NUMBER = r"^[Mm][0-9]{1,9}$"
Told = TypeVar("Told")
YEARS = (2000, 2100)  # of a purchase


def _one_of(*names: str) -> JsonDict:
    """Says in the description that exactly one of some fields is needed."""
    return {"oneOf": [{"required": [name]} for name in names]}


def _clean(text: str) -> str:
    if any(unicodedata.category(each) in ("Cc", "Cs") for each in text):
        raise ValueError("Control characters cannot be kept.")
    return text


def _likely(at: datetime) -> datetime:
    if not YEARS[0] <= at.year < YEARS[1]:
        raise ValueError(f"The year is from {YEARS[0]} on.")
    return at


Amount = Annotated[int, Field(strict=True, ge=1, le=amounts.MOST, description="In minor units, such as fen.")]
Pieces = Annotated[int, Field(strict=True, ge=1, le=purchases.PIECES)]
Number = Annotated[str, Field(pattern=NUMBER, description="Member number.", examples=["M0042"])]
Phone = Annotated[
    str,
    Field(pattern=r"^\+[1-9][0-9]{5,14}$", description="With + and the country code.", examples=["+8613800138000"]),
]
Order = Annotated[str, Field(pattern=rf"^[A-Za-z0-9][A-Za-z0-9._/-]{{0,{purchases.ORDER - 1}}}$", examples=["P-1"])]
Code = Annotated[str, Field(min_length=1, max_length=40, examples=["K7QM-3XWF-9TRB"]), AfterValidator(_clean)]
Name = Annotated[str, Field(min_length=1, max_length=products.NAME), AfterValidator(_clean)]
Moment = Annotated[AwareDatetime, AfterValidator(_likely), Field(examples=["2027-04-01T10:00:00+08:00"])]


def _exactly_one(told: Told, *names: str) -> Told:
    if sum(getattr(told, name) is not None for name in names) != 1:
        raise ValueError(f"Exactly one of {', '.join(names)} is needed.")
    return told


class Asked(BaseModel):
    """What comes in: exactly the fields that are known."""

    model_config = ConfigDict(extra="forbid")


class Line(Asked):
    """A product of a purchase; the price is of one piece."""

    product: Name
    quantity: Pieces = 1
    price: Amount | None = None


class OfMember(Asked):
    """About a member: by number or by phone number."""

    model_config = ConfigDict(json_schema_extra=_one_of("member", "phone"))

    member: Number | None = None
    phone: Phone | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        return _exactly_one(self, "member", "phone")

    @property
    def whose(self) -> Whose:
        """The member who is meant."""
        return Whose(self.member, self.phone)


class AskedPurchase(OfMember):
    """A purchase. `total` is before the coupon."""

    order: Order
    total: Amount
    lines: Annotated[list[Line], Field(max_length=purchases.LINES)] = []
    coupon: Code | None = None
    at: Moment | None = None

    @property
    def basket(self) -> Basket:
        """The purchase as the club is told of it."""
        lines = tuple(Bought(line.product, line.quantity, line.price) for line in self.lines)
        return Basket(self.whose, self.order, self.total, lines, self.coupon, self.at)


class AskedRefund(Asked):
    """A refund of what was paid for an order; without an amount, of all that is left of it."""

    order: Order
    amount: Amount | None = None


class AskedMember(Asked):
    """A member to look up: by number, by phone number, or by what the QR code of their card holds."""

    model_config = ConfigDict(json_schema_extra=_one_of("member", "phone", "card"))

    member: Number | None = None
    phone: Phone | None = None
    card: Number | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        return _exactly_one(self, "member", "phone", "card")

    @property
    def whose(self) -> Whose:
        """The member who is meant; a card holds the number."""
        return Whose(self.member or self.card, self.phone)


class AskedCheck(Asked):
    """A coupon or gift voucher to look at; with a total, what it takes off."""

    code: Code
    total: Amount | None = None


class AskedCode(Asked):
    """A coupon to use up, or a voucher to hand the gift over for."""

    code: Code


def _worth(what: Issued | Held | Voucher) -> dict[str, Any]:
    """What a coupon or a voucher is worth; a voucher is a coupon for its gift."""
    if isinstance(what, Voucher):
        return {"name": what.name, "offer": f"gift:{what.name}", "minimum": 0}
    return {"name": coupon_name(what.name), "offer": str(what.offer), "minimum": what.minimum}


class CouponShown(BaseModel):
    """A coupon, by its offer as it is written: `10` money off, `20%`, `gift:tea`, `points:50`, `x2`."""

    name: str
    offer: str
    minimum: int = Field(description="Of the purchase, in minor units; 0 for any.")
    until: datetime

    @classmethod
    def of(cls, good: Issued | Voucher) -> dict[str, Any]:
        """The fields of a coupon or a voucher."""
        return _worth(good) | {"until": good.good_until}


class MemberShown(BaseModel):
    """A member as the counter sees them."""

    member: str
    name: str | None
    grade: str
    balance: int
    coupons: list[CouponShown]

    @classmethod
    def of(cls, seen: Seen) -> "MemberShown":
        """A member as they are seen."""
        theirs = [CouponShown(**CouponShown.of(each)) for each in seen.coupons]
        first = (seen.who.name or "").split(" ")[0] or None
        return cls(member=seen.who.number, name=first, grade=seen.grade, balance=seen.balance, coupons=theirs)


class PurchaseShown(BaseModel):
    """A purchase that was entered: what was paid, what it earned, and one sentence to say."""

    purchase: int
    order: str
    member: str
    total: int
    discount: int
    paid: int
    points: int
    balance: int
    grade: str
    say: str | None

    @classmethod
    def of(cls, receipt: Receipt, say: str | None) -> "PurchaseShown":
        """A receipt's fields."""
        same = {name: getattr(receipt, name) for name in ("order", "total", "discount", "paid", "points", "balance")}
        return cls(purchase=receipt.id, member=receipt.who.number, grade=receipt.grade, say=say, **same)


class RefundShown(BaseModel):
    """A refund: `left` can still be refunded; `points` were taken along, of which `owed` were spent already."""

    refund: int
    order: str
    member: str
    amount: int
    left: int
    points: int
    owed: int
    balance: int
    coupon_back: bool = Field(description="Whether the purchase's coupon is good again.")

    @classmethod
    def of(cls, done: Refunded) -> "RefundShown":
        """A refund's fields."""
        same = {name: getattr(done, name) for name in ("order", "amount", "left", "points", "owed", "balance")}
        return cls(refund=done.id, member=done.who.number, coupon_back=done.coupon is not None, **same)


class CheckShown(CouponShown):
    """A good coupon or gift voucher, whose it is, and what it takes off the total that was told."""

    member: str
    off: int | None

    @classmethod
    def of_check(cls, checked: Checked) -> "CheckShown":
        """The fields of what was checked."""
        return cls(member=checked.who.number, off=checked.off, **CouponShown.of(checked.good))


class RedeemedShown(BaseModel):
    """A coupon that was used up, or a voucher whose gift may be handed over. Points that a coupon brings were paid."""

    member: str
    name: str
    offer: str
    minimum: int

    @classmethod
    def of(cls, used: Held | Voucher) -> "RedeemedShown":
        """The fields of what was used."""
        return cls(member=used.who.number, **_worth(used))


class Error(BaseModel):
    """What went wrong: a code for the machine, a sentence for people, the field that it is about."""

    code: str
    message: str
    field: str | None


class Refused(BaseModel):
    """A request that was not served."""

    error: Error
