"""The menu of commands that the platforms show, made from the table: a language each, and more for the staff."""

import asyncio
from collections.abc import Iterator, Mapping

from aiogram.methods import SetMyCommands
from aiogram.types import BotCommand, BotCommandScopeAllGroupChats, BotCommandScopeAllPrivateChats

from bot.club.members import Role
from bot.i18n import _, speaking
from bot.platforms import Later, Platform
from handlers.commands import COMMANDS, Command

CODES = {"en": None, "zh_CN": "zh"}  # Telegram knows one Chinese; en is for everybody else


async def show_commands(platforms: Mapping[str, Platform]) -> None:
    """Tell each platform what can be said in private and in groups, as soon as it can be told."""
    for platform in platforms.values():
        for method in _menus():
            while isinstance(outcome := await platform.send(method), Later):  # noqa: ASYNC110 (as long as it says)
                await asyncio.sleep(outcome.seconds)


def _menus() -> Iterator[SetMyCommands]:
    private = [entry for entry in COMMANDS.values() if entry.who <= Role.MEMBER]
    group = [entry for entry in private if entry.in_group]
    for locale, code in CODES.items():
        for scope, entries in ((BotCommandScopeAllPrivateChats(), private), (BotCommandScopeAllGroupChats(), group)):
            yield SetMyCommands(commands=_lines(entries, locale), scope=scope, language_code=code)


def _lines(entries: list[Command], locale: str) -> list[BotCommand]:
    with speaking(locale):
        return [BotCommand(command=entry.name, description=_(entry.help)) for entry in entries]
