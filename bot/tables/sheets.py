"""Excel workbooks: looked over as archives before anything in them is read, so that a bomb stays packed."""

import re
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from io import BytesIO
from zipfile import BadZipFile, ZipFile, ZipInfo

from bot.tables.limits import COLUMNS, PARTS, RATIO, ROWS, UNPACKED, Unreadable

END = b"PK\x05\x06"  # of the archive's list of parts
WIDER = b"PK\x06\x07"  # there are more parts, or larger ones, than a workbook of ours has
LIST = 2**20  # bytes of that list
SPREADSHEET = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
# A cell beyond the last column or row that may be: the reader would lay out everything before it.
FAR = re.compile(rb"""\br=["'](?:[A-Z]{3,}[0-9]|G[S-Z][0-9]|[H-Z][A-Z][0-9])""")
LOW = re.compile(rb"""\br=["'][A-Z]{0,3}([0-9]{6,})""")
PIECE = 2**16

Rows = Iterator[tuple[int, list[str]]]


def rows(data: bytes) -> Rows:
    """Each row of the first sheet that is shown, with its number; blank ones are left out. Raises Unreadable."""
    _look_over(data)
    from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum  # noqa: PLC0415 (a CSV needs it not)

    try:
        book = CalamineWorkbook.from_filelike(BytesIO(data))
        shown = [sheet.name for sheet in book.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
        if not shown:
            raise Unreadable("empty")
        for number, cells in enumerate(book.get_sheet_by_name(shown[0]).to_python(skip_empty_area=False), 1):
            told = [_told(cell) for cell in cells]
            if any(cell.strip() for cell in told):
                yield number, told
    except (CalamineError, ValueError, KeyError):
        raise Unreadable("broken") from None


def _look_over(data: bytes) -> None:
    """Refuse what is no plain workbook, or unpacks to more than one may. Raises Unreadable."""
    end = data.rfind(END)
    if end < 0 or len(data) - end < 22:
        raise Unreadable("broken")
    many, size = (
        int.from_bytes(data[end + 10 : end + 12], "little"),
        int.from_bytes(data[end + 12 : end + 16], "little"),
    )
    if many > PARTS or size > LIST or WIDER in data[max(0, end - 64) : end]:
        raise Unreadable("too_big")
    try:
        with ZipFile(BytesIO(data)) as archive:
            parts = archive.infolist()
            if sum(part.file_size for part in parts) > min(UNPACKED, RATIO * len(data)):
                raise Unreadable("too_big")
            _kind(archive, {part.filename for part in parts})
            for part in parts:
                _unpack(archive, part)
    except (BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        raise Unreadable("broken") from None


def _kind(archive: ZipFile, names: set[str]) -> None:
    """A workbook without macros, or Unreadable."""
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Unreadable("macros")
    if "mimetype" in names:
        raise Unreadable("ods")
    if "[Content_Types].xml" not in names:
        raise Unreadable("not_a_table")
    with archive.open("[Content_Types].xml") as types:
        if SPREADSHEET not in types.read(LIST):
            raise Unreadable("macros" if "xl/workbook.xml" in names else "not_a_table")


def _unpack(archive: ZipFile, part: ZipInfo) -> None:
    """Unpack a part, keep nothing of it, and see that it is what it says: no larger, no cell far out.

    ZipFile stops at the size that is declared; the reader would not, so the end must be there.
    """
    is_sheet, unpacked, tail = part.filename.startswith("xl/worksheets/"), 0, b""
    with archive.open(part) as file:
        while piece := file.read(PIECE):
            unpacked += len(piece)
            if is_sheet:
                _near(tail + piece)
                tail = piece[-40:]
    if unpacked != part.file_size:
        raise Unreadable("broken")


def _near(piece: bytes) -> None:
    if FAR.search(piece):
        raise Unreadable("too_many_columns")
    if any(int(found[1][:9]) > ROWS + 1 for found in LOW.finditer(piece)):
        raise Unreadable("too_many_rows")


def _told(cell: object) -> str:
    """A cell as somebody would write it."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return f"{cell:.10f}".rstrip("0").rstrip(".") if abs(cell) < 1e15 else str(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "minutes") if cell.time() != time() else cell.date().isoformat()
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell.total_seconds()) if isinstance(cell, timedelta) else str(cell)


assert COLUMNS == 200, "FAR knows the last column, GR"
