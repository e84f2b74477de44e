"""What a member tells: the profile, a field by conversation, the birthday with a confirmation."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import InlineKeyboardMarkup, Message
from sqlmodel import Session

from bot.club import conversations, occasions, profile
from bot.club.calendar import YearlyDate
from bot.club.errors import StaleButton
from bot.club.members import Person, Role
from bot.club.profile import Known
from bot.club.rules import Shop
from bot.i18n import N_, _
from bot.speech import Html, fill, yearly
from bot.speech.buttons import pairs, rows, tap
from bot.speech.profile import depths, field_name, question
from db.engine import Database
from handlers.commands import answer, button, command
from handlers.dates import choices, is_yes, read

SHORT = 14  # characters of a value on a button; a phone number fits


@command("profile", "资料", "資料", "个人资料", "個人資料", who=Role.MEMBER, help=N_("what the shop knows about you"))
async def show(message: Message, person: Person, database: Database, shop: Shop) -> TelegramMethod[Any]:
    """Show what is known and what is missing, with what telling it earns."""
    fields = await database.read(profile.known, person.member_id, shop)
    return message.answer(_shown(person, fields), reply_markup=_buttons(fields))


@button("tell", who=Role.MEMBER)
async def ask(
    message: Message, about: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Ask for one field; the next text is the answer."""
    if about not in profile.FIELDS:
        raise ValueError(about)
    fields = await database.write(_ask, person, about, shop, now=now)
    known = next(field for field in fields if field.name == about)
    text = question(about)
    if known.earns:
        text = Html(text + "\n" + fill(_("It earns {points} points."), points=known.earns))
    buttons = [tap(_("Cancel"), "untell")]
    if known.value and about != "birthday":
        buttons.insert(0, tap(_("Clear"), "clear", about))
    return message.answer(text, reply_markup=rows(buttons))


def _ask(session: Session, person: Person, name: str, shop: Shop, *, now: datetime) -> list[Known]:
    asked = "birthday" if name == "birthday" else "field"
    if name == "birthday":
        occasions.may_tell(session, person.member_id)
    conversations.ask(session, person.account_id, asked, now=now, field=name)
    return profile.known(session, person.member_id, shop)


@button("untell", who=Role.MEMBER)
async def leave(message: Message, person: Person, database: Database) -> TelegramMethod[Any]:
    """Drop the question."""
    await database.write(conversations.close, person.account_id)
    return message.edit_text(_("All right, dropped. Nothing was changed."))


@button("clear", who=Role.MEMBER)
async def clear(message: Message, about: str, person: Person, database: Database) -> TelegramMethod[Any]:
    """Forget a field."""
    if about not in profile.FIELDS or about == "birthday":
        raise ValueError(about)
    await database.write(_clear, person, about)
    return message.edit_text(fill(_("{field}: forgotten."), field=field_name(about)))


def _clear(session: Session, person: Person, name: str) -> None:
    profile.clear(session, person.member_id, name)
    conversations.close(session, person.account_id)


@answer("field", who=Role.MEMBER)
async def told(
    message: Message, words: str, facts: dict[str, Any], person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Take an answer in words. A wrong one leaves the question open."""
    value, earned = await database.write(_tell, person, facts["field"], words, shop, now=now)
    text = fill(_("Noted. {field}: {value}"), field=field_name(facts["field"]), value=value)
    return message.answer(_with_thanks(text, earned), reply_markup=rows(tap(_("About me"), "go", "profile")))


def _tell(session: Session, person: Person, name: str, words: str, shop: Shop, *, now: datetime) -> tuple[str, int]:
    done = profile.tell_field(session, person.member_id, name, words, shop, now=now)
    conversations.close(session, person.account_id)
    return done


@answer("birthday", who=Role.MEMBER)
async def birthday(
    message: Message, words: str, facts: dict[str, Any], person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Say back what was understood, to be confirmed. Where it could mean two days, both are offered."""
    if len(facts.get("readings", ())) == 1 and is_yes(words):
        kept = await database.write(_keep, person, 0, shop, now=now)
        return message.answer(_noted(kept), reply_markup=rows(tap(_("About me"), "go", "profile")))
    readings = read(words, shop, now)
    await database.write(_understood, person, readings, now=now)
    if len(readings) > 1:
        text = _("Which one do you mean?")
    else:
        coming = occasions.coming(readings[0], shop, now=now)
        text = fill(
            _("Your birthday is {day}. It comes next on {next}. Is that right?"), day=yearly(readings[0]), next=coming
        )
    return message.answer(
        text,
        reply_markup=rows(
            *choices(readings, "birthday"),
            [tap(_("No, let me try again"), "tell", "birthday"), tap(_("Cancel"), "untell")],
        ),
    )


def _understood(session: Session, person: Person, readings: tuple[YearlyDate, ...], *, now: datetime) -> None:
    conversations.ask(session, person.account_id, "birthday", now=now, readings=[asdict(when) for when in readings])


@button("birthday", who=Role.MEMBER)
async def confirm(
    message: Message, about: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Keep the birthday that was confirmed, and say what it brings."""
    kept = await database.write(_keep, person, int(about), shop, now=now)
    return message.edit_text(_noted(kept), reply_markup=rows(tap(_("About me"), "go", "profile")))


def _noted(kept: occasions.Kept) -> Html:
    text = fill(_("Noted: your birthday is {day}, next on {next}."), day=yearly(kept.when), next=kept.next_on)
    if not kept.with_coupon:
        text = Html(text + "\n" + _("This year I'll send my good wishes; the birthday coupon comes from next year on."))
    return _with_thanks(text, kept.earned)


def _keep(session: Session, person: Person, reading: int, shop: Shop, *, now: datetime) -> occasions.Kept:
    asked = conversations.asked(session, person.account_id)
    readings = asked[1].get("readings", []) if asked and asked[0] == "birthday" else []
    if not 0 <= reading < len(readings):
        raise StaleButton
    conversations.close(session, person.account_id)
    return occasions.keep_birthday(session, person.member_id, YearlyDate(**readings[reading]), shop, now=now)


def _with_thanks(text: Html, earned: int) -> Html:
    return Html(text + "\n" + fill(_("Thank you! +{points} points."), points=earned)) if earned else text


def _shown(person: Person, fields: list[Known]) -> Html:
    parts = [fill(_("<b>About you</b> ({number})"), number=person.number)]
    for depth, title in depths().items():
        lines = [_line(field) for field in fields if field.depth == depth]
        parts.append(Html("\n".join([f"\n{title}", *lines])))
    parts.append(Html("\n" + _("Tap what you would like to tell or change. All of it is up to you.")))
    return Html("\n".join(parts))


def _line(field: Known) -> Html:
    if field.value is None and field.earns:
        return fill(_("· {field}: – (+{points})"), field=field_name(field.name), points=field.earns)
    return fill(_("· {field}: {value}"), field=field_name(field.name), value=_value(field))


def _buttons(fields: list[Known]) -> InlineKeyboardMarkup:
    return rows(*pairs([tap(_label(field), "tell", field.name) for field in fields]))


def _label(field: Known) -> str:
    """A field's name; once it is told, with a mark and the beginning of the value."""
    if not field.value:
        return field_name(field.name)
    value = _value(field)
    return f"✓ {field_name(field.name)}: {value if len(value) <= SHORT else value[: SHORT - 1] + '…'}"


def _value(field: Known) -> str:
    return yearly(field.value) if isinstance(field.value, YearlyDate) else field.value or "–"
