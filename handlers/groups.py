"""Groups: the bot comes and goes, an owner links one, people join and leave."""

from contextlib import suppress
from datetime import datetime
from typing import Any

from aiogram import Bot
from aiogram.exceptions import TelegramAPIError
from aiogram.methods import SendMessage, TelegramMethod
from aiogram.types import ChatInviteLink, ChatJoinRequest, ChatMemberUpdated, Message

from bot.club import askers, circles, groups, members, moves, places
from bot.club.askers import Asked
from bot.club.cuts import GRADES
from bot.club.members import Person, Role
from bot.club.rules import Shop
from bot.i18n import N_, _
from bot.platforms import Platform
from bot.speech import fill, name
from bot.speech.buttons import Written, rows
from bot.speech.buttons import link as link_to
from bot.speech.circles import OPEN, choice, closed, page, ruled
from bot.speech.circles import asked as asked_of
from bot.speech.groups import hello
from bot.speech.menu import menu_buttons
from db.engine import Database
from handlers.commands import answer, button, command
from handlers.doors import visitor_of
from handlers.lines import row_id, storable
from handlers.threshold import consent

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
        rights = [right for right in groups.RIGHTS if getattr(event.new_chat_member, right, False)]
        await database.write(groups.promoted, platform.name, event.chat.id, title, person, rights=rights, now=now)
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
        about = (event.chat.id, visitor_of(platform.name, user), _link(event.invite_link))
        await database.write(places.joined, *about, key=key, now=now)
    elif was and not is_now:
        await database.write(places.left, event.chat.id, visitor_of(platform.name, user), now=now)


async def asked_in(
    request: ChatJoinRequest,
    person: Person | None,
    bot: Bot,
    platform: Platform,
    database: Database,
    shop: Shop,
    now: datetime,
) -> TelegramMethod[Any] | None:
    """Somebody asks to be let into a group. Until that is decided Telegram lets us write to them."""
    if person is None:
        return None
    asked = await database.write(askers.ask, person, request.chat.id, shop, _link(request.invite_link), now=now)
    if asked is None:
        return None
    if asked.answer in ("in", "out"):
        return request.approve() if asked.answer == "in" else request.decline()
    if asked.answer in ("members", "grade"):
        words, start = _closed(asked, platform, shop)
        with suppress(TelegramAPIError):  # who cannot be written to is sent away all the same
            await bot.send_message(request.user_chat_id, words, reply_markup=start)
        return request.decline()
    text, buttons = await consent(person, database, shop)
    first = hello(asked.group.title, shop)
    return SendMessage(chat_id=request.user_chat_id, text=f"{first}\n\n{text}", reply_markup=buttons)


def _closed(asked: Asked, platform: Platform, shop: Shop) -> Written:
    """Why a door is closed to somebody, and the way to the key."""
    url = platform.deep_link("group")
    start = rows(link_to(_("Start"), url)) if url else None
    if asked.group.least:
        return closed(asked.group.title, asked.group.least, shop), start
    text = _("“{title}” is for members of {shop}. Press Start here to become one, then ask again: the door is open.")
    return fill(text, title=name(asked.group.title), shop=shop.name), start


@answer("door", who=Role.MEMBER)
async def told_at_the_door(
    message: Message, words: str, person: Person, database: Database, now: datetime
) -> TelegramMethod[Any]:
    """Keep what brings somebody here, and let them in."""
    waited = await database.write(askers.answer, person, words, now=now)
    thanks = _("Thank you! The door is open: come in.") if waited else _("Thank you, I pass it on.")
    return message.answer(thanks, reply_markup=menu_buttons())


@button("door", who=Role.MEMBER)
async def past_the_door(message: Message, person: Person, database: Database, now: datetime) -> TelegramMethod[Any]:
    """Let somebody in who would rather not say."""
    await database.write(askers.answer, person, "", now=now)
    return message.edit_text(_("All right. The door is open: come in."), reply_markup=menu_buttons())


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


@command(
    "groups",
    "群组",
    "群組",
    who=Role.OWNER,
    help=N_("the linked groups, and who is in each: everybody, or from a grade on"),
)
async def list_groups(message: Message, database: Database) -> TelegramMethod[Any]:
    """List the linked groups with their rules."""
    text, buttons = page(await database.read(circles.listed))
    return message.answer(text, reply_markup=buttons)


@button("groups", who=Role.OWNER)
async def rule(
    message: Message, about: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Choose a group's rule: which group, which rule, and whether that is right."""
    what, _sep, rest = about.partition(":")
    number, _sep, grade = rest.partition(":")
    if what == "list":
        text, buttons = page(await database.read(circles.listed))
    elif what == "one":
        text, buttons = choice(await database.read(circles.one, row_id(number)))
    elif what == "rule" and grade in GRADES[1:]:
        text, buttons = asked_of(await database.read(circles.foresee, row_id(number), grade, shop, now=now))
    elif (what, grade) == ("rule", OPEN) or (what == "sure" and grade in GRADES[1:]):
        least = None if grade == OPEN else grade
        text, buttons = (
            ruled(await database.write(circles.rule, person, row_id(number), least, shop, now=now), least),
            None,
        )
    else:
        raise ValueError(about)
    return message.edit_text(text, reply_markup=buttons)


def _link(link: ChatInviteLink | None) -> str | None:
    return link.invite_link if link else None


def _is_here(side: Any) -> bool:
    return side.status in HERE and getattr(side, "is_member", True)
