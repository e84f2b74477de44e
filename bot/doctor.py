"""Says what is missing to go live, each with its remedy."""

import asyncio
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramAPIError
from aiogram.types import ChatMemberAdministrator
from aiosmtplib import SMTPAuthenticationError, SMTPException
from sqlalchemy import Connection, make_url, text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, select

from bot.club import staff
from bot.platforms.email import Server
from bot.settings import Settings
from db.engine import open_database
from db.groups import Group
from db.upgrade import NEWEST, schema_of, with_connection

RIGHTS = {
    "can_delete_messages": "delete messages (former welcomes are cleared away)",
    "can_invite_users": "invite users (join requests and invitation links)",
    "can_restrict_members": "ban users (the blacklist)",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `remedy` is empty where it is well."""

    what: str
    remedy: str = ""

    @property
    def well(self) -> bool:
        """Whether nothing has to be done."""
        return not self.remedy

    def __str__(self) -> str:
        """The line that is printed."""
        """The line that is printed."""
        return f"ok       {self.what}" if self.well else f"missing  {self.what}\n         → {self.remedy}"


async def examine(settings: Settings) -> list[Finding]:
    """Look at everything that a club needs to go live. Changes nothing; may run beside the bot."""
    found = [_time(settings), await asyncio.to_thread(_database, settings)]
    if found[-1].well:
        found += [finding async for finding in _people(settings)]
    found += [finding async for finding in _telegram(settings)]
    return [*found, await _email(settings)]


def _time(settings: Settings) -> Finding:
    if settings.clock_start:
        return Finding("The clock is set by CLOCK_START", "Take CLOCK_START out: it is for rehearsals only.")
    return Finding(f"The shop's time zone is {settings.shop_timezone}")


def _database(settings: Settings) -> Finding:
    """Whether the database can be reached and written, and has the schema of this version."""
    url = settings.database_url.get_secret_value()
    if url.startswith("sqlite") and (closed := _closed(Path(make_url(url).database or ""))):
        return closed
    try:
        schema = with_connection(url, _writable)
    except (SQLAlchemyError, OSError) as error:
        return Finding(
            "The database", f"It cannot be used ({type(error).__name__}): check DATABASE_URL and its rights."
        )
    if schema != NEWEST:
        return Finding(f"The database has schema {schema or 'none'}, not {NEWEST}", "Run: python -m bot migrate")
    return Finding(f"The database is writable and has schema {NEWEST}")


def _closed(path: Path) -> Finding | None:
    """What keeps a SQLite file from being used, before anything would create it."""
    if not path.exists():
        return Finding("There is no database yet", "Run: python -m bot migrate")
    if not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
        return Finding("The database cannot be written", "Give this user the right to write to it and to its folder.")
    return None


def _writable(connection: Connection) -> str | None:
    """The schema; raises where the database takes no writing."""
    connection.execute(text("CREATE TEMPORARY TABLE doctor_was_here (n INTEGER)"))
    return schema_of(connection)


async def _people(settings: Settings) -> AsyncIterator[Finding]:
    """Owners, and made-up people who would stay when the real ones come."""
    database = open_database(settings.database_url.get_secret_value())
    try:
        owned = bool(settings.owner_ids) or await database.read(_owned)
        if owned:
            yield Finding("The club has an owner")
        else:
            yield Finding("The club has no owner", "Set OWNER_IDS, or open the one-time link that the start prints.")
        if settings.telegram_token and (made_up := await database.read(staff.made_up_people)):
            yield Finding(
                f"{made_up} made-up people of the playground are in this database",
                "Reset the playground before going live, or set DATABASE_URL to a new database.",
            )
    finally:
        await database.close()


def _owned(session: Session) -> bool:
    return any(role == "owner" for role, _, _ in staff.listed(session))


async def _telegram(settings: Settings) -> AsyncIterator[Finding]:
    """The token, privacy mode, and the bot's rights in each linked group."""
    if settings.telegram_token is None:
        yield Finding("TELEGRAM_TOKEN is empty", "Make a bot with @BotFather and put its token into .env.")
        return
    session = AiohttpSession(api=TelegramAPIServer.from_base(settings.telegram_api), timeout=15)
    async with Bot(settings.telegram_token.get_secret_value(), session).context() as bot:
        try:
            me = await bot.me()
        except TelegramAPIError as error:
            yield Finding("Telegram does not answer", f"{type(error).__name__}: check TELEGRAM_TOKEN and the network.")
            return
        yield Finding(f"Telegram knows the bot as @{me.username}")
        if me.can_read_all_group_messages:
            yield Finding("Privacy mode is off: 签到 without a slash is heard in groups")
        else:
            remedy = "@BotFather: /setprivacy, Disable; then take the bot out of the group and add it again."
            yield Finding("Privacy mode is on, so words such as 签到 are not heard in groups", remedy)
        for group in await _linked(settings):
            yield await _rights(bot, group)


async def _email(settings: Settings) -> Finding:
    """Whether the mail server answers, and takes the password; nothing is sent."""
    if not (settings.smtp_url and settings.mail_from):
        return Finding("No e-mail (SMTP_URL is empty): whom the chat does not reach gets no letter")
    client = Server.of(settings.smtp_url.get_secret_value()).dial(parseaddr(settings.mail_from)[1])
    try:
        await client.connect()
    except (SMTPException, OSError, ValueError) as error:
        why = "it refuses the user or password" if isinstance(error, SMTPAuthenticationError) else type(error).__name__
        return Finding("The mail server does not answer as it should", f"{why}: check SMTP_URL.")
    finally:
        client.close()
    return Finding("The mail server answers")


async def _linked(settings: Settings) -> list[tuple[int, str]]:
    database = open_database(settings.database_url.get_secret_value())
    try:
        return await database.read(_telegram_groups)
    except SQLAlchemyError:
        return []
    finally:
        await database.close()


def _telegram_groups(session: Session) -> list[tuple[int, str]]:
    linked = select(Group).where(Group.state == "linked", Group.platform == "telegram")
    return [(group.chat_id, group.title) for group in session.exec(linked)]


async def _rights(bot: Bot, group: tuple[int, str]) -> Finding:
    chat_id, title = group
    try:
        me = await bot.get_chat_member(chat_id, bot.id)
    except TelegramAPIError:
        return Finding(f"The group “{title}” cannot be looked into", "Add the bot to the group again.")
    if not isinstance(me, ChatMemberAdministrator):
        return Finding(f"The bot is no administrator of “{title}”", "Make it an administrator in the group's settings.")
    if lacking := [what for right, what in RIGHTS.items() if not getattr(me, right)]:
        return Finding(f"The bot lacks rights in “{title}”", "Let it " + ", ".join(lacking) + ".")
    return Finding(f"The bot has its rights in “{title}”")
