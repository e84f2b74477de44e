"""The owner brings a list along: read, asked about where it is unsure, told what it would bring, and confirmed."""

import asyncio
import hashlib
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiogram import Bot
from aiogram.methods import TelegramMethod
from aiogram.types import BufferedInputFile, Message

from bot.club import columns, imports, staging
from bot.club.cells import At
from bot.club.columns import Columns
from bot.club.errors import ClubError
from bot.club.lists import Fault, Reader, Taken
from bot.club.members import Person, Role
from bot.club.rules import Shop
from bot.club.staging import Sent
from bot.i18n import N_, _
from bot.platforms.files import NotFetched, fetch
from bot.speech import LONGEST_CAPTION, LONGEST_TEXT, fill, plain
from bot.speech import imports as words_of
from bot.tables.apart import Batch, taken_apart
from bot.tables.limits import Unreadable
from db.engine import Database, in_several_acts
from handlers.commands import button, command
from handlers.lines import row_id, storable
from handlers.progress import Progress

KEPT = 5000  # mistakes that are told of; the others are counted
DROPPED = 500  # rows to an act
TRADITIONAL = ("TW", "HK", "MO")  # regions where Excel writes Big5
FORM = N_(
    "Send me a CSV or Excel file (.xlsx) with the caption <code>/import</code>: a list of members, of points or of "
    "purchases. Row 1 names the columns, such as name, phone, birthday, points, tags. I tell what it would bring, and "
    "nothing happens before your yes."
)


class PrivateOnly(ClubError):
    """A list that was sent to a group."""

    says = N_("Please send me lists in our private chat: they are nobody else's business. Best delete it here.")


@dataclass(slots=True)
class Read:
    """A list as it was read: its columns, what it would bring, and what is wrong in it."""

    columns: Columns | None = None
    rows: int = 0
    many: int = 0  # mistakes
    counts: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)


@command("import", "导入", "匯入", who=Role.OWNER, help=N_("bring a list along: a CSV or Excel file with this caption"))
async def receive(
    message: Message, bot: Bot, person: Person, database: Database, shop: Shop, key: str, now: datetime
) -> TelegramMethod[Any]:
    """Read a list and tell what it would bring."""
    if message.chat.type != "private":
        raise PrivateOnly
    document = message.document
    if document is None:
        return message.answer(_(FORM))
    try:
        data = await fetch(bot, document.file_id, document.file_size)
    except NotFetched:
        return message.answer(words_of.reason("not_fetched", 0))
    name = storable(document.file_name or "") or "–"
    sent = Sent(document.file_id, name[:200], hashlib.sha256(data).hexdigest())
    with in_several_acts():
        number = await database.write(staging.begin, person, sent, key=f"import:{key}", now=now)
    return await _take(Progress(message), number, sent, data, {}, database, shop, now)


