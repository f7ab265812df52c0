"""The lines of a CSV file."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from rules.values.csv_lines import csv_lines


def test_every_cell_is_in_quotes_and_every_row_is_a_line() -> None:
    """A number too: a spreadsheet asks no other program what it is."""
    assert csv_lines([["a", "1"], ["", 'b"c,\n']]) == '"a","1"\r\n"","b""c,\n"\r\n'


@given(st.lists(st.lists(st.text("ab\"'،,;\r\n="), min_size=1), max_size=5))
def test_what_is_written_is_read_again(rows: list[list[str]]) -> None:
    """Line breaks inside a cell as they are."""
    written = io.StringIO(csv_lines(rows), newline="")

    assert list(csv.reader(written)) == rows
