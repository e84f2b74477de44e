"""Guided forms: what a bare command asks step by step, with buttons, and does once it is confirmed.

A form is a table of steps beside its noun's one-line command. Each answer is read in an act and kept in the
conversation, so a crash leaves none half-open; a wrong answer leaves its question open; the last tap does it once.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zlib import crc32

from aiogram.methods import TelegramMethod
from aiogram.types import Message
from sqlmodel import Session

from bot.club import conversations
from bot.club.errors import BadWords, ClubError, StaleButton
from bot.club.members import Person, Role
from bot.club.rules import Shop
from bot.i18n import N_, _, speaking, spoken
from bot.speech import Html, fill
from bot.speech.buttons import Written, pairs, rows, tap
from db.engine import Database
from handlers.commands import answer, button
from handlers.dates import is_yes

LARGEST = 20 * 2**20  # bytes of a picture that the Bot API hands on
CONFIRM, BACK = "!", "<"  # what a tap may mean beside an answer


class BadPicture(ClubError):
    """An answer that should have been a picture, or one that is too large for the platform to hand on."""

    says = N_("Please send the picture as a photo of at most 20 MB.")


@dataclass(frozen=True, slots=True)
class Asking:
    """A form under way: who fills it in, the key of this answer, and what was answered so far, by step."""

    person: Person
    shop: Shop
    key: str
    now: datetime
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """A question of a form.

    `read` makes of a text what is kept (as JSON holds it), or raises the refusal that leaves the question open.
    `options` are answers on buttons: the text that a tap stands for, at most some 30 bytes, and the words on it.
    A step is asked only where it is `wanted`; the answer to a `photo` is the number under which the platform keeps it.
    """

    name: str
    asks: str
    read: Callable[[Session, Asking, str], Any]
    options: Callable[[Session, Asking], dict[str, str]] = lambda _session, _asking: {}
    wanted: Callable[[dict[str, Any]], bool] = lambda _facts: True
    photo: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """A guided form. Its name is the verb of its buttons and what its conversation asks.

    Once all is answered it shows the `summary` (with what it `sees` in the database at that moment) and waits for a
    yes; without one it is done at once. `act` does it, in one act with the end of the conversation, and `said` tells.
    """

    name: str
    title: str
    who: Role
    steps: tuple[Step, ...]
    act: Callable[[Session, Asking], Any]
    said: Callable[[Any, Shop, datetime], Written]
    summary: Callable[[Asking, Any], Html] | None = None
    sees: Callable[[Session, Asking], Any] = lambda _session, _asking: None


@dataclass(frozen=True, slots=True)
class Stands:
    """How a form stands after an answer: the open step with its options, or none and what the summary sees."""

    asking: Asking
    step: Step | None
    options: dict[str, str] = field(default_factory=dict)
    seen: Any = None


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a form."""

    result: Any


def enter(form: Form) -> Form:
    """Enter a form's buttons and answers into the tables, for whom it is."""

    async def tapped(
        message: Message, about: str, person: Person, database: Database, shop: Shop, key: str, now: datetime
    ) -> TelegramMethod[Any]:
        asking = Asking(person, shop, key, now)
        name, _sep, words = about.partition(":")
        stands: Stands | Done
        if name == CONFIRM:
            stands = await _act(database, _confirm, form, asking, words)
        elif name == BACK:
            stands = await _act(database, _back, form, asking)
        else:
            stands = await _act(database, _take, form, asking, words, name)
        text, buttons = _words(form, stands, shop, now)
        return message.edit_text(text, reply_markup=buttons)

    async def told(
        message: Message, words: str, person: Person, database: Database, shop: Shop, key: str, now: datetime
    ) -> TelegramMethod[Any]:
        asking = Asking(person, shop, key, now)
        said, act = (photo_of(message), _take_photo) if message.photo else (words, _take)
        stands = await _act(database, act, form, asking, said)
        text, buttons = _words(form, stands, shop, now)
        return message.answer(text, reply_markup=buttons)

    button(form.name, who=form.who)(tapped)
    answer(form.name, who=form.who, photos=any(step.photo for step in form.steps))(told)
    return form


async def begin(
    form: Form, person: Person, database: Database, shop: Shop, *, key: str, now: datetime, **facts: Any
) -> Written:
    """Begin a form, with what is known beforehand: its first question and the buttons under it."""
    stands = await _act(database, _go_on, form, Asking(person, shop, key, now, facts))
    return _words(form, stands, shop, now)


async def _act(database: Database, act: Callable[..., Any], *form_and_answer: Any) -> Any:
    """Do a step's act in the language being spoken: it words the options, in a thread that knows of no language."""
    return await database.write(_spoken, spoken(), act, *form_and_answer)


