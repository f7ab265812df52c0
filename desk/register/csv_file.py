"""A CSV file as named cells with line numbers: hostile until every line was judged."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from desk.register.csv_text import NotText, text_of
from rules.findings.problems import Problem, Problems, ValueRefused, problem
from rules.values.as_typed import plain
from rules.values.spreadsheet import column_names, one_line, refuse_damage, whole_number
from rules.values.spreadsheet_dates import DateOrder, date_order, year_first

T = TypeVar("T")
#: From a line's cells to its key and its value; None where the problems noted allow neither.
Judge = Callable[[Mapping[str, str], Problems], tuple[str, T] | None]

#: Characters of one cell; far above what any rule accepts.
_LONGEST_CELL = 10_000
#: Stands where a problem is about the file or the line, not about a column.
_WHOLE = "file"
#: Spreadsheets write one of them between cells, by the country that they are set to.
_SEPARATORS = (",", ";", "\t", "|")
#: A first line that says which, for spreadsheets alone.
_SAYS_SEPARATOR = re.compile(r'"?sep=([,;\t|])"?\s*', re.IGNORECASE)
#: Columns whose values are names made of digits.
_NUMBERS = frozenset({"registration_number", "identity_number", "mobile"})
_DATES = frozenset({"birth_date", "confirmed_on", "valid_from", "expires_on", "completed_on"})


class OnHand(Protocol):
    """A file that is read whole, as often as one likes: a path is one."""

    @property
    def name(self) -> str:
        """What people know it by."""
        ...

    def read_bytes(self) -> bytes:
        """All of it; raises OSError."""
        ...


@dataclass(frozen=True)
class LineProblem:
    """One thing to put right in a file."""

    file: str
    line: int
    problem: Problem
    #: The cell that is meant; empty where no single one is. Personal data: for the screen alone.
    value: str = ""


@dataclass(frozen=True, repr=False)
class ReadLine:
    """A line on its own: its cells for their rules, and what stands against it already.

    No cells where the line, or the file from here on, could not be read.
    """

    number: int
    cells: Mapping[str, str] | None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class _Line:
    #: The line on which the record begins.
    number: int
    cells: Mapping[str, str]


@dataclass
class CsvFile:
    """One file with its columns; collects the problems of all its lines.

    As spreadsheets write them: commas, semicolons, tabs or bars; UTF-8 or UTF-16 with its mark;
    the columns named in the first line, whatever its capitals and spaces; rows and columns without
    any value are left out. Every required column is there, and none that is not known. A cell is
    one line of text.
    """

    path: OnHand
    required: frozenset[str]
    optional: frozenset[str] = frozenset()
    #: Whether dates such as 11/04/1988 are said to begin with the day.
    day_first: bool = False
    problems: list[LineProblem] = field(default_factory=list)
    #: The line of each good record, by its key.
    lines: dict[str, int] = field(default_factory=dict)

    def judged(self, judge: Judge[T], *, key: Callable[[T], str]) -> dict[str, T]:
        """The good lines by their key, which stands in the column that ``key`` names, once each.

        Raises OSError where the file cannot be read.
        """
        found: dict[str, T] = {}
        lines = list(self._lines())
        order = DateOrder.DAY_FIRST if self.day_first else _order(lines)
        for line in lines:
            noted = Problems()
            cells, refused = _read_cells(line.cells, order, noted)
            entry = judge(cells, noted)
            # A cell that was refused as such is told once, not again by the rule of its field.
            self._note(line, [one for one in noted.found if refused.get(one.field, one) == one])
            if entry is None or refused:
                continue
            if entry[0] in found:
                column, earlier = key(entry[1]), self.lines[entry[0]]
                self._note(line, [problem("line_repeated", column, line=earlier)])
                continue
            found[entry[0]] = entry[1]
            self.lines[entry[0]] = line.number
        return found

    def read_lines(self) -> Iterator[ReadLine]:
        """Every line by itself, in the file's order; none is kept, and none is judged by others.

        The file is read twice: how its dates begin is known at its end. Raises OSError where it
        cannot be read.
        """
        order = DateOrder.DAY_FIRST if self.day_first else _order(self._lines())
        self.problems.clear()
        for line in self._lines():
            yield from self._unreadable()
            noted = Problems()
            cells, _ = _read_cells(line.cells, order, noted)
            yield ReadLine(line.number, cells, tuple(noted.found))
        yield from self._unreadable()

    def _unreadable(self) -> Iterator[ReadLine]:
        """The lines that were left out since the last one that was read."""
        for each in self.problems:
            yield ReadLine(each.line, None, (each.problem,))
        self.problems.clear()

    def note_line(self, number: int, found: Problem, *, value: str = "") -> None:
        """Note a problem that shows only beside other lines."""
        self.problems.append(LineProblem(self.path.name, number, found, value))

    def _lines(self) -> Iterator[_Line]:
        try:
            text = text_of(self.path.read_bytes())
        except NotText as refused:
            self.note_line(refused.line, problem(refused.code, _WHOLE))
            return
        before, separator, text = _separator(text, self.required | self.optional)
        records = _Records(text, separator, before)
        try:
            for number, cells in records:
                if any(map(str.strip, cells)):
                    columns = self._columns(number, cells)
                    if columns is not None:
                        yield from self._named_cells(records, columns)
                    return
            self._refuse_unnamed(1)
        except csv.Error:
            self.note_line(records.begun_on, problem("quote_misplaced", _WHOLE))

    def _named_cells(self, records: "_Records", columns: Sequence[str | None]) -> Iterator[_Line]:
        for number, typed in records:
            cells = [one_line(cell) for cell in typed]
            if not any(map(plain, cells)):
                continue
            if any(len(cell) > _LONGEST_CELL for cell in cells):
                self.note_line(number, problem("too_long", _WHOLE, limit=_LONGEST_CELL))
                continue
            named = self._fitted(number, cells, columns)
            if named is not None:
                yield _Line(number, named)

    def _fitted(
        self, number: int, cells: list[str], columns: Sequence[str | None]
    ) -> dict[str, str] | None:
        """The cells by column. Spreadsheets leave out empty cells at a line's end, or add some."""
        left_out = columns[len(cells) :]
        if any(name in self.required for name in left_out) or any(cells[len(columns) :]):
            counts = {"cells": len(cells), "columns": len(columns)}
            self.note_line(number, problem("cells_miscounted", _WHOLE, **counts))
            return None
        for place, (name, cell) in enumerate(zip(columns, cells, strict=False), start=1):
            if name is None and plain(cell):
                about = f"column {place}"
                found = problem("column_without_name", about, place=place)
                if all(found != each.problem for each in self.problems):
                    self.note_line(number, found, value=cell)
                return None
        padded = [*cells, *("" for _ in left_out)]
        return {name: cell for name, cell in zip(columns, padded, strict=False) if name}

    def _columns(self, number: int, header: Sequence[str]) -> list[str | None] | None:
        """The columns by place, None for one without a name; None where they are not right."""
        known = self.required | self.optional
        columns = column_names(header, known)
        there = [name for name in columns if name]
        if not there:
            self._refuse_unnamed(number)
            return None
        # The name of a column that is not known may be anything: it is not repeated.
        unknown = [
            str(place)
            for place, (name, typed) in enumerate(zip(columns, header, strict=True), start=1)
            if name is None and plain(typed)
        ]
        wrong = {
            "columns_missing": {"columns": sorted(self.required - set(there))},
            "columns_repeated": {"columns": sorted({n for n in there if there.count(n) > 1})},
            "columns_unknown": {"places": unknown, "columns": sorted(known - set(there))},
        }
        found = [
            problem(code, _WHOLE, **{name: ", ".join(facts) or "-" for name, facts in said.items()})
            for code, said in wrong.items()
            if next(iter(said.values()))
        ]
        for each in found:
            self.note_line(number, each)
        return None if found else columns

    def _refuse_unnamed(self, number: int) -> None:
        names = ", ".join(sorted(self.required))
        self.note_line(number, problem("columns_not_named", _WHOLE, columns=names))

    def _note(self, line: _Line, found: Sequence[Problem]) -> None:
        for one in found:
            self.note_line(line.number, one, value=line.cells.get(one.field, ""))


