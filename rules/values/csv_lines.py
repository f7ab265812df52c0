"""Rows as the lines of a CSV file that spreadsheets and programs read."""

import csv
import io
from collections.abc import Iterable, Sequence

#: Excel reads a file as UTF-8, and so Arabic, where it begins so.
BEGIN = "\ufeff"


def csv_lines(rows: Iterable[Sequence[str]]) -> str:
    """The rows with every cell in quotes, so that no cell ends a row."""
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(rows)
    return text.getvalue()
