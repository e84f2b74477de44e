"""A broadcast step by step, and what can still be changed about one before it is sent."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import Message
from sqlmodel import Session

from bot.club import drafts, members
from bot.club.broadcast_letters import BEST
from bot.club.drafts import Draft, Reading, Wish
from bot.club.errors import ClubError, StaleButton, TooLong, TooMany
from bot.club.members import Person, Role, Who
from bot.club.rules import Shop
from bot.club.times import read_when
from bot.i18n import LOCALES, N_, _
from bot.speech import messages
from bot.speech.broadcasts import LANGUAGES, as_read, foretold
from bot.speech.buttons import LABEL, Written
from bot.speech.notes import seed_of
from db.broadcasts import Broadcast
from db.engine import Database
from handlers import audiences as crowd
from handlers.commands import COMMANDS, button
from handlers.forms import Asking, Form, Step, begin, enter
from handlers.lines import row_id

BUTTONS = 4  # under one broadcast
NONE, NOW = "-", "now"
BEST_WORDS = (BEST, "最佳", "各自时间", "各自時間")
LINK = re.compile(r"(?:https?|tg)://[^\s<>\"]{3,500}")
PARTS = ("text", "photo", "label", "audience", "at", "locale", "reader")


class BadTarget(ClubError):
    """A button that leads nowhere."""

    says = N_("A button opens a link such as https://shop.example, or a command such as {command}.")


@button("castpart", who=Role.MANAGER)
async def ask_part(
    message: Message, about: str, person: Person, database: Database, shop: Shop, key: str, now: datetime
) -> TelegramMethod[Any]:
    """Ask what a part of a draft shall be; the next text, or the next picture, is the answer."""
    part, _sep, number = about.partition(":")
    if part not in PARTS:
        raise ValueError(about)
    form = READ_AS if part == "reader" else CHANGE
    facts = {"part": part, "draft": row_id(number)}
    text, buttons = await begin(form, person, database, shop, key=key, now=now, **facts)
    return message.answer(text, reply_markup=buttons)


def going(words: str, shop: Shop, now: datetime) -> tuple[str, datetime | None]:
    """When a broadcast goes: now, at a time, or each member's letter at their own hour. Raises BadTime."""
    if words.strip().casefold() in BEST_WORDS:
        return BEST, None
    at = read_when(words, shop, now=now)
    return (NOW, None) if at == now else ("at", at)


def _text(session: Session, asking: Asking, words: str) -> str:
    draft = _draft(session, asking)
    return messages.read(words, pictured=bool(draft and draft.photo))


def _photo(session: Session, asking: Asking, words: str) -> str:
    """The picture, under which every text has to fit."""
    draft = _draft(session, asking)
    if words == NONE:
        return ""
    for text in draft.texts.values() if draft else ():
        messages.read(text, pictured=True)
    return words


def _audience(session: Session, asking: Asking, words: str) -> str:
    """An audience in which somebody would get it. Raises NobodyReached and what audiences.read raises."""
    draft = _draft(session, asking)
    wish = Wish(dict(draft.texts) if draft else {"": asking.facts["text"]}, words.strip())
    drafts.reach_of(session, asking.person, wish, asking.shop, now=asking.now, called=seed_of)
    return wish.audience


def _also(session: Session, asking: Asking, words: str) -> str:
    """What narrows an audience that was chosen by a button. Raises as _audience does."""
    if words != crowd.ONLY:
        _audience(session, asking, crowd.joined(asking.facts["audience"], words))
    return words.strip()


def _whom(facts: dict[str, Any]) -> str:
    return crowd.joined(facts["audience"], facts.get("also", crowd.ONLY))


def _at(_session: Session, asking: Asking, words: str) -> str:
    hour, at = going(words, asking.shop, asking.now)
    return at.isoformat() if at else hour


def _label(session: Session, asking: Asking, words: str) -> str:
    """A button's words. Raises TooLong, TooMany."""
    draft, words = _draft(session, asking), " ".join(words.split())
    if len(words) > LABEL:
        raise TooLong(limit=LABEL)
    if draft and words != NONE and len(draft.buttons) >= BUTTONS:
        raise TooMany(limit=BUTTONS)
    return words


def _target(_session: Session, _asking: Asking, words: str) -> str:
    """Where a button leads: a link, or a member's command. Raises BadTarget."""
    words = words.strip()
    if LINK.fullmatch(words) or (words[:1] == "/" and words[1:] in _commands()):
        return words
    raise BadTarget(command="/gifts")


def _locale(_session: Session, _asking: Asking, words: str) -> str:
    if words not in LOCALES:
        raise StaleButton
    return words


def _reader(session: Session, asking: Asking, words: str) -> int:
    return members.find(session, Who(asking.person.visitor.platform, words)).member_id


def _draft(session: Session, asking: Asking) -> Broadcast | None:
    return drafts.mine(session, asking.person, asking.facts["draft"]) if "draft" in asking.facts else None


def _commands() -> list[str]:
    return [name for name, command in COMMANDS.items() if command.who == Role.MEMBER]


def _no_picture(_session: Session, _asking: Asking) -> dict[str, str]:
    return {NONE: _("No picture")}


