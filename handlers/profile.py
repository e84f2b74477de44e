"""What a member tells: the profile, a field by conversation, a date said back, the birthday with a confirmation."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, Message
from sqlmodel import Session

from bot.club import conversations, fields, occasions, profile, proofs, questions
from bot.club.calendar import YearlyDate
from bot.club.errors import ClubError, StaleButton
from bot.club.fields import BadDay, FieldHidden, Own
from bot.club.members import Person, Role
from bot.club.profile import Known
from bot.club.rules import Shop
from bot.i18n import N_, _
from bot.speech import Html, fill, fitting, yearly
from bot.speech.buttons import pairs, rows, tap
from bot.speech.profile import before_question, choices, depths, field_name, label, question, value, with_thanks
from db.engine import Database
from handlers.commands import answer, button, command
from handlers.dates import choices as day_choices
from handlers.dates import is_yes, read

SHORT = 14  # characters of a value on a button; a phone number fits


@command(
    "profile",
    "资料",
    "資料",
    "个人资料",
    "個人資料",
    "我的资料",
    "我的資料",
    who=Role.MEMBER,
    help=N_("what the shop knows about you"),
)
async def show(message: Message, person: Person, database: Database, shop: Shop) -> TelegramMethod[Any]:
    """Show what is known and what is missing, with what telling it earns."""
    known, silent = await database.read(_page, person, shop)
    return message.answer(_shown(person, known), reply_markup=_buttons(known, silent))


@button("askme", who=Role.MEMBER)
async def ask_again(message: Message, person: Person, database: Database, shop: Shop) -> TelegramMethod[Any]:
    """Let the club ask again, for a member who had wished for no more questions."""
    await database.write(questions.welcome, person.member_id)
    known, silent = await database.read(_page, person, shop)
    text = Html(_("With pleasure: I may ask you something now and then again.") + "\n\n" + _shown(person, known))
    return message.edit_text(text, reply_markup=_buttons(known, silent))


def _page(session: Session, person: Person, shop: Shop) -> tuple[list[Known], bool]:
    return profile.known(session, person.member_id, shop), questions.silent(session, person.member_id)


@button("tell", who=Role.MEMBER)
async def ask(
    message: Message, about: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Ask for one field; the next text is the answer."""
    known = await database.write(_ask, person, about, shop, now=now)
    buttons = [tap(_("Cancel"), "untell")]
    if known.value and about != "birthday":
        buttons.insert(0, tap(_("Clear"), "clear", about))
    return message.answer(question(about, known.own, known.earns), reply_markup=rows(*choices(known.own), buttons))


def _ask(session: Session, person: Person, name: str, shop: Shop, *, now: datetime) -> Known:
    if not profile.exists(session, name) or name == "family":
        raise ValueError(name)
    if name == "birthday":
        occasions.may_tell(session, person.member_id)
    known = next(field for field in profile.known(session, person.member_id, shop) if field.name == name)
    conversations.ask(session, person.account_id, "field", now=now, field=name, kind=profile.kind(name, known.own))
    return known


@button("untell", who=Role.MEMBER)
async def leave(message: Message, person: Person, database: Database) -> TelegramMethod[Any]:
    """Drop the question."""
    await database.write(conversations.close, person.account_id)
    return message.edit_text(_("All right, dropped. Nothing was changed."))


@button("clear", who=Role.MEMBER)
async def clear(message: Message, about: str, person: Person, database: Database, now: datetime) -> TelegramMethod[Any]:
    """Forget a field."""
    own = await database.write(_clear, person, about, now=now)
    return message.edit_text(fill(_("{field}: forgotten."), field=own.label if own else field_name(about)))


def _clear(session: Session, person: Person, name: str, *, now: datetime) -> Own | None:
    if not profile.exists(session, name) or name in ("birthday", "family"):
        raise ValueError(name)
    profile.clear(session, person.member_id, name, now=now)
    conversations.close(session, person.account_id)
    return fields.called(session, name)