@button("column", who=Role.OWNER)
async def answered(
    message: Message, about: str, bot: Bot, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Take the owner's word on a column, and read the list with it."""
    number, _sep, rest = about.partition(":")
    column, _sep, said = rest.partition(":")
    if column not in (*columns.NAMES, "kind") or not (said in (*columns.KINDS, columns.NONE) or said.isdecimal()):
        raise ValueError(about)
    with in_several_acts():
        again = await database.write(staging.answer, person, row_id(number), column, said, now=now)
    progress = Progress(message, under=True)
    try:
        data = await fetch(bot, again.sent.file_id)
    except NotFetched:
        return progress.answer(words_of.reason("not_fetched", 0))
    return await _take(progress, again.number, again.sent, data, again.answers, database, shop, now)


@button("import", who=Role.OWNER)
async def confirm(
    message: Message, about: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Import what was told. From the first act on it is certain: whoever comes after a crash goes on with it."""
    number, progress = row_id(about), Progress(message, under=True)
    await database.write(imports.confirm, person, number, now=now)
    while True:
        done = await database.write(imports.carry_on, number, shop, now=now)
        if not done.left:
            return progress.answer(words_of.brought(done.name, done.counts, shop))
        await progress.tell(words_of.carrying(done.left))


@button("unimport", who=Role.OWNER)
async def cancel(
    message: Message, about: str, person: Person, database: Database, now: datetime
) -> TelegramMethod[Any]:
    """Leave a list alone."""
    await database.write(staging.cancel, person, row_id(about), now=now)
    return message.edit_text(_("All right, nothing was imported."))


async def _take(
    progress: Progress,
    number: int,
    sent: Sent,
    data: bytes,
    answers: dict[str, str],
    database: Database,
    shop: Shop,
    now: datetime,
) -> TelegramMethod[Any]:
    """Read a list to its end, a batch to an act, and say what came of it."""
    with in_several_acts():
        while await database.write(staging.drop, number, DROPPED) == DROPPED:
            continue
        try:
            read = await _read(progress, number, data, answers, database, shop, now)
        except (Unreadable, ClubError) as error:
            refusal: Unreadable | ClubError | None = error
        else:
            refusal = None
    if refusal:
        await database.write(staging.refuse, number, now=now)
        if isinstance(refusal, Unreadable):
            return progress.answer(words_of.reason(refusal.why, refusal.row))
        raise refusal
    return await _say(progress, number, sent, read, database, shop, now)


async def _read(
    progress: Progress, number: int, data: bytes, answers: dict[str, str], database: Database, shop: Shop, now: datetime
) -> Read:
    """Read a list and lay down its rows, up to the first mistake. Raises Unreadable, NoColumns, NoColumn."""
    read = Read()
    reader: Reader | None = None

    async def lay(batch: Batch, *, last: bool = False) -> None:
        assert reader
        taken = await asyncio.to_thread(reader.read, batch, last=last)
        await _lay(read, number, taken, database, now)
        read.rows += len(batch)
        await progress.tell(words_of.reading(read.rows))

    async with taken_apart(data, traditional=shop.region in TRADITIONAL) as batches:
        async for batch in batches:
            if reader is None:
                (_number, header), *batch = batch  # noqa: PLW2901
                read.columns = columns.recognise([storable(name) for name in header], answers)
                if read.columns.question:
                    return read
                reader = Reader(read.columns, At(shop, now))
            await lay(batch)
    await lay([], last=True)
    if not read.rows:
        raise Unreadable("empty")
    return read


async def _lay(read: Read, number: int, taken: Taken, database: Database, now: datetime) -> None:
    """Lay down what is right, as long as nothing was wrong; keep what is wrong to tell of it."""
    assert read.columns
    faults = taken.faults
    if not read.many and taken.clean:
        staged = await database.write(staging.stage, number, read.columns, taken.clean, now=now)
        read.counts.update(staged.counts)
        faults = sorted(faults + staged.faults, key=lambda fault: fault.row)
    read.many += len(faults)
    read.faults += faults[: max(0, KEPT - len(read.faults))]


async def _say(
    progress: Progress, number: int, sent: Sent, read: Read, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Ask, list the mistakes, or tell what would come and wait for a yes."""
    assert read.columns
    if read.columns.question:
        await database.write(staging.ask, number, now=now)
        return progress.answer(*words_of.asked(number, read.columns.question))
    if read.many:
        await database.write(staging.refuse, number, now=now)
        return await _mistaken(progress, sent, read, shop)
    await database.write(staging.ready, number, read.columns.kind, read.counts, now=now)
    return progress.answer(*words_of.would_bring(number, sent.name, read.columns, read.counts, shop))


async def _mistaken(progress: Progress, sent: Sent, read: Read, shop: Shop) -> TelegramMethod[Any]:
    """The first mistakes in a message; where they are many, all of them in a file."""
    lines = words_of.wrong(read.faults, shop)
    if read.many <= words_of.SHOWN:
        return progress.answer(words_of.mistakes(sent.name, lines, read.many, LONGEST_TEXT))
    whole = [*map(plain, lines)]
    if read.many > len(lines):
        whole.append(plain(fill(_("… and {more} more."), more=read.many - len(lines))))
    file = BufferedInputFile("\r\n".join(whole).encode("utf-8-sig"), "errors.txt")
    return await progress.document(file, words_of.mistakes(sent.name, lines, read.many, LONGEST_CAPTION))
