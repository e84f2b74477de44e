"""Files of every kind are taken apart into rows, or refused in time and without filling the memory."""

import asyncio
import gc
import io
import os
import random
import subprocess
import sys
import time
import zipfile
from typing import Any

import pytest

from bot.tables import apart, limits, sheets
from bot.tables.apart import ROOT, taken_apart
from bot.tables.limits import Unreadable
from bot.tables.reading import rows
from tests.sheets import archive, workbook

TABLE = "姓名,手机\r\n李雷,13800138000\r\n"
READ = [(1, ["姓名", "手机"]), (2, ["李雷", "13800138000"])]
BASE = 20  # MiB of a Python that only starts, and of the file itself
SEED = 20270210
MEASURED = """
from bot.tables.__main__ import main
main()
sys.stderr.write(open("/proc/self/status").read().partition("VmHWM:")[2].split()[0])
"""


def changed(book: bytes, part: str, before: bytes, after: bytes) -> bytes:
    """A workbook with some bytes of a part exchanged."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            assert name != part or before in content
            new.writestr(name, content.replace(before, after) if name == part else content)
    return file.getvalue()


def refused(data: bytes) -> str:
    """Why a file is refused."""
    with pytest.raises(Unreadable) as refusal:
        list(rows(data))
    return refusal.value.why


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_text_is_read_in_its_encoding(encoding: str) -> None:
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    assert list(rows(mark + TABLE.encode(encoding))) == READ


def test_big5_is_read_where_excel_writes_it() -> None:
    told = "姓名,手機\r\n陳小姐,0912345678\r\n"
    assert list(rows(told.encode("cp950"), traditional=True))[1] == (2, ["陳小姐", "0912345678"])
    assert next(iter(rows(told.encode(), traditional=True))) == (1, ["姓名", "手機"])


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_delimiter_is_found(delimiter: str, end: str) -> None:
    told = end.join([delimiter.join(["name", "note"]), delimiter.join(["Li", f'"a{delimiter}b"'])])
    assert list(rows(told.encode())) == [(1, ["name", "note"]), (2, ["Li", f"a{delimiter}b"])]


def test_rows_have_the_numbers_that_a_spreadsheet_shows() -> None:
    assert [number for number, _ in rows(b"a,b\n\n,\n1,2\n" + b'"x\ny",2\n3,4')] == [1, 4, 5, 6]
    book = workbook([[None], [None, None], ["a", "b"], [None], [1, 2]])
    assert list(rows(book)) == [(3, ["a", "b"]), (5, ["1", "2"])]


def test_cells_of_a_workbook_are_written_as_people_write_them() -> None:
    [(_, told)] = rows(workbook([[13800138000, 1.5, True, "=1+1", "x", 100, 1234567.25]]))
    assert told == ["13800138000", "1.5", "yes", "0", "x", "100", "1234567.25"]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"a\0b,c\n", "not_text"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not_text"),
        ("a,b\n".encode("utf-16-le"), "not_text"),
        (b"\xff\xfe\x00", "not_text"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old_excel"),
        (b"PK\x03\x04" * 9, "broken"),
        (b'a,b\n"x,1\n', "quotes"),
        (b'a,b\n"x"y,1\n', "quotes"),
        (b"a,b\n" + b"x" * 70_000 + b",1\n", "long_row"),
        (b",".join([b"c"] * 201) + b"\n1\n", "too_many_columns"),
        (b",".join([b"c"] * 10**6) + b"\n1\n", "too_many_columns"),
        (b"a\n" + b"1\n" * 100_001, "too_many_rows"),
        (b"a" * (limits.FILE + 1), "too_big"),
        (archive(xl__workbook_xml=b"", xl__vbaProject_bin=b"x"), "macros"),
        (archive(mimetype=b"application/vnd.oasis.opendocument.spreadsheet"), "ods"),
        (archive(word__document_xml=b"<w/>"), "broken"),
        (archive(**{f"p{n}": b"" for n in range(2100)}), "too_big"),
    ],
)
def test_what_is_no_table_is_refused_with_a_reason(data: bytes, why: str) -> None:
    assert refused(data) == why


def test_a_zip_that_is_no_workbook_is_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("../../etc/passwd", "x")
    assert refused(file.getvalue()) == "not_a_table"


def test_cells_that_claim_to_be_far_out_are_refused() -> None:
    book = workbook([["a", "b"], ["c", "d"]])
    sheet = "xl/worksheets/sheet1.xml"
    assert refused(changed(book, sheet, b'r="B1"', b'r="XFD1"')) == "too_many_columns"
    assert refused(changed(book, sheet, b'r="B1"', b"r='GS1'")) == "too_many_columns"
    assert refused(changed(book, sheet, b'r="B2"', b'r="B1048576"')) == "too_many_rows"
    assert refused(changed(book, sheet, b'<row r="2"', b'<row r="9999999999"')) == "too_many_rows"
    assert refused(changed(book, sheet, b"<sheetData>", b"<sheetData><c" + b" " * 65_000 + b' r="XFD1"/>')) != ""


def test_a_size_that_lies_is_found_out() -> None:
    honest = archive(xl__worksheets__sheet1_xml=b"0" * 9_000_000)
    at = honest.index(b"PK\x01\x02", honest.index(b"sheet1.xml"))
    at = honest.index(b"PK\x01\x02", at + 1) if honest[at + 46 : at + 65] == b"[Content_Types].xml" else at
    lying = bytearray(honest)
    lying[at + 24 : at + 28] = (10).to_bytes(4, "little")
    assert refused(bytes(lying)) == "broken"


@pytest.mark.parametrize("size", [60 * 2**20, 400 * 2**20])
def test_a_bomb_is_refused_at_once_and_stays_packed(size: int) -> None:
    bomb = archive(xl__worksheets__sheet1_xml=bytes(size))
    measured = f"import sys; sys.path.insert(0, {str(ROOT)!r}); " + MEASURED
    began = time.monotonic()
    run = subprocess.run([sys.executable, "-c", measured], input=bomb, capture_output=True, check=True)
    assert b'"too_big"' in run.stdout
    assert time.monotonic() - began < 5  # a second on a machine of its own
    assert int(run.stderr) / 1024 < 50 + BASE


def test_spoiled_workbooks_break_nothing() -> None:
    chance, book = random.Random(SEED), workbook([["name", "phone"], ["Li", 13800138000]])
    for _ in range(60):
        spoiled = bytearray(book)
        for _ in range(chance.randint(1, 30)):
            spoiled[chance.randrange(len(spoiled))] = chance.randrange(256)
        try:
            list(rows(bytes(spoiled)))
        except Unreadable:
            continue


async def _taken(data: bytes, **how: bool) -> list[Any]:
    async with taken_apart(data, **how) as batches:
        return [row async for batch in batches for row in batch]


async def test_another_process_does_it(monkeypatch: pytest.MonkeyPatch) -> None:
    many = b"a,b\n" + b"1,2\n" * 3000
    assert len(await _taken(many)) == 3001
    assert await _taken(TABLE.encode("cp936")) == [[number, cells] for number, cells in READ]
    with pytest.raises(Unreadable, match="not_text"):
        await _taken(b"a\0")
    monkeypatch.setenv("PATH", os.environ["PATH"])
    monkeypatch.setattr(apart, "LINE", 1000)
    with pytest.raises(Unreadable, match="too_big"):
        await _taken(many)


async def test_the_event_loop_is_never_held() -> None:
    """By what it does itself: on a machine that others use the clock on the wall tells nothing."""
    gc.collect()
    gc.freeze()  # as a club at work: what the other tests left is not looked over
    longest, data = 0.0, b"name,phone\n" + b"Li Lei,13800138000\n" * 60_000
    reading = asyncio.get_running_loop().create_task(_taken(data))
    while not reading.done():
        began = time.thread_time()
        await asyncio.sleep(0.002)
        longest = max(longest, time.thread_time() - began)
    gc.unfreeze()
    assert len(reading.result()) == 60_001
    assert longest < 0.25


async def test_who_stops_reading_leaves_no_process_behind() -> None:
    before = set(_children())
    async with taken_apart(b"a,b\n" + b"1,2\n" * 90_000) as batches:
        async for _ in batches:
            break
    assert set(_children()) == before


def _children() -> list[str]:
    mine = ["ps", "-o", "pid=,comm=", "--ppid", str(os.getpid())]
    listed = subprocess.run(mine, capture_output=True, text=True, check=True).stdout.splitlines()
    return [line for line in listed if not line.endswith(" ps")]


def test_the_last_column_is_what_the_search_looks_for() -> None:
    assert sheets.FAR.search(b'<c r="GR1"/>') is None
    assert sheets.FAR.search(b'<c r="GS1"/>')
    assert sheets.FAR.search(b'<c r="AAA1"/>')
