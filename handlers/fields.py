"""The shop's own fields, for its managers: the list, one field with what may be changed, and a new one step by step."""

from datetime import datetime
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import InlineKeyboardMarkup, Message
from sqlmodel import Session

from bot.club import conversations, fields
from bot.club.errors import StaleButton
from bot.club.fields import MOST, READERS, Own, PickOne
from bot.club.members import Person, Role
from bot.i18n import N_, _
from bot.speech import Html, fill
from bot.speech.buttons import rows, tap
from bot.speech.fields import described, options, step, summary
from db.engine import Database
from handlers.commands import answer, button, command
from handlers.lines import row_id

STEPS = ("label", "kind", "choices", "depth", "reason", "points")
CHANGES = ("label", "reason", "points")
NEW, CHANGE = "new field", "change field"  # what is asked


@command("fields", "栏目", "欄位", who=Role.MANAGER, help=N_("the shop's own profile fields: list, make, change"))
async def listed(message: Message, database: Database) -> TelegramMethod[Any]:
    """List the shop's own fields, each a button."""
    own = await database.read(fields.listed)
    text = (
        _("What you ask your members beside the usual. Tap one to change it.")
        if own
        else _("You can ask your members something of your own, such as their favourite tea, and give points for it.")
    )
    buttons = [tap(("– " if each.hidden else "") + each.label, "ownfield", each.id) for each in own]
    new = [tap(_("New field"), "newfield")] if len(own) < MOST else []
    return message.answer(text, reply_markup=rows(*buttons, *new))


@button("ownfield", who=Role.MANAGER)
async def one(message: Message, about: str, database: Database) -> TelegramMethod[Any]:
    """Show one field, with what may be changed."""
    own = await database.read(fields.find, row_id(about))
    return message.answer(described(own), reply_markup=_changes(own))


@button("hidefield", who=Role.MANAGER)
async def hide(message: Message, about: str, person: Person, database: Database, now: datetime) -> TelegramMethod[Any]:
    """Hide a field, or show it again. What members told stays."""
    number, _sep, hidden = about.partition(":")
    if hidden not in ("0", "1"):
        raise ValueError(about)
    act = (person.member_id, row_id(number), "hidden", hidden == "1")
    own = await database.write(fields.change, *act, now=now)
    return message.edit_text(described(own), reply_markup=_changes(own))


@button("changefield", who=Role.MANAGER)
async def ask_change(
    message: Message, about: str, person: Person, database: Database, now: datetime
) -> TelegramMethod[Any]:
    """Ask for a field's new label, reason or points; the next text is the answer."""
    number, _sep, what = about.partition(":")
    if what not in CHANGES:
        raise ValueError(about)
    own = await database.write(_ask_change, person, row_id(number), what, now=now)
    asks, buttons = step(what)
    return message.answer(
        fill("<b>{label}</b>\n{asks}", label=own.label, asks=asks),
        reply_markup=rows(*buttons, tap(_("Cancel"), "untell")),
    )


def _ask_change(session: Session, person: Person, field_id: int, what: str, *, now: datetime) -> Own:
    own = fields.find(session, field_id)
    conversations.ask(session, person.account_id, CHANGE, now=now, id=field_id, what=what)
    return own


@answer(CHANGE, who=Role.MANAGER)
async def changed(
    message: Message, words: str, facts: dict[str, Any], person: Person, database: Database, now: datetime
) -> TelegramMethod[Any]:
    """Take what a field shall be from now on."""
    own = await database.write(_change, person, _read(facts["what"], words), now=now)
    return message.answer(described(own), reply_markup=_changes(own))


def _change(session: Session, person: Person, value: Any, *, now: datetime) -> Own:
    asked = conversations.asked(session, person.account_id)
    if asked is None or asked[0] != CHANGE:
        raise StaleButton
    conversations.close(session, person.account_id)
    return fields.change(session, person.member_id, asked[1]["id"], asked[1]["what"], value, now=now)