class _Records:
    """The records of a text, each with the line on which it begins."""

    def __init__(self, text: str, separator: str, lines_before: int) -> None:
        self._reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        self._before = lines_before
        self.begun_on = 1 + lines_before

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        return self

    def __next__(self) -> tuple[int, list[str]]:
        """Raises csv.Error where quotes do not close."""
        self.begun_on = 1 + self._before + self._reader.line_num
        return self.begun_on, next(self._reader)


def _separator(text: str, known: frozenset[str]) -> tuple[int, str, str]:
    """How many lines were taken off to know the separator; it; and the rest of the text.

    It is the one that makes the most known names of the first line, then the most cells.
    """
    first, rest = _first_line(text)
    if said := _SAYS_SEPARATOR.fullmatch(first):
        return 1, said[1], rest
    names = first or _first_line(text.lstrip())[0]

    def named(separator: str) -> tuple[int, int]:
        cells = next(csv.reader([names], delimiter=separator), [])
        return sum(name is not None for name in column_names(cells, known)), len(cells)

    return 0, max(_SEPARATORS, key=named), text


def _first_line(text: str) -> tuple[str, str]:
    line = io.StringIO(text, newline="").readline()
    return line.rstrip("\r\n"), text[len(line) :]


def _order(lines: Iterable[_Line]) -> DateOrder:
    return date_order(cell for line in lines for name, cell in line.cells.items() if name in _DATES)


def _read_cells(
    cells: Mapping[str, str], order: DateOrder, noted: Problems
) -> tuple[dict[str, str], dict[str, Problem]]:
    """The cells for their rules, and what was refused of them, by column."""
    read, refused = dict(cells), {}
    for name, cell in cells.items():
        try:
            refuse_damage(cell)
            if name in _NUMBERS:
                read[name] = whole_number(cell)
            elif name in _DATES:
                read[name] = year_first(cell, order)
        except ValueRefused as refusal:
            refused[name] = refusal.about(name)
            noted.add(refusal.code, name, **refusal.facts)
    return read, refused
