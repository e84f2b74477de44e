"""Files that the tests send: Excel workbooks, and archives that only look like one."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

from xlsxwriter import Workbook

OOXML = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"


def workbook(cells: Iterable[Sequence[Any]]) -> bytes:
    """An Excel file with one sheet."""
    file = io.BytesIO()
    with Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(cells):
            for column, cell in enumerate(row):
                if cell is not None:
                    sheet.write(number, column, cell)
    return file.getvalue()


def archive(**parts: bytes) -> bytes:
    """A zip with parts by name (`__` for a slash, `_xml` for its end)."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("[Content_Types].xml", OOXML)
        for name, part in parts.items():
            made.writestr(name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"), part)
    return file.getvalue()
