"""What `mumaris register load` does; imported when it runs."""

from collections.abc import Mapping
from pathlib import Path

from cli.errors import ProblemsFound, say_problems
from cli.output import show_table
from cli.running import run
from desk.clock import utc_now
from desk.loaded import Loaded
from desk.loading import LoadReport, load_register
from desk.register_files import RegisterFiles, RegisterRefused, read_register_files
from rules.dates import riyadh_day

_TITLES = ("file", "added", "changed", "unchanged", "kept (newer by a request)")
#: The files, in the order of loading, and what they are called.
_NAMES = {
    "practitioners": "practitioners",
    "officers": "officers",
    "official": "official records",
    "cards": "cards",
    "ledger": "CPD ledger",
}
#: More lines than this are counted, not shown.
_MOST_LINES = 200


def load(given: Mapping[str, Path], *, language: str) -> None:
    """Load these files, named as `read_register_files` names them; print what that did."""
    files = _read(given, language)
    report = run(lambda: load_register(files))
    show_table(_TITLES, [_row(report, name) for name in _NAMES if name in given])


def _read(given: Mapping[str, Path], language: str) -> RegisterFiles:
    try:
        return read_register_files(**given, today=riyadh_day(utc_now()))
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


def _row(report: LoadReport, name: str) -> tuple[str, ...]:
    done: Loaded = getattr(report, name)
    numbers = (done.added, done.changed, done.unchanged, done.kept)
    return (_NAMES[name], *map(str, numbers))
