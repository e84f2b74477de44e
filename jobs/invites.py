"""The groups' invite links are made, changed and taken back at the platform, as the shop wants them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from aiogram.methods import CreateChatInviteLink, EditChatInviteLink, RevokeChatInviteLink, TelegramMethod

from bot.club import invites, links
from bot.club.invites import CHANGE, MAKE, Todo
from bot.club.rules import Shop
from bot.platforms import Later, Moved, Platform, Sent, Unsure
from db.engine import Database

BATCH = 100  # newcomers in one act


async def run(database: Database, platforms: Mapping[str, Platform], shop: Shop, now: datetime) -> None:
    """Make, change and take back what the named links need."""
    for each in await database.read(invites.for_links, shop):
        await _do(each, database, platforms, now)


async def invite(database: Database, platforms: Mapping[str, Platform], now: datetime) -> None:
    """Invite the members who reached the grade of a group."""
    going = True
    while going:
        todo = await database.read(invites.for_members)
        going = all([await _do(each, database, platforms, now) for each in todo]) and bool(todo)


async def _do(what: Todo, database: Database, platforms: Mapping[str, Platform], now: datetime) -> bool:
    """Do one thing. Returns whether it is settled; what the platform leaves open is tried by the next run."""
    platform = platforms.get(what.platform)
    if platform is None:
        return False
    match await platform.send(_method(what)):
        case Sent(url=url):
            await database.write(invites.done, what, url, now=now)
        case Later() | Moved() | Unsure():
            return False
        case _:
            await database.write(invites.refused, what, now=now)
    return True


async def settle(database: Database, now: datetime) -> None:
    """Keep who stayed of those who came by a named link."""
    while await database.write(links.settle, now=now, limit=BATCH) >= BATCH:
        pass


def _method(what: Todo) -> TelegramMethod[Any]:
    if what.do == MAKE and what.member_id:
        return CreateChatInviteLink(chat_id=what.chat_id, name=what.name, member_limit=1)
    if what.do == MAKE:
        return CreateChatInviteLink(chat_id=what.chat_id, name=what.name, creates_join_request=what.asks)
    assert what.url
    if what.do == CHANGE:
        about: dict[str, Any] = {"name": what.name, "creates_join_request": what.asks}
        return EditChatInviteLink(chat_id=what.chat_id, invite_link=what.url, **about)
    return RevokeChatInviteLink(chat_id=what.chat_id, invite_link=what.url)
