"""A CSV file as named cells with line numbers: hostile until every line was judged."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from rules.problems import Problem, Problems, problem

T = TypeVar("T")
#: From a line's cells to its key and its value; None where the problems noted allow neither.
Judge = Callable[[Mapping[str, str], Problems], tuple[str, T] | None]

#: Characters of one cell; far above what any rule accepts.
_LONGEST_CELL = 10_000
#: Stands where a problem is about the file or the line, not about a column.
_WHOLE = "file"

_SENTENCES = {
    "not_utf8": ("الملف ليس نصًا بترميز UTF-8.", "The file is not UTF-8 text."),
    "not_csv": ("الملف ليس بصيغة CSV سليمة.", "The file is not well-formed CSV."),
    "cells_miscounted": (
        "عدد الخانات في هذا السطر لا يساوي عدد الأعمدة.",
        "This line has not as many cells as there are columns.",
    ),
    "column_repeated": ("هذا العمود مكرر.", "This column is there twice."),
    "line_repeated": ("سبق ورود هذه القيمة في الملف.", "An earlier line has this value."),
}


@dataclass(frozen=True)
class LineProblem:
    """One thing to put right in a file."""

    file: str
    line: int
    problem: Problem


@dataclass
class CsvFile:
    """One file with its columns; collects the problems of all its lines.

    UTF-8 with or without a byte order mark, a first line of column names, commas. Every required
    column is there, and none that is not known.
    """

    path: Path
    required: frozenset[str]
    optional: frozenset[str] = frozenset()
    problems: list[LineProblem] = field(default_factory=list)

    def judged(self, judge: Judge[T], *, key: str) -> dict[str, T]:
        """The good lines by their key, which stands in the column ``key``, once each.

        Raises OSError where the file cannot be read.
        """
        found: dict[str, T] = {}
        for line, cells in self._lines():
            noted = Problems()
            entry = judge(cells, noted)
            self._note(line, noted.found)
            if entry is None:
                continue
            if entry[0] in found:
                self._note(line, [_said("line_repeated", key)])
            found[entry[0]] = entry[1]
        return found

    def _lines(self) -> Iterator[tuple[int, Mapping[str, str]]]:
        try:
            text = self.path.read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError:
            self._note(1, [_said("not_utf8", _WHOLE)])
            return
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        try:
            names = [name.strip() for name in next(reader, [])]
            if self._columns_are_right(names):
                yield from self._named_cells(reader, names)
        except csv.Error:
            self._note(reader.line_num, [_said("not_csv", _WHOLE)])

    def _named_cells(self, reader: Any, names: list[str]) -> Iterator[tuple[int, dict[str, str]]]:
        for cells in reader:
            if not cells:
                continue
            if len(cells) != len(names):
                self._note(reader.line_num, [_said("cells_miscounted", _WHOLE)])
            elif any(len(cell) > _LONGEST_CELL for cell in cells):
                found = problem("too_long", _WHOLE, limit=_LONGEST_CELL)
                self._note(reader.line_num, [found])
            else:
                stripped = (cell.strip() for cell in cells)
                yield reader.line_num, dict(zip(names, stripped, strict=True))

    def _columns_are_right(self, names: Sequence[str]) -> bool:
        known = self.required | self.optional
        missing = sorted(self.required - set(names))
        twice = sorted({name for name in names if name in known and names.count(name) > 1})
        # The name of a column that is not known may be anything: it is not repeated.
        unknown = [name for name in names if name not in known]
        self._note(1, [problem("field_missing", name) for name in missing])
        self._note(1, [_said("column_repeated", name) for name in twice])
        self._note(1, [problem("field_unknown", f"column {names.index(n) + 1}") for n in unknown])
        return not (missing or twice or unknown)

    def _note(self, line: int, found: Sequence[Problem]) -> None:
        self.problems += [LineProblem(self.path.name, line, each) for each in found]


def _said(code: str, about: str) -> Problem:
    arabic, english = _SENTENCES[code]
    return Problem(code, about, arabic, english)
