"""For the owner and the managers: roles, the pause, and who did what."""

from datetime import datetime
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import Message

from bot.club import audit, rules, staff
from bot.club.errors import BadLine
from bot.club.members import Person, Role
from bot.club.rules import Shop
from bot.i18n import N_, _
from bot.speech import fill, fitting, name, role_name
from bot.speech.ledger import act
from db.engine import Database
from handlers.commands import command
from handlers.lines import whom

STAFF_FORM = N_("/staff add @ann clerk")
ROLES = {"店员": "clerk", "店員": "clerk", "店长": "manager", "店長": "manager", "店主": "owner"}


@command("staff", who=Role.OWNER, help=N_("roles: /staff add WHO ROLE, remove WHO, list"))
async def roles(message: Message, words: str, person: Person, database: Database, now: datetime) -> TelegramMethod[Any]:
    """Give a role, take it away, or list who has one."""
    verb, _sep, rest = words.partition(" ")
    match verb.lower():
        case "add":
            who, role = whom(message, rest, person, form=STAFF_FORM)
            role = ROLES.get(role, role.lower())
            hired = await database.write(staff.hire, person, who, role, now=now)
            return message.answer(
                fill(
                    _("{number} ({name}) has the role {role} now."),
                    name=name(hired.name),
                    number=hired.number,
                    role=role_name(role),
                )
            )
        case "remove":
            who, more = whom(message, rest, person, form=(form := "/staff remove @ann"))
            if more:
                raise BadLine(form=form)
            gone = await database.write(staff.dismiss, person, who, now=now)
            return message.answer(
                fill(_("{number} ({name}) has no role any more."), name=name(gone.name), number=gone.number)
            )
        case "list" | "":
            lines = [
                fill(_("{role}: {number} {name}"), role=role_name(role), number=member, name=name(called))
                for role, member, called in await database.read(staff.listed)
            ]
            return message.answer(fitting([_("<b>Staff</b>"), *lines]))
        case _:
            raise BadLine(form=STAFF_FORM)


@command("pause", who=Role.MANAGER, help=N_("hold everything that is sent on its own"))
async def pause(message: Message, person: Person, database: Database, now: datetime) -> TelegramMethod[Any]:
    """Hold what is sent on its own; answers and receipts still go."""
    await database.write(rules.change, person.member_id, "sending.paused", "true", now=now)
    return message.answer(
        _("Paused: nothing goes out on its own. Answers and receipts still do. /resume lets it go on.")
    )


@command("resume", who=Role.MANAGER, help=N_("start sending again"))
async def resume(message: Message, person: Person, database: Database, now: datetime) -> TelegramMethod[Any]:
    """Let what was held go on, as far as it is still welcome."""
    await database.write(rules.change, person.member_id, "sending.paused", "false", now=now)
    return message.answer(_("Sending again: what is still in time goes out now."))


@command("audit", who=Role.OWNER, help=N_("who did what, the last 50"))
async def audited(message: Message, database: Database, shop: Shop) -> TelegramMethod[Any]:
    """Show who did what."""
    lines: list[str] = [act(done, shop) for done in await database.read(audit.last)]
    return message.answer(fitting([_("<b>Who did what</b>"), *(lines or [_("Nothing yet.")])]))
