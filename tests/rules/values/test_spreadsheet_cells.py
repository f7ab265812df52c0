"""Cells that a spreadsheet opens: nothing that people typed is computed."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.values.csv_lines import csv_lines
from rules.values.spreadsheet_cells import as_cell

FORMULAS = [
    "=HYPERLINK(1)",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1",
    "＋1",
    "－1",
    "＠A",
    " =1",
    "\u00a0=1",
    "\u200f=1",
    "\u202e\u200b =1",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_what_begins_like_a_formula_stays_a_text(text: str) -> None:
    """Also behind what nobody sees."""
    assert as_cell(text) == f"'{text}"


@pytest.mark.parametrize(
    "text", ["", "نورة", "Al-Qahtani", "20-104567", "a=b", "'=1", " نورة", "\u200f", "1+1"]
)
def test_anything_else_is_as_it_is(text: str) -> None:
    """Signs inside a name are a name's."""
    assert as_cell(text) == text


@given(
    st.lists(st.lists(st.text(st.characters(exclude_characters="\x00\r")), min_size=1, max_size=3))
)
def test_a_cell_ends_no_row(rows: list[list[str]]) -> None:
    """Whatever is in it, the file reads as it was written."""
    text = csv_lines(rows)

    assert list(csv.reader(io.StringIO(text, newline=""))) == rows