def _spoken(session: Session, locale: str, act: Callable[..., Any], *form_and_answer: Any) -> Any:
    with speaking(locale):
        return act(session, *form_and_answer)


def _take(
    session: Session, form: Form, asking: Asking, words: str, name: str | None = None, photo: bool = False
) -> Stands | Done:
    """Take an answer: a tap names the step that it answers, a text answers the open one."""
    asking = _under_way(session, form, asking)
    step = _open(form, asking.facts)
    if name is not None and (step is None or step.name != name):
        raise StaleButton
    if step is None:
        return _done(session, form, asking) if is_yes(words) else _shown(session, form, asking)
    options = step.options(session, asking)
    meant = {label.casefold(): code for code, label in options.items()}.get(words.strip().casefold(), words)
    if name is not None and meant not in options:
        raise StaleButton
    if photo and not step.photo:
        raise BadWords
    if name is None and not (photo or words.strip()):  # a sticker, or a file without a word
        raise BadPicture if step.photo else BadWords
    if step.photo and not photo and meant not in options:
        raise BadPicture
    value = step.read(session, asking, meant)
    return _go_on(session, form, replace(asking, facts=asking.facts | {step.name: value}))


def _take_photo(session: Session, form: Form, asking: Asking, number: str) -> Stands | Done:
    return _take(session, form, asking, number, photo=True)


def _go_on(session: Session, form: Form, asking: Asking) -> Stands | Done:
    """Keep what was answered, and ask what is open; do it where nothing is and no yes is wanted."""
    if form.summary is None and _open(form, asking.facts) is None:
        return _done(session, form, asking)
    conversations.ask(session, asking.person.account_id, form.name, now=asking.now, **asking.facts)
    return _shown(session, form, asking)


def _shown(session: Session, form: Form, asking: Asking) -> Stands:
    step = _open(form, asking.facts)
    if step is None:
        return Stands(asking, None, seen=form.sees(session, asking))
    return Stands(asking, step, step.options(session, asking))


def _confirm(session: Session, form: Form, asking: Asking, shown: str) -> Done:
    """Do what was laid down, if it is what the tapped message shows. A second tap finds no form."""
    asking = _under_way(session, form, asking)
    if _open(form, asking.facts) or shown != _mark(asking.facts):
        raise StaleButton
    return _done(session, form, asking)


def _done(session: Session, form: Form, asking: Asking) -> Done:
    conversations.close(session, asking.person.account_id)
    return Done(form.act(session, asking))


def _back(session: Session, form: Form, asking: Asking) -> Stands | Done:
    """Ask the last answered step again."""
    asking = _under_way(session, form, asking)
    answered = [step.name for step in form.steps if step.name in asking.facts and step.wanted(asking.facts)]
    if not answered:
        raise StaleButton
    facts = {name: value for name, value in asking.facts.items() if name != answered[-1]}
    return _go_on(session, form, replace(asking, facts=facts))


def _under_way(session: Session, form: Form, asking: Asking) -> Asking:
    asked = conversations.asked(session, asking.person.account_id)
    if asked is None or asked[0] != form.name:
        raise StaleButton
    return replace(asking, facts=asked[1])


def _mark(facts: dict[str, Any]) -> str:
    """What tells one summary's answers from another's, short enough for a button."""
    return f"{crc32(json.dumps(facts, sort_keys=True).encode()):08x}"


def _open(form: Form, facts: dict[str, Any]) -> Step | None:
    """The first step that is wanted and not answered."""
    return next((step for step in form.steps if step.name not in facts and step.wanted(facts)), None)


def photo_of(message: Message) -> str:
    """The number of a photo in its largest size. Raises BadPicture."""
    largest = (message.photo or [])[-1]
    if (largest.file_size or 0) > LARGEST:
        raise BadPicture
    return largest.file_id


def _words(form: Form, stands: Stands | Done, shop: Shop, now: datetime) -> Written:
    """The open question with its buttons, the summary with its two, or what came of it."""
    if isinstance(stands, Done):
        return form.said(stands.result, shop, now)
    asking, step = stands.asking, stands.step
    leave = [tap(_("Cancel"), "untell")]
    if any(each.name in asking.facts for each in form.steps):
        leave.insert(0, tap(_("Back"), form.name, BACK))
    title = fill("<b>{title}</b>", title=fill(_(form.title), **asking.facts))
    if step is None:
        assert form.summary is not None
        text = Html("\n\n".join([title, form.summary(asking, stands.seen), _("Is that right?")]))
        return text, rows([tap(_("Confirm"), form.name, CONFIRM, _mark(asking.facts)), *leave])
    options = [tap(label, form.name, step.name, code) for code, label in stands.options.items()]
    return Html(f"{title}\n{fill(_(step.asks), **asking.facts)}"), rows(*pairs(options), leave)