def _no_buttons(session: Session, asking: Asking) -> dict[str, str]:
    draft = _draft(session, asking)
    return {NONE: _("No buttons")} if draft and draft.buttons else {}


def _targets(_session: Session, _asking: Asking) -> dict[str, str]:
    return {f"/{name}": f"/{name}" for name in ("gifts", "deals", "coupons", "points", "profile")}


def _times(_session: Session, _asking: Asking) -> dict[str, str]:
    return {NOW: _("Send now"), BEST: _("Each at their own hour")}


def _languages(_session: Session, _asking: Asking) -> dict[str, str]:
    return dict(LANGUAGES)


TEXT = Step(
    "text",
    N_("What shall it say? {{name}}, {{points}}, {{grade}} and {{coupon}} are filled for each member."),
    _text,
)
AUDIENCE = Step(
    "audience", N_("To whom? An audience such as grade:vip tag:tea, or one of these:"), _audience, crowd.first
)
ALSO = Step("also", crowd.ALSO, _also, partial(crowd.also, "audience"), partial(crowd.is_class, "audience"))
AT = Step("at", N_("When? Such as 18:00, “tomorrow 9:00” or 2027-03-05T09:00."), _at, _times)


def _starts(facts: dict[str, Any]) -> dict[str, Any]:
    if facts["at"] in (NOW, BEST):
        return {"starts_at": None, "hour": facts["at"]}
    return {"starts_at": datetime.fromisoformat(facts["at"]), "hour": "at"}


def _make(session: Session, asking: Asking) -> tuple[Draft, str | None]:
    facts, by, now = asking.facts, asking.person, asking.now
    wish = Wish({"": facts["text"]}, _whom(facts), **_starts(facts))
    reach = drafts.reach_of(session, by, wish, asking.shop, now=now, called=seed_of)
    draft_id = drafts.draw_up(session, by, wish, most=reach.letters, key=asking.key, now=now)
    return drafts.shown(session, by, draft_id, asking.shop, now=now, called=seed_of), by.name


def _buttons(row: Broadcast, facts: dict[str, Any]) -> dict[str, Any]:
    return {"buttons": [] if facts["label"] == NONE else [*row.buttons, [facts["label"], facts["target"]]]}


# What an answer puts in place of a part of a draft.
CHANGES: dict[str, Callable[[Broadcast, dict[str, Any]], dict[str, Any]]] = {
    "text": lambda row, facts: {"texts": dict(row.texts) | {"": facts["text"]}},
    "locale": lambda row, facts: {"texts": dict(row.texts) | {facts["locale"]: facts["words"]}},
    "photo": lambda _row, facts: {"photo": facts["photo"]},
    "label": _buttons,
    "audience": lambda _row, facts: {"audience": _whom(facts)},
    "at": lambda _row, facts: _starts(facts),
}


def _change(session: Session, asking: Asking) -> tuple[Draft, str | None]:
    """Change the part that was asked for."""
    by, facts = asking.person, asking.facts
    row = drafts.mine(session, by, facts["draft"])
    values = CHANGES[facts["part"]](row, facts) | {"photo_on": by.visitor.platform}
    draft = drafts.change(session, by, facts["draft"], asking.shop, now=asking.now, called=seed_of, **values)
    return draft, by.name


def _said(done: tuple[Draft, str | None], shop: Shop, now: datetime) -> Written:
    draft, reader = done
    return foretold(draft, reader, shop, now)


def _is_part(part: str, facts: dict[str, Any]) -> bool:
    return bool(facts["part"] == part)


def _wants_target(facts: dict[str, Any]) -> bool:
    return _is_part("label", facts) and facts.get("label") != NONE


def _narrows(facts: dict[str, Any]) -> bool:
    return _is_part("audience", facts) and crowd.is_class("audience", facts)


def _only(part: str, step: Step) -> Step:
    """A step that is asked where it belongs to the part that shall change."""
    return replace(step, wanted=partial(_is_part, part))


def _read_as(session: Session, asking: Asking) -> Reading:
    return drafts.read_by(session, asking.person, asking.facts["draft"], asking.facts["reader"], now=asking.now)


NEW = enter(Form("newcast", N_("Write to your members"), Role.MANAGER, (TEXT, AUDIENCE, ALSO, AT), _make, _said))
CHANGE = enter(
    Form(
        "recast",
        N_("Change the message"),
        Role.MANAGER,
        (
            _only("text", TEXT),
            _only("locale", Step("locale", N_("In which language?"), _locale, _languages)),
            _only("locale", Step("words", N_("What shall those read who speak it?"), _text)),
            _only("photo", Step("photo", N_("Send the picture."), _photo, _no_picture, photo=True)),
            _only("label", Step("label", N_("What stands on the button?"), _label, _no_buttons)),
            Step("target", N_("What does it open? A link, or a command."), _target, _targets, _wants_target),
            _only("audience", AUDIENCE),
            replace(ALSO, wanted=_narrows),
            _only("at", AT),
        ),
        _change,
        _said,
    )
)
READ_AS = enter(
    Form(
        "readcast",
        N_("As a member reads it"),
        Role.MANAGER,
        (Step("reader", N_("Which member? A name, a number such as M0042, or @username."), _reader),),
        _read_as,
        as_read,
    )
)
