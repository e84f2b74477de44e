"""The journeys, for managers: the list, one journey with what it sends, the switch, and a step's words and offer."""

import asyncio
import re
from datetime import datetime
from functools import partial
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import BufferedInputFile, Document, Message
from sqlmodel import Session

from bot.club import conversations, edits, journeys, outcomes
from bot.club.edits import NoVoice
from bot.club.errors import BadLine, StaleButton
from bot.club.journeys import TEXT, Standing, Step
from bot.club.members import Person, Role
from bot.club.outcomes import Outcome, Way
from bot.club.rules import Shop
from bot.i18n import N_, _, spoken
from bot.speech.buttons import Written, rows, tap
from bot.speech.journeys import preview
from bot.speech.outcomes import of_journey
from bot.speech.switches import listed, shown, step_shown, switched
from db.engine import Database
from handlers.commands import answer, button, command
from handlers.forms import LARGEST, Asking, Form, begin, enter
from handlers.forms import Step as Question

FORM, KEEP_BACK = "/journeys on how-is-it", "/journeys holdout welcome 10"
VOICE = "ownvoice"  # what the conversation waits for
HOLDOUT = ("holdout", "对照", "對照")
SWITCH = {"on": True, "开": True, "開": True, "off": False, "关": False, "關": False}


@command("journeys", "旅程", who=Role.MANAGER, help=N_("letters that follow a member step by step: /journeys on NAME"))
async def all_of_them(
    message: Message, words: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """List the journeys, show one, or switch one."""
    verb, _sep, name = words.strip().partition(" ")
    if not verb:
        text, buttons = listed(await _standing(database))
    elif verb.lower() in SWITCH:
        if not name.strip():
            raise BadLine(form=FORM)
        on = SWITCH[verb.lower()]
        found = await database.write(journeys.switch, person, name, on=on, now=now)
        return message.answer(switched(found))
    elif verb.lower() in HOLDOUT:
        text, buttons = shown(*await database.write(_hold_out, person, name, now=now), shop)
    else:
        text, buttons = shown(*await database.read(_look, words, now=now), shop)
    return message.answer(text, reply_markup=buttons)


@button("journey", who=Role.MANAGER)
async def tap_on_one(
    message: Message, about: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Show the list, one of them or one of its steps; switch one; show a step as a member reads it, or as it came."""
    what, _sep, which = about.partition(":")
    name, _sep, step = which.partition(":")
    if what == "list":
        text, buttons = listed(await _standing(database))
        return message.edit_text(text, reply_markup=buttons)
    if name not in journeys.shipped():
        raise ValueError(about)
    match what:
        case "show":
            text, buttons = shown(*await database.read(_look, name, now=now), shop)
        case "on" | "off":
            text, buttons = shown(*await database.write(_switch, person, name, on=what == "on", now=now), shop)
        case "step" | "try":
            found = await database.read(journeys.one, name)
            if what == "try":
                return message.answer(preview(_of(found, step), name, person.name or "", shop, now))
            text, buttons = step_shown(found, _of(found, step), shop)
        case "came":
            found = await database.write(edits.forget, person, name, step, now=now)
            text, buttons = step_shown(found, _of(found, step), shop)
        case _:
            raise ValueError(about)
    return message.edit_text(text, reply_markup=buttons)


@button("brought", who=Role.MANAGER)
async def tell_what_it_brought(message: Message, about: str, database: Database, now: datetime) -> TelegramMethod[Any]:
    """Tell what a journey brought, with a picture of the same figures."""
    text, picture = await asyncio.to_thread(of_journey, *await database.read(_measure, about, now=now))
    return message.answer_photo(BufferedInputFile(picture, "journey.png"), caption=text)


@button("rejourney", who=Role.MANAGER)
async def ask_change(
    message: Message, about: str, person: Person, database: Database, shop: Shop, key: str, now: datetime
) -> TelegramMethod[Any]:
    """Ask what a part of a step shall be from now on; the next text is the answer."""
    name, _sep, which = about.partition(":")
    step, _sep, part = which.partition(":")
    if name not in journeys.shipped():
        raise ValueError(about)
    if part not in edits.parts(_of(await database.read(journeys.one, name), step)):
        raise ValueError(about)
    facts = {"journey": name, "step": step, "part": part}
    if part == "media":
        await database.write(_ask_voice, person, facts, now=now)
        text = _("Send me a voice message or a video of your own: it goes with the words of this step.")
        return message.answer(text, reply_markup=rows(tap(_("Cancel"), "untell")))
    text, buttons = await begin(REWORD, person, database, shop, key=key, now=now, **facts)
    return message.answer(text, reply_markup=buttons)


def _look(session: Session, name: str, *, now: datetime) -> tuple[Standing, Outcome]:
    found = journeys.one(session, name)
    return found, outcomes.of(session, found.name, now=now)


def _measure(session: Session, name: str, *, now: datetime) -> tuple[Standing, Outcome, Way]:
    found, outcome = _look(session, name, now=now)
    return found, outcome, outcomes.way(session, found.name, found.journey, now=now)


def _switch(session: Session, person: Person, name: str, *, on: bool, now: datetime) -> tuple[Standing, Outcome]:
    journeys.switch(session, person, name, on=on, now=now)
    return _look(session, name, now=now)


def _hold_out(session: Session, person: Person, line: str, *, now: datetime) -> tuple[Standing, Outcome]:
    """Keep back a share, by a line such as `welcome 10`. Raises BadLine, NoSuchJourney, BadHoldout."""
    found = re.fullmatch(r"(\S+)\s+(\d{1,3})\s?[%％]?", line.strip())
    if found is None:
        raise BadLine(form=KEEP_BACK)
    journeys.hold_out(session, person, found[1], int(found[2]), now=now)
    return _look(session, found[1], now=now)


@answer(VOICE, who=Role.MANAGER, photos=True)
async def keep_voice(
    message: Message, facts: dict[str, Any], person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Keep the owner's own voice or video for a step."""
    kept = f"{person.visitor.platform}:{_voice(message)}"
    about = (facts["journey"], facts["step"], "media", kept)
    found = await database.write(_keep_voice, person, *about, now=now)
    text, buttons = step_shown(found, _of(found, facts["step"]), shop)
    return message.answer(text, reply_markup=buttons)


def _ask_voice(session: Session, person: Person, facts: dict[str, str], *, now: datetime) -> None:
    conversations.ask(session, person.account_id, VOICE, now=now, **facts)


def _keep_voice(session: Session, person: Person, *about: str, now: datetime) -> Standing:
    conversations.close(session, person.account_id, VOICE)
    return edits.change(session, person, *about, now=now)


def _voice(message: Message) -> str:
    """What was sent, as its kind and the number under which the platform keeps it. Raises NoVoice."""
    document = message.document
    heard = document and (document.mime_type or "").startswith(("audio/", "video/"))
    sent = message.voice or message.video or (document if heard or _sounds(document) else None)
    if sent is None or (sent.file_size or 0) > LARGEST:
        raise NoVoice
    kind = "voice" if sent is message.voice else "video" if sent is message.video else "document"
    return f"{kind}:{sent.file_id}"


def _sounds(document: Document | None) -> bool:
    """Whether a file's name is that of a sound or a film."""
    return bool(document and (document.file_name or "").lower().endswith((".ogg", ".mp3", ".m4a", ".mp4")))


async def _standing(database: Database) -> list[Standing]:
    return list((await database.read(journeys.standing)).values())


def _of(found: Standing, step: str) -> Step:
    """A step of a journey. Raises StaleButton."""
    known = found.journey.step(step)
    if known is None:
        raise StaleButton
    return known


def _read(part: str, session: Session, asking: Asking, words: str) -> str:
    """What a text puts in place of a part."""
    return edits.read(_of(journeys.one(session, asking.facts["journey"]), asking.facts["step"]), part, words)


def _is_asked(part: str, facts: dict[str, Any]) -> bool:
    return bool(facts["part"] == part)


def _change(session: Session, asking: Asking) -> tuple[Standing, str]:
    facts = asking.facts
    part = TEXT + spoken() if facts["part"] == "text" else facts["part"]
    about = (facts["journey"], facts["step"], part, facts[facts["part"]])
    return edits.change(session, asking.person, *about, now=asking.now), facts["step"]


def _said(done: tuple[Standing, str], shop: Shop, _now: datetime) -> Written:
    found, step = done
    return step_shown(found, _of(found, step), shop)


ASKS = {
    "text": N_("Write the letter as members shall read it. The places in curly brackets are filled for each of them."),
    "offer": N_("What does it give? 10 (money off), 20%, gift:tea, points:50 or x2."),
    "days": N_("For how many days is it good?"),
    "day": N_("On which day after the beginning? Before a day of the calendar it is below zero, such as -3."),
    "at": N_("At which hour? Such as 18:00."),
}
REWORD = enter(
    Form(
        "reword",
        N_("Edit the step"),
        Role.MANAGER,
        tuple(
            Question(part, asks, partial(_read, part), wanted=partial(_is_asked, part)) for part, asks in ASKS.items()
        ),
        _change,
        _said,
    )
)
