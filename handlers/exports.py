"""The owner takes out what the club keeps: members, points or purchases, of all or of an audience, as a file."""

import asyncio
from contextlib import closing
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from aiogram.methods import TelegramMethod
from aiogram.types import BufferedInputFile, Message

from bot.club import audiences, exports
from bot.club.audiences import EVERYBODY, Audience
from bot.club.columns import KINDS
from bot.club.errors import BadLine, ClubError
from bot.club.members import Person, Role
from bot.club.rules import Shop
from bot.i18n import N_, _
from bot.speech import Html, fill
from bot.speech.buttons import LONGEST, rows, tap
from bot.speech.columns import column_name
from bot.speech.notes import seed_of
from bot.tables import writing
from db.engine import Database
from handlers.commands import button, command
from handlers.progress import Progress

FORM = "/export members|points|purchases grade:vip"
LARGEST = 45 * 2**20  # bytes of a file that is sent as it is; the Bot API takes 50
CALLED = {
    "members": "members", "会员": "members", "會員": "members",
    "points": "points", "积分": "points", "點數": "points", "積分": "points",
    "purchases": "purchases", "消费": "purchases", "消費": "purchases", "购买": "purchases", "購買": "purchases",
}  # fmt: skip
CAPTIONS = {
    "members": N_("Members: {rows}."),
    "points": N_("Lots of points: {rows}."),
    "purchases": N_("Purchases: {rows}."),
}


class TooLarge(ClubError):
    """An export that no message carries."""

    says = N_("That is more than one file can carry. Please export an audience at a time, such as {form}")


@command("export", "导出", "匯出", who=Role.OWNER, help=N_("take out what is kept: /export members, points, purchases"))
async def export(
    message: Message, words: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any] | None:
    """Send a list as a file."""
    called, _sep, rest = words.partition(" ")
    if not words:
        labels = {"members": _("Members"), "points": _("Points"), "purchases": _("Purchases")}
        text = fill(_("What shall I take out? One line does it at once: <code>{form}</code>"), form=FORM)
        return message.answer(text, reply_markup=rows(*(tap(labels[kind], "export", kind, "csv") for kind in KINDS)))
    if called.lower() not in CALLED:
        raise BadLine(form=FORM)
    first, _sep, more = rest.strip().partition(" ")
    how = first.lower() if first.lower() in writing.KINDS else "csv"
    whom = more.strip() if first.lower() in writing.KINDS else rest.strip()
    return await _send(Progress(message), CALLED[called.lower()], how, whom, person, database, shop, now)


@button("export", who=Role.OWNER)
async def again(
    message: Message, about: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any] | None:
    """Send a list as the kind of file that was tapped."""
    kind, _sep, rest = about.partition(":")
    how, _sep, whom = rest.partition(":")
    if kind not in KINDS or how not in writing.KINDS:
        raise ValueError(about)
    return await _send(Progress(message), kind, how, whom, person, database, shop, now)


async def _send(
    progress: Progress,
    kind: str,
    how: str,
    whom: str,
    person: Person,
    database: Database,
    shop: Shop,
    now: datetime,
) -> TelegramMethod[Any] | None:
    """Write the file a batch at a time, note who took it, and send it."""
    audience = audiences.read(whom or EVERYBODY[0], shop, now=now, called=seed_of)
    many = await database.read(exports.count, kind, audience)
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{kind}-{shop.day(now)}.{how}"
        await _write(progress, path, kind, how, audience, many, database, shop, now)
        path = await asyncio.to_thread(_packed, path)
        file = BufferedInputFile(await asyncio.to_thread(path.read_bytes), path.name)
    await database.write(exports.noted, person, kind, many, now=now)
    safe = _("Whoever has this file has their data: keep it safe, and delete it in time.")
    caption = Html(fill(_(CAPTIONS[kind]), rows=many) + " " + safe)
    other = {"csv": "xlsx", "xlsx": "csv"}[how]
    fits = len(f"export:{kind}:{other}:{whom}".encode()) <= LONGEST
    labels = {"xlsx": _("As an Excel workbook"), "csv": _("As CSV")}
    buttons = rows(tap(labels[other], "export", kind, other, *([whom] if whom else []))) if fits else None
    return await progress.document(file, caption, buttons)


async def _write(
    progress: Progress,
    path: Path,
    kind: str,
    how: str,
    audience: Audience,
    many: int,
    database: Database,
    shop: Shop,
    now: datetime,
) -> None:
    """Write what is kept to a file."""
    after: int | None = 0
    done = 0
    with closing(writing.sheet(how, path)) as sheet:
        sheet.add([[column_name(name) for name in exports.HEADERS[kind]]])
        while after is not None:
            page = await database.read(exports.page, kind, audience, shop, after, now=now)
            await asyncio.to_thread(sheet.add, page.rows)
            after, done = page.last, done + len(page.rows)
            await progress.tell(fill(_("I am writing… {done} of {all} so far."), done=done, all=many))
        await asyncio.to_thread(sheet.close)


def _packed(path: Path) -> Path:
    """A file that a message carries: as it is, or packed. Raises TooLarge."""
    if path.stat().st_size <= LARGEST:
        return path
    packed = path.with_suffix(".zip")
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        archive.write(path, path.name)
    if packed.stat().st_size > LARGEST:
        raise TooLarge(form="/export members joined:>90d")
    return packed
