"""Tables written to a file, a batch at a time, so that a long one takes no memory. A text is never a formula."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

Cell = str | int | float | None
FORMULAS = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would take for the beginning of one
KINDS = ("csv", "xlsx")


class Sheet(Protocol):
    """A file under way. Blocks: not for the event loop."""

    def add(self, rows: Iterable[Sequence[Cell]]) -> None:
        """Write some rows."""

    def close(self) -> None:
        """Finish the file; a second time does nothing."""


def sheet(kind: str, path: Path) -> Sheet:
    """A new file of one of KINDS."""
    return Csv(path) if kind == "csv" else Workbook(path)


def plain(cell: Cell) -> Cell:
    """A cell that no spreadsheet takes for a formula: such a text gets an apostrophe, which the way back takes off."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULAS) else cell


class Csv:
    """CSV that Excel opens with its Chinese right."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8-sig", newline="", errors="replace")
        self._rows = csv.writer(self._file)

    def add(self, rows: Iterable[Sequence[Cell]]) -> None:
        """Write some rows."""
        self._rows.writerows([plain(cell) for cell in row] for row in rows)

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


class Workbook:
    """XLSX, a row at a time, its texts as texts."""

    def __init__(self, path: Path) -> None:
        from xlsxwriter import Workbook as Book  # noqa: PLC0415 (most runs never write one)

        never = dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)
        self._book = Book(str(path), {"constant_memory": True, "tmpdir": str(path.parent)} | never)
        self._sheet = self._book.add_worksheet()
        self._next = 0
        self._closed = False

    def add(self, rows: Iterable[Sequence[Cell]]) -> None:
        """Write some rows."""
        for row in rows:
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    self._sheet.write_string(self._next, column, cell)
                elif cell is not None:
                    self._sheet.write_number(self._next, column, cell)
            self._next += 1

    def close(self) -> None:
        """Finish the file."""
        if not self._closed:
            self._closed = True
            self._book.close()
