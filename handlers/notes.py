"""What staff note about a member: tags and sentences."""

import re
from datetime import datetime
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import InlineKeyboardMarkup, Message

from bot.club import notes
from bot.club.errors import BadLine
from bot.club.members import Person, Role, Who, number
from bot.club.notes import SEEDS, Notes
from bot.club.rules import Shop
from bot.i18n import N_, _
from bot.speech.buttons import pairs, rows, tap
from bot.speech.notes import noted, seed_of, tag_name
from db.engine import Database
from handlers.commands import button, command
from handlers.lines import row_id, whom

QUOTED = re.compile(r'"([^"]+)"|“([^”]+)”|「([^」]+)」')
COMMAS = re.compile("[,，、;；]")


@command("tag", "标签", "標籤", who=Role.CLERK, help=N_("tags for a member: /tag WHO TAG …"))
async def tag(
    message: Message, words: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Put tags to a member; without any, show theirs and suggest some."""
    who, rest = whom(message, words, person, form=_("/tag @ann green tea"))
    if not rest:
        return _shown(message, await database.read(notes.seen, who), shop)
    return _shown(message, await database.write(notes.tag, person, who, tags_of(rest), shop, now=now), shop)


@command("untag", who=Role.CLERK, help=N_("take tags off: /untag WHO TAG …"))
async def untag(
    message: Message, words: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Take tags from a member."""
    who, rest = whom(message, words, person, form=(form := _("/untag @ann green tea")))
    if not rest:
        raise BadLine(form=form)
    return _shown(message, await database.write(notes.untag, person, who, tags_of(rest), now=now), shop)


@button("tag", who=Role.CLERK)
async def toggle(
    message: Message, about: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Put a suggested tag to a member, or take it off again."""
    do, member, seed = about.split(":")
    who = Who(person.visitor.platform, number(row_id(member)))
    if do not in ("on", "off") or row_id(seed) >= len(SEEDS):
        raise ValueError(about)
    tags = [SEEDS[int(seed)]]
    if do == "on":
        now_noted = await database.write(notes.tag, person, who, tags, shop, now=now)
    else:
        now_noted = await database.write(notes.untag, person, who, tags, now=now)
    return message.edit_text(noted(now_noted, shop), reply_markup=_buttons(now_noted))


@command("note", "备注", "備註", who=Role.CLERK, help=N_("a note on a member: /note WHO TEXT"))
async def note(
    message: Message, words: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Note a sentence about a member; without one, show what is noted."""
    who, rest = whom(message, words, person, form=_("/note @ann likes the window seat"))
    if not rest:
        return _shown(message, await database.read(notes.seen, who), shop)
    return _shown(message, await database.write(notes.note, person, who, rest, now=now), shop)


def tags_of(line: str) -> list[str]:
    """The tags of a line: what is in quotes, or between commas where there is one, else word by word."""
    quoted = ["".join(found) for found in QUOTED.findall(line)]
    rest = QUOTED.sub(" ", line)
    plain = COMMAS.split(rest) if COMMAS.search(rest) else rest.split()
    return [seed_of(each.strip()) for each in (*quoted, *plain) if each.strip()]


def _shown(message: Message, about: Notes, shop: Shop) -> TelegramMethod[Any]:
    return message.answer(noted(about, shop), reply_markup=_buttons(about))


def _buttons(about: Notes) -> InlineKeyboardMarkup:
    taps = []
    for place, seed in enumerate(SEEDS):
        worn = seed in about.tags
        label = ("✓ " if worn else "+ ") + tag_name(seed)
        taps.append(tap(label, "tag", "off" if worn else "on", about.who.member_id, place))
    return rows(*pairs(taps))
