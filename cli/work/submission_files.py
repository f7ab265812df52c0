"""What `mumaris request submit-file` does; imported when it runs."""

import fcntl
import os
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TextIO

import typer

from cli.errors import ExitCode, FileUnusable, say_os_error
from cli.running import run
from cli.show.output import print_json, words
from cli.work.files import readable_file
from desk.clock import utc_now
from desk.requests.submission_files import read_rows
from desk.requests.submitting_many import (
    RowResult,
    SubmittedRow,
    rehearse_many,
    submit_many,
)
from rules.requests.row_outcomes import RowOutcome
from rules.requests.statuses import Kind
from rules.values.csv_lines import BEGIN, csv_lines
from rules.values.spreadsheet_cells import as_cell

#: The columns of the result file, which stay: programs read them.
_HEADINGS = ("line", "outcome", "tracking_code", "field", "code", "message")
#: Results that are written together.
_AT_ONCE = 500


def submit_file(
    file: Path, kind: Kind, *, check: bool, day_first: bool, as_json: bool, language: str
) -> None:
    """Hand in every row, or rehearse it; write what became of each beside the file."""
    readable_file(file)
    rows = read_rows(file, kind, day_first=day_first)
    results = file.with_name(f"{file.name}.results.csv")
    counts: Counter[RowOutcome] = Counter()

    async def work() -> None:
        done = (rehearse_many if check else submit_many)(kind, _each(rows), clock=utc_now)
        with _results(results) as out, _progress(file, quiet=as_json) as shown:
            written: list[tuple[str, ...]] = []
            async for result in done:
                counts[result.outcome] += 1
                written += _lines(result, language)
                shown.at(result.mark)
                if len(written) >= _AT_ONCE:
                    _write(out, written)
                    written = []
            _write(out, written)

    run(work)
    _tell(counts, results, as_json=as_json)
    if counts[RowOutcome.FAILED]:
        raise typer.Exit(ExitCode.FAULT)
    if counts[RowOutcome.REFUSED]:
        raise typer.Exit(ExitCode.REFUSED)


async def _each(rows: Iterator[SubmittedRow[int]]) -> AsyncIterator[SubmittedRow[int]]:
    for row in rows:
        yield row


def _lines(result: RowResult[int], language: str) -> list[tuple[str, ...]]:
    """A line for each problem of the row, or one that says that there is none."""
    row = (str(result.mark), result.outcome.value, result.tracking_code or "")
    if not result.problems:
        return [(*row, "", "", "")]
    return [
        tuple(map(as_cell, (*row, one.field, one.code, getattr(one.sentence, language))))
        for one in result.problems
    ]


@contextmanager
def _results(path: Path) -> Iterator[TextIO]:
    """The result file, for its owner alone; an earlier one is replaced.

    Raises `FileUnusable` where it cannot be written, or another command is writing it.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise FileUnusable(say_os_error(error)) from None
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as out:
        try:
            fcntl.flock(out, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FileUnusable(f"{path}: another command is submitting this file") from None
        out.truncate()
        out.write(BEGIN)
        _write(out, [_HEADINGS])
        yield out


def _write(out: TextIO, lines: Sequence[tuple[str, ...]]) -> None:
    out.write(csv_lines(lines))
    out.flush()


class _Shown(Protocol):
    def at(self, line: int) -> None:
        """So far the file is done."""


class _Nothing:
    def at(self, line: int) -> None:
        """Nobody is looking."""


@contextmanager
def _progress(file: Path, *, quiet: bool) -> Iterator[_Shown]:
    """A bar on the terminal's stderr, by the lines of the file; nothing for programs."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield _Nothing()
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("lines", total=_line_count(file))

        class Bar:
            def at(self, line: int) -> None:
                bar.update(task, completed=line)

        yield Bar()


def _line_count(file: Path) -> int:
    with file.open("rb") as stream:
        return sum(piece.count(b"\n") for piece in iter(lambda: stream.read(1 << 20), b""))


def _tell(counts: Counter[RowOutcome], results: Path, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "results": str(results),
                "rows": counts.total(),
                **{each.value: counts[each] for each in RowOutcome},
            }
        )
        return
    said = [f"{counts[each]:,} {words(each)}" for each in RowOutcome if counts[each]]
    rows = "row" if counts.total() == 1 else "rows"
    typer.echo(f"{counts.total():,} {rows}: {', '.join(said) or 'none'}")
    typer.echo(f"what became of each: {results}")