@button("newfield", who=Role.MANAGER)
async def new(message: Message, about: str, person: Person, database: Database, now: datetime) -> TelegramMethod[Any]:
    """Begin a new field, or take what a button answers to a step of it or of a change."""
    if not about:
        await database.write(_begin, person, now=now)
        return _asking(message.answer, {})
    name, _sep, code = about.partition(":")
    if code not in options(name):
        raise ValueError(about)
    done = await database.write(_step, person, name, _coded(name, code), now=now)
    if isinstance(done, Own):
        return message.edit_text(described(done), reply_markup=_changes(done))
    return _asking(message.edit_text, done)


@answer(NEW, who=Role.MANAGER)
async def next_step(
    message: Message, words: str, facts: dict[str, Any], person: Person, database: Database, now: datetime
) -> TelegramMethod[Any]:
    """Take a text as the answer to the step that is open."""
    name = _open_step(facts)
    if name is None:
        return _asking(message.answer, facts)
    done = await database.write(_step, person, name, _read(name, words), now=now)
    assert isinstance(done, dict)
    return _asking(message.answer, done)


@button("makefield", who=Role.MANAGER)
async def make(message: Message, person: Person, database: Database, now: datetime) -> TelegramMethod[Any]:
    """Make the field that was laid down."""
    own = await database.write(_make, person, now=now)
    text = fill(_("Done: “{label}” stands in every member's /profile now."), label=own.label)
    return message.edit_text(text, reply_markup=rows(tap(_("All fields"), "go", "fields")))


def _begin(session: Session, person: Person, *, now: datetime) -> None:
    fields.may_make(session)
    conversations.ask(session, person.account_id, NEW, now=now)


def _step(session: Session, person: Person, name: str, value: Any, *, now: datetime) -> dict[str, Any] | Own:
    """Keep the answer to a step. Returns all that is laid down, or the field where one was to be changed."""
    asked = conversations.asked(session, person.account_id)
    if asked and asked[0] == CHANGE and asked[1]["what"] == name:
        return _change(session, person, value, now=now)
    if asked is None or asked[0] != NEW or _open_step(asked[1]) != name:
        raise StaleButton
    if name == "label":
        fields.free(session, value)
    facts = asked[1] | {name: value}
    conversations.ask(session, person.account_id, NEW, now=now, **facts)
    return facts


def _make(session: Session, person: Person, *, now: datetime) -> Own:
    asked = conversations.asked(session, person.account_id)
    if asked is None or asked[0] != NEW or _open_step(asked[1]):
        raise StaleButton
    conversations.close(session, person.account_id)
    return fields.make(session, person.member_id, **({"choices": []} | asked[1]), now=now)


def _open_step(facts: dict[str, Any]) -> str | None:
    """The first step that is not answered; only a choice has choices."""
    steps = (name for name in STEPS if name != "choices" or facts.get("kind") == "choice")
    return next((name for name in steps if name not in facts), None)


def _read(name: str, words: str) -> Any:
    """What a text answers to a step: the words of one of its buttons, or what its reader makes of it."""
    known = {text.casefold(): code for code, text in options(name).items()}
    if (code := known.get(words.strip().casefold())) is not None:
        return _coded(name, code)
    if name not in READERS:
        raise PickOne(options=_(", ").join(options(name).values()))
    return READERS[name](words)


def _coded(name: str, code: str) -> Any:
    return int(code) if name == "points" else code


def _asking(say: Any, facts: dict[str, Any]) -> TelegramMethod[Any]:
    """The next step, or all of it to be confirmed."""
    name = _open_step(facts)
    cancel = tap(_("Cancel"), "untell")
    said: TelegramMethod[Any]
    if name is None:
        text = Html(_("Is that right?") + "\n\n" + summary(facts))
        said = say(text, reply_markup=rows([tap(_("Confirm"), "makefield"), cancel]))
    else:
        asks, buttons = step(name)
        said = say(asks, reply_markup=rows(*buttons, cancel))
    return said


def _changes(own: Own) -> InlineKeyboardMarkup:
    switch = tap(_("Show"), "hidefield", own.id, 0) if own.hidden else tap(_("Hide"), "hidefield", own.id, 1)
    labels = {"label": _("Rename"), "reason": _("Change the reason"), "points": _("Change the points")}
    changes = [tap(text, "changefield", own.id, what) for what, text in labels.items()]
    return rows([switch, changes[0]], changes[1:], tap(_("All fields"), "go", "fields"))
