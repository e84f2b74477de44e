"""What members tell about themselves: the fields, what each earns, and how an answer is understood."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from sqlmodel import Session, col, select

from bot.club import occasions, points
from bot.club.calendar import YearlyDate
from bot.club.errors import BadEmail, BadPhone, BadQQ, BadText, BadWeChat
from bot.club.rules import Shop
from db.engine import tell
from db.members import Member
from db.points import Lot
from db.profile import Answer

LONGEST = 100  # characters of an answer in words


@dataclass(frozen=True, slots=True)
class Field:
    """A profile field: its depth, and how an answer is read into what is kept."""

    name: str
    depth: str  # basic, middle, value, high
    read: Callable[[str, Shop], str]


@dataclass(frozen=True, slots=True)
class Known:
    """A field as its member sees it: what is known, and what telling it would earn (0: it has earned already)."""

    name: str
    depth: str
    value: str | YearlyDate | None
    earns: int


def _text(answer: str, _: Shop) -> str:
    words = " ".join(unicodedata.normalize("NFC", answer).split())
    if not re.search(r"\w", words):
        raise BadText
    return words


def _phone(answer: str, shop: Shop) -> str:
    try:
        number = phonenumbers.parse(answer, shop.region)
    except phonenumbers.NumberParseException:
        raise BadPhone(example=_example(shop)) from None
    letters = re.search(r"[^\W\d_]", unicodedata.normalize("NFKC", answer))
    if letters or not phonenumbers.is_valid_number(number):
        raise BadPhone(example=_example(shop))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _example(shop: Shop) -> str:
    number = phonenumbers.example_number_for_type(shop.region, phonenumbers.PhoneNumberType.MOBILE)
    return (
        phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL) if number else "+86 138 0013 8000"
    )


def _email(answer: str, _: Shop) -> str:
    try:
        return validate_email(unicodedata.normalize("NFKC", answer).strip(), check_deliverability=False).normalized
    except EmailNotValidError:
        raise BadEmail from None


def _qq(answer: str, _: Shop) -> str:
    number = unicodedata.normalize("NFKC", answer).strip()
    if not re.fullmatch(r"[1-9][0-9]{4,11}", number):
        raise BadQQ
    return number


def _wechat(answer: str, _: Shop) -> str:
    name = unicodedata.normalize("NFKC", answer).strip()
    if not re.fullmatch(r"[A-Za-z][\w-]{5,19}", name, re.ASCII):
        raise BadWeChat
    return name


FIELDS = {
    field.name: field
    for field in (
        Field("name", "basic", _text),
        Field("phone", "basic", _phone),
        Field("email", "basic", _email),
        Field("region", "basic", _text),
        Field("age_band", "middle", _text),
        Field("qq", "middle", _qq),
        Field("wechat", "middle", _wechat),
        Field("birthday", "value", _text),  # read in a conversation of its own, and kept as an occasion
        Field("interests", "value", _text),
        Field("products", "high", _text),
        Field("cares", "high", _text),
    )
}


def known(session: Session, member_id: int, shop: Shop) -> list[Known]:
    """All fields of a member: what is known of each, and what it would earn."""
    answers = {a.field: a.value for a in session.exec(select(Answer).where(Answer.member_id == member_id))}
    paid = select(Lot.key).where(Lot.member_id == member_id, col(Lot.key).startswith("field:"))
    earned = {key.rpartition(":")[2] for key in session.exec(paid)}
    rules = shop.rules.points
    values: dict[str, str | YearlyDate | None] = {**answers, "birthday": occasions.birthday(session, member_id)}
    return [
        Known(
            field.name,
            field.depth,
            values.get(field.name),
            0 if field.name in earned else (rules.birthday if field.name == "birthday" else rules.field),
        )
        for field in FIELDS.values()
    ]


def tell_field(
    session: Session, member_id: int, name: str, answer: str, shop: Shop, *, now: datetime
) -> tuple[str, int]:
    """Keep an answer. Returns it as understood, and the points it earned: each field earns once, for ever.

    Raises BadText, BadPhone, BadEmail, BadQQ, BadWeChat.
    """
    if len(answer) > LONGEST:
        raise BadText
    value = FIELDS[name].read(answer, shop)
    session.merge(Answer(member_id=member_id, field=name, value=value, told_at=now, source="member"))
    if name == "name":
        session.get_one(Member, member_id).name = value
        tell(session, "member", member_id)
    session.flush()
    key = f"field:{member_id}:{name}"
    balance = points.award(session, member_id, shop.rules.points.field, f"field:{name}", key=key, now=now)
    return value, 0 if balance is None else shop.rules.points.field


def clear(session: Session, member_id: int, name: str) -> None:
    """Forget a field."""
    if answer := session.get(Answer, (member_id, name)):
        session.delete(answer)
    if name == "name":  # the next word brings back the one that the platform tells
        session.get_one(Member, member_id).name = None
        tell(session, "member", member_id)
