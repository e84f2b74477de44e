"""Order in the group: what newcomers may not post, and the staff's /warn, /mute and /kick by a reply."""

from collections import deque
from datetime import datetime
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import Message

from bot.club import conduct
from bot.club.conduct import KICK, MUTE, WARN
from bot.club.errors import BadTime
from bot.club.members import Person, Role
from bot.club.rules import Shop
from bot.club.times import read_when
from bot.i18n import N_
from bot.speech.conduct import done
from db.engine import Database
from handlers.commands import command
from handlers.lines import whom

WARN_FORM, MUTE_FORM, KICK_FORM = N_("/warn no advertising here"), N_("/mute 1h insults"), N_("/kick sells followers")
SERVICE = ("new_chat_members", "left_chat_member")  # lines of the platform's own
LINKS = ("url", "text_link")
FOLLOWED = 10_000  # people whose pace is remembered


class Pace:
    """How quickly people write in groups, by when they sent it: a backlog that comes at once is no flood."""

    def __init__(self) -> None:
        self._sent: dict[tuple[int, int], deque[datetime]] = {}

    def floods(self, message: Message, person: Person, most: int) -> bool:
        """Whether somebody has written more than so many messages in ten seconds."""
        if len(self._sent) >= FOLLOWED:
            self._sent.clear()
        sent = self._sent.setdefault((message.chat.id, person.member_id), deque())
        sent.append(message.date)
        while message.date - sent[0] > conduct.BURST:
            sent.popleft()
        if len(sent) <= most:
            return False
        sent.clear()
        return True


def said(message: Message) -> bool:
    """Whether a message in a group is somebody's own, and no line of the platform's."""
    return message.content_type not in SERVICE


async def watched(
    message: Message, username: str, pace: Pace, person: Person, database: Database, shop: Shop, key: str, now: datetime
) -> bool:
    """Look at a group's message; what a newcomer may not post has its consequence. Returns whether it had."""
    if person.role >= Role.CLERK or not shop.rules.group.newcomer_hours or not said(message):
        return False
    what = _offence(message, username, floods=pace.floods(message, person, shop.rules.group.burst))
    if what is None or not await database.read(conduct.is_new, person, message.chat.id, shop, now=now):
        return False
    await database.write(conduct.offend, person, message.chat.id, what, shop, key=key, now=now)
    return True


@command("warn", "警告", who=Role.CLERK, help=N_("in the group, by a reply: warn somebody, with a reason"))
async def warn(
    message: Message, words: str, person: Person, database: Database, shop: Shop, key: str, now: datetime
) -> TelegramMethod[Any]:
    """Warn a member in the group."""
    who, reason = whom(message, words, person, form=WARN_FORM)
    about = (who, message.chat.id, WARN, reason)
    struck = await database.write(conduct.act, person, *about, form=WARN_FORM, key=key, now=now)
    return message.answer(done(struck, shop))


@command("mute", "禁言", who=Role.CLERK, help=N_("in the group, by a reply: silence somebody, such as /mute 1h REASON"))
async def mute(
    message: Message, words: str, person: Person, database: Database, shop: Shop, key: str, now: datetime
) -> TelegramMethod[Any]:
    """Silence a member in the group for some time, an hour where none is said."""
    who, rest = whom(message, words, person, form=MUTE_FORM)
    until, reason = _until(rest, shop, now)
    about = (who, message.chat.id, MUTE, reason, until)
    struck = await database.write(conduct.act, person, *about, form=MUTE_FORM, key=key, now=now)
    return message.answer(done(struck, shop))


@command("kick", "移出", who=Role.CLERK, help=N_("in the group, by a reply: put somebody out, with a reason"))
async def kick(
    message: Message, words: str, person: Person, database: Database, shop: Shop, key: str, now: datetime
) -> TelegramMethod[Any]:
    """Put a member out of the group; they may come again. /block keeps out for good."""
    who, reason = whom(message, words, person, form=KICK_FORM)
    about = (who, message.chat.id, KICK, reason)
    struck = await database.write(conduct.act, person, *about, form=KICK_FORM, key=key, now=now)
    return message.answer(done(struck, shop))


def _offence(message: Message, username: str, *, floods: bool) -> str | None:
    """What a newcomer may not post: somebody else's message, a link but to the bot itself, or too much at once."""
    if message.forward_origin:
        return conduct.FORWARD
    text = message.text or message.caption or ""
    for entity in message.entities or message.caption_entities or ():
        link = entity.url or entity.extract_from(text)
        if entity.type in LINKS and f"t.me/{username}".lower() not in link.lower():
            return conduct.LINK
    return conduct.FLOOD if floods else None


def _until(words: str, shop: Shop, now: datetime) -> tuple[datetime, str]:
    """Until when, and the reason after it."""
    first, _sep, rest = words.partition(" ")
    if first[:1].isdigit():
        try:
            return read_when(first, shop, now=now), rest.strip()
        except BadTime:
            pass
    return now + conduct.HOUR, words
