"""What `mumaris register load` does; imported when it runs."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from cli.errors import ProblemsFound, Unreachable, problems_json, say_problems
from cli.running import run
from cli.show.output import print_json, show_table
from desk.clock import utc_now
from desk.register.csv_file import LineProblem
from desk.register.files import RegisterFiles, RegisterRefused, read_register_files
from desk.register.loaded import Loaded
from desk.register.loading import LoadReport, LoadStopped, load_register
from rules.values.dates import riyadh_day

_TITLES = ("file", "added", "changed", "unchanged", "kept (newer by a request)")
#: The files, in the order of loading, and what they are called.
_NAMES = {
    "practitioners": "practitioners",
    "officers": "officers",
    "official": "official records",
    "cards": "cards",
    "ledger": "CPD ledger",
}
#: Of the lines of a file with the same problem, this many are told with their values.
_MOST_PLACES = 10
_LONGEST_VALUE = 60


def load(given: Mapping[str, Path], *, day_first: bool, as_json: bool, language: str) -> None:
    """Load these files, named as `read_register_files` names them; print what that did."""
    files = _read(given, day_first, language)
    try:
        report = run(lambda: load_register(files))
    except LoadStopped as stopped:
        if not as_json:
            _show(stopped.report, given)
        raise Unreachable(str(stopped)) from None
    if as_json:
        print_json({name: asdict(getattr(report, name)) for name in _NAMES if name in given})
    else:
        _show(report, given)


def _show(report: LoadReport, given: Mapping[str, Path]) -> None:
    show_table(_TITLES, [_row(report, name) for name in _NAMES if name in given])


def _read(given: Mapping[str, Path], day_first: bool, language: str) -> RegisterFiles:
    try:
        return read_register_files(**given, today=riyadh_day(utc_now()), day_first=day_first)
    except RegisterRefused as refused:
        lines = _causes(refused.problems, language)
        raise ProblemsFound(lines, _causes_json(refused.problems, language)) from None


def _causes(problems: Sequence[LineProblem], language: str) -> list[str]:
    """One line for each cause, with the lines of the file that it shows on."""
    causes: dict[tuple[str, str, str], list[LineProblem]] = {}
    for each in problems:
        key = (each.file, each.problem.field, each.problem.code)
        causes.setdefault(key, []).append(each)
    return [
        f"{line}{_places(places, language)}"
        for places in causes.values()
        for line in say_problems(
            [places[0].problem], language=language, place=f"{places[0].file}:{places[0].line}: "
        )
    ]


def _causes_json(problems: Sequence[LineProblem], language: str) -> list[dict[str, object]]:
    """For programs every line of a file by itself, with the value that stands there."""
    return [
        told
        for each in problems
        for told in problems_json(
            [each.problem], language=language, file=each.file, line=each.line, value=each.value
        )
    ]


def _places(places: Sequence[LineProblem], language: str) -> str:
    """What stands in the cells: the first one's value, then the other lines with theirs."""
    line, more = ("السطر", "وغيرها") if language == "ar" else ("line", "and more")
    first, *others = places[:_MOST_PLACES]
    said = [_quoted(first.value)] + [f"{line} {one.line}{_quoted(one.value)}" for one in others]
    rest = len(places) - _MOST_PLACES
    return "; ".join(filter(None, [*said, f"{more}: {rest}" if rest > 0 else ""]))


def _quoted(value: str) -> str:
    """The value for a terminal, which may not be steered by it."""
    if not value:
        return ""
    shown = value if len(value) <= _LONGEST_VALUE else value[:_LONGEST_VALUE] + "…"
    escaped = "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in shown
    )
    return f': "{escaped}"'


def _row(report: LoadReport, name: str) -> tuple[str, ...]:
    done: Loaded = getattr(report, name)
    numbers = (done.added, done.changed, done.unchanged, done.kept)
    return (_NAMES[name], *map(str, numbers))
