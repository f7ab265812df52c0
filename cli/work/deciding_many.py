"""What `mumaris review decide-many` does; imported when it runs."""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import typer

from cli.errors import ExitCode, FileUnusable, name_of_error, refuse_value
from cli.show.output import print_json, show_facts, words
from cli.signed_in import run_as_officer
from cli.work.files import readable_file
from desk.clock import utc_now
from desk.requests.deciding_many import DecidedOne, decide_many
from desk.requests.review import Ruling
from rules.findings.problems import ValueRefused
from rules.requests.correctable import Correctable
from rules.requests.verdicts import Origin, Verdict
from rules.values.tracking_code import NotATrackingCode, parse_tracking_code

_DONE_BEFORE, _REFUSED = "decided so before", "refused"


def codes_in(file: str) -> list[str]:
    """The codes in this file, or on standard input: one a line; empty lines are passed over.

    Raises `FileUnusable`, naming the lines that hold none, before anything is decided.
    """
    try:
        # As spreadsheets and editors of every system write it.
        read = sys.stdin.buffer.read() if file == "-" else readable_file(Path(file)).read_bytes()
        lines = read.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise FileUnusable(f"{file}: not a text in UTF-8") from None
    codes, wrong = list[str](), list[str]()
    for number, line in enumerate(lines, start=1):
        try:
            codes += [parse_tracking_code(line)] if line.strip() else []
        except NotATrackingCode:
            wrong.append(str(number))
    if wrong:
        where = f"{'line' if len(wrong) == 1 else 'lines'} {', '.join(wrong[:_MOST_LINES])}"
        more = f" and {len(wrong) - _MOST_LINES:,} more" if len(wrong) > _MOST_LINES else ""
        raise FileUnusable(f"{file}: no tracking code in {where}{more}")
    return codes


#: Of the lines without a code so many are named.
_MOST_LINES = 10


def decide(
    codes: Sequence[str],
    verdict: str,
    *,
    reason: str | None,
    fields: Sequence[Correctable],
    note: str | None,
    as_json: bool,
) -> None:
    """Decide each, name those that are refused, and say how many came to what."""
    said = partial(
        Ruling,
        verdict=Verdict(verdict),
        reason_code=reason,
        note=note,
        fields=fields,
        origin=Origin.COMMAND,
    )
    done: list[DecidedOne] = []

    async def work(officer: str) -> None:
        with _progress(len(codes)) as step:
            async for one in decide_many(codes, said(officer=officer), now=utc_now()):
                done.append(one)
                step()

    try:
        run_as_officer(work)
    except ValueRefused as refused:
        raise refuse_value(refused, "note") from None
    except BaseException:
        # The database went away, or somebody has had enough: what was decided stays.
        if done and not as_json:
            _show(done, len(codes))
        raise
    if as_json:
        print_json([_json(one) for one in done])
    else:
        _show(done, len(codes))
    if any(_outcome(one) == _REFUSED for one in done):
        raise typer.Exit(ExitCode.REFUSED)


@contextmanager
def _progress(number: int) -> Iterator[Any]:
    """A bar on a terminal, on stderr; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    with typer.progressbar(length=number, label="deciding", file=sys.stderr) as bar:
        yield lambda: bar.update(1)


def _outcome(one: DecidedOne) -> str:
    if one.status is not None:
        return words(one.status)
    return _DONE_BEFORE if one.is_done_before else _REFUSED


def _show(done: Sequence[DecidedOne], asked: int) -> None:
    for one in done:
        if _outcome(one) == _REFUSED:
            typer.echo(f"{one.tracking_code}: {one.refused}", err=True)
    counts = Counter(map(_outcome, done))
    if len(done) < asked:
        counts["not reached"] = asked - len(done)
    show_facts([(name, f"{number:,}") for name, number in counts.items()])


def _json(one: DecidedOne) -> dict[str, object]:
    return {
        "tracking_code": one.tracking_code,
        "status": one.status,
        "decided_before": one.is_done_before,
        "code": name_of_error(one.refused) if one.refused else None,
        "message": str(one.refused) if one.refused else None,
    }
