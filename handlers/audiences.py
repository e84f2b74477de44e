"""Audiences under a name, for the managers; and how a form asks for an audience of whoever will not type."""

from datetime import datetime
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import Message
from sqlmodel import Session

from bot.club import audiences, named_audiences
from bot.club.audiences import EVERYBODY
from bot.club.errors import BadLine
from bot.club.members import Person, Role
from bot.club.rules import Shop
from bot.i18n import N_, _
from bot.speech import fill, fitting
from bot.speech.buttons import rows, tap
from bot.speech.notes import seed_of
from db.engine import Database
from handlers.commands import button, command
from handlers.forms import Asking
from handlers.lines import first_words

FORM = N_("/audience fans grade:vip tag:tea")
REMOVE = ("remove", "删除", "刪除")
NAMED = 6  # names among the options of a form
ONLY = "-"  # no more than what was chosen first
ALSO = N_("All of them, or only those who are this too?")
# What owners ask for most, on buttons.
CLASSES = {
    "grade:vip,svip": N_("VIPs"),
    "grade:regular": N_("Regulars"),
    "grade:new": N_("Not regulars yet"),
    "joined:<30d": N_("Joined lately"),
    "birthday:this-month": N_("Birthday this month"),
    "coupon:yes": N_("Have a coupon"),
    "checkin:>30d": N_("Not here for a month"),
}


@command("audience", "人群", who=Role.MANAGER, help=N_("audiences under a name: /audience NAME AUDIENCE"))
async def manage(
    message: Message, words: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Give an audience a name, take one away, or list them."""
    name, query = first_words(words)
    if name.lower() in REMOVE:
        gone = await database.write(named_audiences.remove, person, query, now=now)
        return message.answer(fill(_("“{name}” is no audience any more."), name=gone))
    if name and not query:
        raise BadLine(form=FORM)
    if name:
        audience = audiences.read(query, shop, now=now, called=seed_of)
        await database.write(named_audiences.keep, person, name, audience.text, now=now)
        many = await database.read(audiences.count, audience)
        text = _("“{name}” means {query}: {agreed} members now. The name works wherever an audience is asked for.")
        return message.answer(fill(text, name=name, query=audience.text, agreed=many.agreed))
    found = await database.read(_listed, shop, now)
    lines = [fill(_("{name}: {query} ({count})"), name=each, query=query, count=many) for each, query, many in found]
    text = fitting([_("<b>Audiences</b>"), *(lines or [fill(_("None yet. The first one: {form}"), form=_(FORM))])])
    buttons = [tap(_("Remove {name}").format(name=each), "unaudience", each) for each, _query, _many in found]
    return message.answer(text, reply_markup=rows(*buttons) if buttons else None)


@button("unaudience", who=Role.MANAGER)
async def remove(
    message: Message, about: str, person: Person, database: Database, now: datetime
) -> TelegramMethod[Any]:
    """Take an audience's name away."""
    gone = await database.write(named_audiences.remove, person, about, now=now)
    return message.edit_text(fill(_("“{name}” is no audience any more."), name=gone))


def first(session: Session, asking: Asking) -> dict[str, str]:
    """The options for whom something is: everybody, names, and what owners ask for most, each with its number."""
    named = [name for name, _query in named_audiences.listed(session)][:NAMED]
    labels = {EVERYBODY[0]: _("Everybody")} | {name: name for name in named}
    return _counted(session, asking, labels | {query: _(label) for query, label in CLASSES.items()})


def also(step: str, session: Session, asking: Asking) -> dict[str, str]:
    """The options for who of those that a `step` chose it is: all, or those of another class too, with their number."""
    chosen = asking.facts[step]
    labels = {joined(chosen, query): _(label) for query, label in CLASSES.items() if query != chosen}
    found = _counted(session, asking, labels)
    few = {query: found[joined(chosen, query)] for query in CLASSES if joined(chosen, query) in found}
    return {ONLY: _("All of them")} | few


def is_class(step: str, facts: dict[str, Any]) -> bool:
    """Whether a `step` chose a class, which another may narrow."""
    return facts.get(step) in CLASSES


def joined(chosen: str, more: str) -> str:
    """The audience of those who are in both."""
    return chosen if more == ONLY else f"{chosen} {more}"


def _counted(session: Session, asking: Asking, labels: dict[str, str]) -> dict[str, str]:
    """Labels with the number of members behind each; those that mean nobody are left out."""
    read = [audiences.read(query, asking.shop, now=asking.now, called=seed_of) for query in labels]
    many = audiences.sizes(session, read)
    return {query: f"{label} ({size:,})" for (query, label), size in zip(labels.items(), many, strict=True) if size}


def _listed(session: Session, shop: Shop, now: datetime) -> list[tuple[str, str, int]]:
    found = named_audiences.listed(session)
    many = audiences.sizes(session, [audiences.read(name, shop, now=now, called=seed_of) for name, _query in found])
    return [(name, query, size) for (name, query), size in zip(found, many, strict=True)]
