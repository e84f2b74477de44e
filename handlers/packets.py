"""Red packets: a manager gives one to the group, members open it."""

from datetime import datetime
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import CallbackQuery, Message
from sqlmodel import Session

from bot.club import packets
from bot.club.activity_looks import Shown
from bot.club.errors import BadLine
from bot.club.members import Person, Role
from bot.club.packets import PARTS, POINTS, BadPacket
from bot.club.rules import Shop
from bot.i18n import N_, _
from bot.speech import fill
from bot.speech.activities import ASKS
from bot.speech.packets import laid_down
from db.engine import Database
from handlers import activities
from handlers.commands import Where, button, command
from handlers.forms import Asking, Form, Step, begin, enter
from handlers.lines import row_id

FORM = N_("/redpacket 90 3")


@command(
    "redpacket",
    "红包",
    "紅包",
    who=Role.MANAGER,
    where=Where.GROUP_TOO,
    help=N_("points for who taps first in the group: /redpacket POINTS COUNT"),
)
async def redpacket(
    message: Message, words: str, person: Person, database: Database, shop: Shop, key: str, now: datetime
) -> TelegramMethod[Any] | None:
    """Give a packet to the group where it is said, or to all from the private chat; bare, ask step by step."""
    if not (words or activities.group_of(message)):
        text, choice = await begin(NEW, person, database, shop, key=key, now=now)
        return message.answer(text, reply_markup=choice)
    total, _sep, parts = words.partition(" ")
    if not (total and parts.strip()):
        raise BadLine(form=FORM)
    asked = _whole(total), _whole(parts)
    made = await database.write(
        packets.make, person, *asked, shop, key=key, now=now, chat_id=activities.group_of(message)
    )
    return activities.told(message, made, person, shop)


@button("packet", who=Role.MEMBER, in_group=True)
async def take(
    query: CallbackQuery, message: Message, about: str, person: Person, database: Database, now: datetime
) -> TelegramMethod[Any]:
    """Open a packet: what it holds is told to whoever opened it."""
    part = await database.write(packets.take, person, row_id(about), now=now)
    text = _("You got {points} points! You have {balance} now.")
    done = fill(text, points=part.points, balance=part.balance)
    return activities.noted(query, message, done)


def _whole(words: str) -> int:
    words = words.strip()
    if not (words.isascii() and words.isdecimal() and len(words) < 10):
        raise BadPacket(points=POINTS, parts=PARTS)
    return int(words)


def _points(_session: Session, asking: Asking, words: str) -> int:
    return packets.size(_whole(words), 1, asking.person)[0]


def _parts(_session: Session, asking: Asking, words: str) -> int:
    return packets.size(asking.facts["points"], _whole(words), asking.person)[1]


def _make(session: Session, asking: Asking) -> Shown:
    asked = asking.facts["points"], asking.facts["parts"]
    return packets.make(session, asking.person, *asked, asking.shop, key=asking.key, now=asking.now)


NEW = enter(
    Form(
        "newpacket",
        N_("A red packet for the group"),
        Role.MANAGER,
        (
            Step("points", ASKS["points"], _points, activities.choices("points")),
            Step("parts", ASKS["parts"], _parts, activities.choices("parts")),
        ),
        _make,
        activities.said,
        summary=lambda asking, _seen: laid_down(asking.facts["points"], asking.facts["parts"]),
    )
)
