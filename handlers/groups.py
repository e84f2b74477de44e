"""Groups: the bot comes and goes, an owner links one, people join and leave."""

from datetime import datetime
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import ChatJoinRequest, ChatMemberUpdated, Message

from bot.club import groups, members, moves
from bot.club.members import Person, Role
from bot.i18n import _
from bot.platforms import Platform
from bot.speech import fill, name
from db.engine import Database
from handlers.commands import button
from handlers.doors import visitor_of
from handlers.lines import row_id, storable

HERE = ("member", "administrator", "creator", "restricted")


async def bot_changed(
    event: ChatMemberUpdated, person: Person | None, platform: Platform, database: Database, now: datetime
) -> None:
    """The bot was promoted, demoted, removed, blocked or started again."""
    status = event.new_chat_member.status
    if event.chat.type == "private":
        if status == "kicked" and person:
            await database.write(members.unreachable, person.account_id)
    elif event.chat.type == "channel":  # nobody can join a club there
        return
    elif status == "administrator":
        title = storable(event.chat.title or "")
        await database.write(groups.promoted, platform.name, event.chat.id, title, person, now=now)
    else:
        leave = groups.demoted if _is_here(event.new_chat_member) else groups.removed
        await database.write(leave, platform.name, event.chat.id, now=now)


async def member_changed(
    event: ChatMemberUpdated, platform: Platform, database: Database, key: str, now: datetime
) -> None:
    """Somebody joined or left a group."""
    user = event.new_chat_member.user
    if user.is_bot:
        return
    was, is_now = (_is_here(side) for side in (event.old_chat_member, event.new_chat_member))
    if is_now and not was:
        await database.write(groups.joined, event.chat.id, visitor_of(platform.name, user), key=key, now=now)
    elif was and not is_now:
        await database.write(groups.left, event.chat.id, visitor_of(platform.name, user), now=now)


async def asked_in(request: ChatJoinRequest, person: Person | None, database: Database) -> TelegramMethod[Any] | None:
    """Somebody asks to be let into a group: a linked one is open to everybody whom the blacklist does not keep out."""
    welcome = await database.read(groups.lets_in, person, request.chat.id) if person else None
    if welcome is None:
        return None
    return request.approve() if welcome else request.decline()


async def migrated(message: Message, platform: Platform, database: Database) -> None:
    """A group became a supergroup with a new id."""
    assert message.migrate_to_chat_id is not None
    await database.write(moves.moved, platform.name, message.chat.id, message.migrate_to_chat_id)


@button("link", who=Role.OWNER)
async def link(message: Message, about: str, person: Person, database: Database, now: datetime) -> TelegramMethod[Any]:
    """Make a group the club's."""
    linked = await database.write(groups.link, person, row_id(about), now=now)
    return message.edit_text(
        fill(_("“{title}” is linked. Newcomers are welcomed there from now on."), title=name(linked.title))
    )


@button("unlink", who=Role.OWNER)
async def leave_alone(
    message: Message, about: str, person: Person, database: Database, now: datetime
) -> TelegramMethod[Any]:
    """Leave a group alone."""
    refused = await database.write(groups.refuse, person, row_id(about), now=now)
    return message.edit_text(fill(_("All right, I leave “{title}” alone."), title=name(refused.title)))


def _is_here(side: Any) -> bool:
    return side.status in HERE and getattr(side, "is_member", True)
