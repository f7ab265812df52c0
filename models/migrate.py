"""Bring the database's tables up to date."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from alembic import command
from alembic.config import Config
from psycopg.errors import DeadlockDetected, LockNotAvailable, QueryCanceled
from sqlalchemy.exc import OperationalError

from models.connections import MIGRATING
from rules.errors import Unavailable

SCRIPTS = Path(__file__).resolve().parent.parent / "migrations"
#: Seconds between the attempts to have a lock: about three minutes in all.
_DELAYS = (0.5, 1, 2, 4, *(8,) * 12)


class MigrationStopped(Unavailable):
    """A step of the migration was taken back; the steps before it stay, and it can go on."""


def migrate(say: Callable[[str], None] | None = None) -> None:
    """Run the migrations that the database of ``DATABASE_URL`` has not had yet, each by itself.

    A step waits for a table for three seconds at most, because whoever wants the table meanwhile
    waits behind it; then it lets the others go first, tells ``say``, and tries again. Safe to
    repeat, and to run in two places at once: they follow each other. Raises `MigrationStopped`.
    """
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    delays: Iterator[float] = iter(_DELAYS)
    while True:
        try:
            command.upgrade(config, "head")
        except OperationalError as error:
            _wait_or_stop(error, next(delays, None), say)
        else:
            return


def _wait_or_stop(
    error: OperationalError, delay: float | None, say: Callable[[str], None] | None
) -> None:
    if isinstance(error.orig, QueryCanceled):
        minutes = MIGRATING.statement / 60
        raise MigrationStopped(
            f"the migration has stopped: a step took longer than {minutes:.0f} minutes and was "
            "undone. Run `mumaris migrate` again when the database is less busy."
        ) from error
    if not isinstance(error.orig, LockNotAvailable | DeadlockDetected):
        raise error
    if delay is None:
        raise MigrationStopped(
            "the migration has stopped: for minutes another session has had a table, or has been "
            "migrating (see pg_stat_activity). What was done stays; run `mumaris migrate` again."
        ) from error
    if say is not None:
        say(f"another session has a table that the migration needs; trying again in {delay:g} s")
    time.sleep(delay)