@answer("field", who=Role.MEMBER)
async def told(
    message: Message, words: str, facts: dict[str, Any], person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Take an answer. A wrong one leaves the question open."""
    return await take(message, words, facts, person, database, shop, now)


@answer("date", who=Role.MEMBER)
async def date_told(
    message: Message, words: str, facts: dict[str, Any], person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Take a yes to the date that was said back, or another date."""
    if len(facts.get("readings", ())) == 1 and is_yes(words):
        noted = await database.write(_keep, person, 0, shop, now=now)
        return message.answer(_noted(noted), reply_markup=_about_me())
    return await take(message, words, facts, person, database, shop, now)


@button("date", who=Role.MEMBER)
async def confirm(
    message: Message, about: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Keep the date that was confirmed, and say what it brings."""
    noted = await database.write(_keep, person, int(about), shop, now=now)
    return message.edit_text(_noted(noted), reply_markup=_about_me())


@button("pick", who=Role.MEMBER)
async def pick(
    message: Message, about: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Take the choice that was tapped."""
    name, _sep, number = about.partition(":")
    noted = await database.write(_pick, person, name, int(number), shop, now=now)
    return message.edit_text(Html(before_question(message) + _noted(noted)), reply_markup=_about_me())


async def take(
    message: Message, words: str, facts: dict[str, Any], person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Take a text as the answer about a field. A date that could mean two days is asked back, a birthday said back."""
    name, kind = facts["field"], facts.get("kind")
    if kind != "date":
        return await _note(message, name, words, person, database, shop, now)
    readings = read(words, shop, now) if name == "birthday" else _solar(words, shop, now)
    if name != "birthday" and len(readings) == 1:
        return await _note(message, name, fields.written(readings[0]), person, database, shop, now)
    await database.write(_understood, person, name, readings, now=now)
    text = _("Which one do you mean?")
    if len(readings) == 1:
        coming = occasions.coming(readings[0], shop, now=now)
        text = fill(
            _("Your birthday is {day}. It comes next on {next}. Is that right?"), day=yearly(readings[0]), next=coming
        )
    again = [tap(_("No, let me try again"), "tell", name), tap(_("Cancel"), "untell")]
    return message.answer(text, reply_markup=rows(*day_choices(readings, "date"), again))


async def _note(
    message: Message, name: str, words: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Keep an answer and say so. Where the shop hid the field meanwhile, the question is over."""
    try:
        noted = await database.write(_tell, person, name, words, shop, now=now)
    except StaleButton:
        await database.write(conversations.close, person.account_id)
        raise FieldHidden from None
    return message.answer(_noted(noted), reply_markup=_about_me())


def _solar(words: str, shop: Shop, now: datetime) -> tuple[YearlyDate, ...]:
    """What a text may mean as a date that is no birthday."""
    try:
        readings = read(words, shop, now)
    except ClubError:
        raise BadDay from None
    if solar := tuple(when for when in readings if when.calendar == "solar"):
        return solar
    raise BadDay


def _understood(
    session: Session, person: Person, name: str, readings: tuple[YearlyDate, ...], *, now: datetime
) -> None:
    meant = [asdict(when) for when in readings]
    conversations.ask(session, person.account_id, "date", now=now, field=name, kind="date", readings=meant)


@dataclass(frozen=True, slots=True)
class Noted:
    """An answer that was kept: the field, what was understood, what it earned; `provable` may bring more."""

    field: Known
    earned: int
    provable: bool = False


def _tell(session: Session, person: Person, name: str, words: str, shop: Shop, *, now: datetime) -> Noted:
    _value, earned = profile.tell_field(session, person.member_id, name, words, shop, now=now)
    asked = conversations.asked(session, person.account_id)
    if asked and asked[1].get("field") == name:
        conversations.close(session, person.account_id)
    fields_now = profile.known(session, person.member_id, shop)
    provable = name == "phone" and proofs.wanted(session)
    return Noted(next(field for field in fields_now if field.name == name), earned, provable)


def _pick(session: Session, person: Person, name: str, number: int, shop: Shop, *, now: datetime) -> Noted:
    own = fields.called(session, name)
    if own is None or own.kind != "choice" or not 0 <= number < len(own.choices):
        raise StaleButton
    return _tell(session, person, name, own.choices[number], shop, now=now)


def _keep(session: Session, person: Person, reading: int, shop: Shop, *, now: datetime) -> Noted | occasions.Kept:
    asked = conversations.asked(session, person.account_id)
    readings = asked[1].get("readings", []) if asked and asked[0] == "date" else []
    if asked is None or not 0 <= reading < len(readings):
        raise StaleButton
    when = YearlyDate(**readings[reading])
    if asked[1]["field"] != "birthday":
        return _tell(session, person, asked[1]["field"], fields.written(when), shop, now=now)
    conversations.close(session, person.account_id)
    return profile.tell_birthday(session, person.member_id, when, shop, now=now)


def _noted(noted: Noted | occasions.Kept) -> Html:
    if isinstance(noted, Noted):
        text = fill(_("Noted. {field}: {value}"), field=label(noted.field), value=value(noted.field))
        if noted.provable:  # said to everybody, or a stranger would learn who is on a list
            text = Html(text + "\n" + _("Does the shop know you from before? /phone brings over what it kept."))
        return with_thanks(text, noted.earned)
    text = fill(_("Noted: your birthday is {day}, next on {next}."), day=yearly(noted.when), next=noted.next_on)
    if not noted.with_coupon:
        text = Html(text + "\n" + _("This year I'll send my good wishes; the birthday coupon comes from next year on."))
    return with_thanks(text, noted.earned)


def _shown(person: Person, known: list[Known]) -> Html:
    parts = [fill(_("<b>About you</b> ({number})"), number=person.number)]
    for depth, title in depths().items():
        parts += [Html(f"\n{title}"), *(_line(field) for field in known if field.depth == depth)]
    return fitting(parts, last="\n" + _("Tap what you would like to tell or change. All of it is up to you."))


def _line(field: Known) -> Html:
    if field.value is None and field.earns:
        return fill(_("· {field}: not told yet (+{points} points)"), field=label(field), points=field.earns)
    if field.value is None:
        return fill(_("· {field}: not told"), field=label(field))
    return fill(_("· {field}: {value}"), field=label(field), value=value(field))


def _buttons(known: list[Known], silent: bool) -> InlineKeyboardMarkup:
    more = [[tap(_("You may ask me questions again"), "askme")]] if silent else []
    return rows(*pairs([_button(field) for field in known]), *more)


def _button(field: Known) -> InlineKeyboardButton:
    if field.name == "family":
        return tap(_label(field), "go", "family")
    return tap(_label(field), "tell", field.name)


def _label(field: Known) -> str:
    """A field's name; once it is told, with a mark and the beginning of the value."""
    if not field.value:
        return label(field)
    told = value(field)
    short = told if len(told) <= SHORT else told[: SHORT - 1] + "…"
    return _("✓ {field}: {value}").format(field=label(field), value=short)


def _about_me() -> InlineKeyboardMarkup:
    return rows(tap(_("About me"), "go", "profile"))
