"""What `mumaris review export` does; imported when it runs."""

import os
from pathlib import Path

import typer

from cli.errors import FileUnusable, say_os_error
from cli.show.output import print_json
from cli.signed_in import run_as_officer
from desk.clock import utc_now
from desk.queues.exporting import Wanted, export_queue
from desk.queues.filtering import narrowed_by
from rules.accounts.kinds import AUDITING
from rules.requests.queue_filters import QueueFilters
from rules.requests.queues import Queue
from rules.values.csv_lines import BEGIN, csv_lines


def export(
    file: Path,
    queue: Queue,
    filters: QueueFilters,
    reason: str,
    *,
    identity_numbers: bool,
    as_json: bool,
) -> None:
    """Write the queue to a new file for its owner alone; where that fails, no file is left."""
    now = utc_now()
    wanted = Wanted(
        queue=queue,
        narrowed=narrowed_by(filters, now=now),
        reason=reason,
        identity_numbers=identity_numbers,
    )

    async def work(officer: str) -> int:
        written = 0
        rows = export_queue(wanted, officer, now=now)
        # Before the file is made: what is refused leaves none.
        piece = await anext(rows)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as out:
            try:
                out.write(BEGIN + csv_lines(piece))
                written += len(piece) - 1
                async for piece in rows:
                    out.write(csv_lines(piece))
                    written += len(piece)
            except BaseException:
                _remove(file)
                raise
        return written

    try:
        written = run_as_officer(work, roles=AUDITING)
    except OSError as error:
        raise FileUnusable(say_os_error(error)) from None
    if as_json:
        print_json({"file": str(file), "rows": written})
    else:
        typer.echo(f"{written} {'request' if written == 1 else 'requests'} written to {file}")


def _remove(file: Path) -> None:
    file.unlink(missing_ok=True)
