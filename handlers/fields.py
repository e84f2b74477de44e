"""The shop's own fields, for its managers: the list, one field with what may be changed, and a new one step by step."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import InlineKeyboardMarkup, Message
from sqlmodel import Session

from bot.club import fields
from bot.club.fields import MOST, READERS, Own, PickOne
from bot.club.members import Person, Role
from bot.club.rules import Shop
from bot.i18n import N_, _
from bot.speech import fill
from bot.speech.buttons import Written, rows, tap
from bot.speech.fields import ASKS, described, options, summary
from db.engine import Database
from handlers.commands import button, command
from handlers.forms import Asking, Form, Step, begin, enter
from handlers.lines import row_id

CHANGES = ("label", "reason", "points")


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
    new = [tap(_("New field"), "freshfield")] if len(own) < MOST else []
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


def _changes(own: Own) -> InlineKeyboardMarkup:
    switch = tap(_("Show"), "hidefield", own.id, 0) if own.hidden else tap(_("Hide"), "hidefield", own.id, 1)
    labels = {"label": _("Rename"), "reason": _("Change the reason"), "points": _("Change the points")}
    changes = [tap(text, "changefield", own.id, what) for what, text in labels.items()]
    return rows([switch, changes[0]], changes[1:], tap(_("All fields"), "go", "fields"))


def _step(name: str, wanted: Callable[[dict[str, Any]], bool] = lambda _facts: True) -> Step:
    """A step about a field, its answers on buttons or read by the club."""

    def read(session: Session, asking: Asking, words: str) -> Any:
        if words in options(name):
            return int(words) if name == "points" else words
        if name not in READERS:
            raise PickOne(options=_(", ").join(options(name).values()))
        value = READERS[name](words)
        if name == "label":
            fields.free(session, value, but=asking.facts.get("field"))
        return value

    return Step(name, ASKS[name], read, lambda _session, _asking: options(name), wanted)


def _is_changed(name: str, facts: dict[str, Any]) -> bool:
    return bool(facts["what"] == name)


def _make(session: Session, asking: Asking) -> Own:
    return fields.make(session, asking.person.member_id, **({"choices": []} | asking.facts), now=asking.now)


def _made(own: Own, _shop: Shop, _now: datetime) -> Written:
    text = fill(_("Done: “{label}” stands in every member's /profile now."), label=own.label)
    return text, rows(tap(_("All fields"), "go", "fields"))


def _change(session: Session, asking: Asking) -> Own:
    field, what = asking.facts["field"], asking.facts["what"]
    return fields.change(session, asking.person.member_id, field, what, asking.facts[what], now=asking.now)


NEW = enter(
    Form(
        "newfield",
        N_("A new field"),
        Role.MANAGER,
        (
            _step("label"),
            _step("kind"),
            _step("choices", lambda facts: facts.get("kind") == "choice"),
            _step("depth"),
            _step("reason"),
            _step("points"),
        ),
        _make,
        _made,
        summary=lambda asking, _seen: summary(asking.facts),
    )
)
CHANGE = enter(
    Form(
        "newvalue",
        N_("Change “{called}”"),
        Role.MANAGER,
        tuple(_step(name, partial(_is_changed, name)) for name in CHANGES),
        _change,
        lambda own, _shop, _now: (described(own), _changes(own)),
    )
)


@button("freshfield", who=Role.MANAGER)
async def new(
    message: Message, person: Person, database: Database, shop: Shop, key: str, now: datetime
) -> TelegramMethod[Any]:
    """Begin a new field."""
    await database.read(fields.may_make)
    text, buttons = await begin(NEW, person, database, shop, key=key, now=now)
    return message.answer(text, reply_markup=buttons)


@button("changefield", who=Role.MANAGER)
async def ask_change(
    message: Message, about: str, person: Person, database: Database, shop: Shop, key: str, now: datetime
) -> TelegramMethod[Any]:
    """Ask for a field's new label, reason or points; the next text is the answer."""
    number, _sep, what = about.partition(":")
    if what not in CHANGES:
        raise ValueError(about)
    own = await database.read(fields.find, row_id(number))
    about_it = {"field": own.id, "what": what, "called": own.label}
    text, buttons = await begin(CHANGE, person, database, shop, key=key, now=now, **about_it)
    return message.answer(text, reply_markup=buttons)
