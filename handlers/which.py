"""Where several members fit whom a line of the staff names, buttons with number and first name ask which."""

import re
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import Message

from bot.club import conversations
from bot.club.errors import StaleButton, WhichMember
from bot.club.members import Person, Role, number
from bot.i18n import _
from bot.speech import fill, name
from bot.speech.buttons import rows, tap
from db.engine import Database
from handlers.commands import COMMANDS, Command, button
from handlers.threshold import speak

LONGEST = 400  # characters of a line that waits for the answer


async def asking(command: Command, data: dict[str, Any]) -> TelegramMethod[Any] | None:
    """Let a command speak; where its line names several members, keep the line and ask which one is meant."""
    try:
        return await speak(command, data)
    except WhichMember as several:
        line, who = data["words"], several.facts["who"]
        if len(line) > LONGEST or who not in line:
            raise
        database, account_id, now = data["database"], data["person"].account_id, data["now"]
        kept = {"command": command.name, "line": line, "who": who, "key": data["key"]}
        await database.write(conversations.ask, account_id, "which", now=now, **kept)
        message: Message = data["message"]
        text = fill(_("Several members fit “{who}”. Which one do you mean?"), who=who)
        buttons = [tap(f"{each.number} {name(each.name)}", "which", each.member_id) for each in several.members]
        return message.answer(text, reply_markup=rows(*buttons, tap(_("Cancel"), "untell")))


@button("which", who=Role.CLERK)
async def chosen(
    about: str, person: Person, database: Database, everything: dict[str, Any]
) -> TelegramMethod[Any] | None:
    """Say the line again with the number of the member who is meant. Its key is the first one's: it counts once."""
    asked = await database.read(conversations.asked, person.account_id)
    if asked is None or asked[0] != "which":
        raise StaleButton
    facts = asked[1]
    who = re.escape(facts["who"])
    words = re.sub(rf'(?<!\S)["“「]?{who}["”」]?(?!\S)', number(int(about)), facts["line"], count=1)
    return await speak(COMMANDS[facts["command"]], everything | {"words": words, "key": facts["key"]})
