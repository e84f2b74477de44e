"""What members tell about themselves: the fields, what each earns, and how an answer is understood."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from sqlmodel import Session, col, func, select, update
from sqlmodel.sql.expression import SelectOfScalar

from bot.club import earnings, email, erased, fields, occasions
from bot.club.calendar import YearlyDate
from bot.club.errors import BadEmail, BadPhone, BadQQ, BadText, BadWeChat
from bot.club.fields import DEPTHS, LONGEST, Own
from bot.club.phones import PROVEN
from bot.club.rules import Shop
from db.engine import tell
from db.members import EMAIL, Member
from db.occasions import Occasion
from db.points import Lot
from db.profile import ANSWER_CHANGES, QUESTIONS, Answer, AnswerChange


@dataclass(frozen=True, slots=True)
class Field:
    """A profile field: its depth, and how an answer is read into what is kept."""

    name: str
    depth: str  # basic, middle, value, high
    read: Callable[[str, Shop], str]


@dataclass(frozen=True, slots=True)
class Known:
    """A field as its member sees it: what is known, and what telling it would earn (0: it has earned already).

    `own`: it is of the shop's own making.
    """

    name: str
    depth: str
    value: str | int | date | YearlyDate | None  # of the family, how many they are
    earns: int
    own: Own | None = None


def _text(answer: str, _: Shop) -> str:
    return fields.words(answer)


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
        Field("family", "high", _text),  # told under /family; known where there are relatives
        Field("products", "high", _text),
        Field("cares", "high", _text),
    )
}


def known(session: Session, member_id: int, shop: Shop) -> list[Known]:
    """All fields that a member sees, depth by depth: what is known of each, and what it would earn."""
    answers = {a.field: a.value for a in session.exec(select(Answer).where(Answer.member_id == member_id))}
    earned = _earned(session, member_id)
    values: dict[str, str | int | YearlyDate | None] = {
        **answers,
        "birthday": occasions.birthday(session, member_id),
        "family": session.exec(_relatives(member_id)).one() or None,
    }
    found = [
        Known(field.name, field.depth, values.get(field.name), 0 if field.name in earned else worth(field.name, shop))
        for field in FIELDS.values()
    ]
    for own in fields.shown(session):
        value = fields.value(own, answers[own.name]) if own.name in answers else None
        found.append(Known(own.name, own.depth, value, 0 if own.name in earned else own.points, own))
    if erased.returned(session, member_id):  # who was paid under another number
        found = [replace(field, earns=0) for field in found]
    return sorted(found, key=lambda field: DEPTHS.index(field.depth))


def worth(name: str, shop: Shop) -> int:
    """What telling a built-in field earns."""
    return shop.rules.points.birthday if name == "birthday" else shop.rules.points.field


def kind(name: str, own: Own | None) -> str:
    """How an answer about a field is written: text, choice, date or number."""
    return own.kind if own else {"birthday": "date", "family": "family"}.get(name, "text")


def exists(session: Session, name: str) -> bool:
    """Whether there is a field of this name. Raises StaleButton for one of the shop's that is not shown."""
    return name in FIELDS or fields.called(session, name) is not None


def tell_field(
    session: Session, member_id: int, name: str, answer: str, shop: Shop, *, now: datetime, source: str = "member"
) -> tuple[str, int]:
    """Keep an answer. Returns it as understood, and the points it earned: each field earns once, for ever.

    Raises BadText, BadPhone, BadEmail, BadQQ, BadWeChat, BadChoice, BadAmount; StaleButton for a hidden field.
    """
    if len(answer) > LONGEST:
        raise BadText
    own = fields.called(session, name)
    value = fields.read(own, answer) if own else FIELDS[name].read(answer, shop)
    former = session.get(Answer, (member_id, name))
    if former and former.value == value and former.source == PROVEN:  # saying it again takes no proof away
        source = PROVEN
    fresh = former is None or former.value != value
    session.merge(Answer(member_id=member_id, field=name, value=value, told_at=now, source=source))
    _note(session, member_id, name, value, source, now, fresh=fresh)
    if name == "name":
        session.get_one(Member, member_id).name = value
        tell(session, "member", member_id)
    session.flush()
    if name == EMAIL and fresh:
        email.told(session, member_id, shop, now=now)
    earns = own.points if own else shop.rules.points.field
    key, why = f"field:{member_id}:{name}", own.label if own else None
    earned = earnings.earn(session, member_id, earns, f"field:{name}", shop, key=key, now=now, reason=why)
    return value, earned.points


def tell_birthday(
    session: Session, member_id: int, when: YearlyDate, shop: Shop, *, now: datetime, source: str = "member"
) -> occasions.Kept:
    """Keep a birthday that was confirmed. Raises BirthdayFixed."""
    former = occasions.birthday(session, member_id)
    kept = occasions.keep_birthday(session, member_id, when, shop, now=now)
    year = f"{when.year}-" if when.year else ""
    value = f"{when.calendar}{' leap' if when.leap else ''} {year}{when.month:02}-{when.day:02}"
    _note(session, member_id, "birthday", value, source, now, fresh=former != when)
    return kept


def tell_family(session: Session, member_id: int, shop: Shop, *, now: datetime) -> int:
    """Note that a member told of a relative. Returns what that earned: only the first one does."""
    _note(session, member_id, "family", "", "member", now, fresh=False)
    earns, key = shop.rules.points.field, f"field:{member_id}:family"
    return earnings.earn(session, member_id, earns, "field:family", shop, key=key, now=now).points


def clear(session: Session, member_id: int, name: str, *, now: datetime, source: str = "member") -> None:
    """Forget a field, former answers too; that it was told, and is not asked for again, stays in its history."""
    if answer := session.get(Answer, (member_id, name)):
        session.delete(answer)
        told = (ANSWER_CHANGES.c.member_id == member_id, ANSWER_CHANGES.c.field == name)
        session.connection().execute(update(ANSWER_CHANGES).where(*told).values(value=None))
        session.add(AnswerChange(member_id=member_id, field=name, value=None, changed_at=now, source=source))
    if name == EMAIL:
        email.cleared(session, member_id)
    if name == "name":  # the next word brings back the one that the platform tells
        session.get_one(Member, member_id).name = None
        tell(session, "member", member_id)


def _relatives(member_id: int) -> SelectOfScalar[int]:
    return select(func.count()).where(Occasion.member_id == member_id, Occasion.relation != "self")


def _earned(session: Session, member_id: int) -> set[str]:
    """The fields that brought their points already."""
    paid = select(Lot.key).where(Lot.member_id == member_id, col(Lot.key).startswith("field:"))
    return {key.rpartition(":")[2] for key in session.exec(paid)}


def _note(session: Session, member_id: int, name: str, value: str, source: str, now: datetime, *, fresh: bool) -> None:
    """Enter what is new into a field's history, and call its questions answered."""
    if fresh:
        session.add(AnswerChange(member_id=member_id, field=name, value=value, changed_at=now, source=source))
    asked = (QUESTIONS.c.member_id == member_id, QUESTIONS.c.field == name)
    settled = QUESTIONS.c.outcome.in_(("open", "lapsed", "skipped"))
    session.connection().execute(update(QUESTIONS).where(*asked, settled).values(outcome="answered"))
