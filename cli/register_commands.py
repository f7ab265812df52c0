"""What `mumaris register load` does; imported when it runs."""

from pathlib import Path

from cli.errors import ProblemsFound, say_problems
from cli.output import show_table
from cli.running import run
from desk.clock import utc_now
from desk.loading import LoadReport, load_register
from desk.register_files import RegisterFiles, RegisterRefused, read_register_files
from rules.dates import riyadh_day

_TITLES = ("file", "added", "changed", "unchanged", "kept (newer by a request)")
#: More lines than this are counted, not shown.
_MOST_LINES = 200


def load(
    practitioners: Path | None, officers: Path | None, official: Path | None, *, language: str
) -> None:
    """Load the files that are given and print what that did."""
    files = _read(practitioners, officers, official, language)
    report = run(lambda: load_register(files))
    show_table(_TITLES, _rows(report))


def _read(
    practitioners: Path | None, officers: Path | None, official: Path | None, language: str
) -> RegisterFiles:
    try:
        return read_register_files(
            practitioners=practitioners,
            officers=officers,
            official=official,
            today=riyadh_day(utc_now()),
        )
    except RegisterRefused as refused:
        lines = [
            line
            for each in refused.problems[:_MOST_LINES]
            for line in say_problems(
                [each.problem], language=language, place=f"{each.file}:{each.line}: "
            )
        ]
        more = len(refused.problems) - len(lines)
        raise ProblemsFound([*lines, f"… and {more} more"] if more else lines) from None


def _rows(report: LoadReport) -> list[tuple[str, ...]]:
    return [
        (name, str(done.added), str(done.changed), str(done.unchanged), str(done.kept))
        for name, done in (
            ("practitioners", report.practitioners),
            ("officers", report.officers),
            ("official records", report.official),
        )
    ]
