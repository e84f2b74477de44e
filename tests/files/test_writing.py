"""What is written is read again as it was, and is never a formula."""

import csv
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.club.cells import bare
from bot.tables.reading import rows
from bot.tables.writing import FORMULAS, KINDS, Cell, plain, sheet

HOSTILE = (
    "=1+1",
    "+8613800138000",
    "-5",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "=cmd|' /C calc'!A0",
    "'=1",
    'a"b,c',
    "李雷",
    "x\ny",
)


@pytest.mark.parametrize("kind", KINDS)
def test_no_text_is_a_formula_and_a_number_is_a_number(kind: str, tmp_path: Path) -> None:
    made = sheet(kind, tmp_path / f"x.{kind}")
    made.add([["name", "points"]])
    made.add([[text, 5] for text in HOSTILE])
    made.close()
    made.close()
    data = (tmp_path / f"x.{kind}").read_bytes()
    read = [cells for _, cells in rows(data)][1:]
    assert [points for _, points in read] == ["5"] * len(HOSTILE)
    if kind == "xlsx":
        assert b"<f>" not in data
        return
    assert [name for name, _ in read] == [plain(text) for text in HOSTILE]
    assert not any(name.startswith(FORMULAS) for name, _ in read)
    assert data.startswith(b"\xef\xbb\xbf")


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text(max_size=20))
def test_the_way_back_gives_the_text(text: str) -> None:
    written = plain(text)
    assert isinstance(written, str)
    assert not written.startswith(FORMULAS)
    if text == bare(text) and not text.startswith("'"):
        assert bare(written) == text


def test_an_empty_cell_stays_empty(tmp_path: Path) -> None:
    made, row = sheet("csv", tmp_path / "x.csv"), [None, 0, 1.5, ""]
    cells: list[Cell] = [*row]
    made.add([cells])
    made.close()
    written = (tmp_path / "x.csv").read_text("utf-8-sig")
    assert next(csv.reader([written])) == ["", "0", "1.5", ""]
