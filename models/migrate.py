"""Bring the database's tables up to date."""

from pathlib import Path

from alembic import command
from alembic.config import Config

SCRIPTS = Path(__file__).resolve().parent.parent / "migrations"


def migrate() -> None:
    """Run the migrations that the database of ``DATABASE_URL`` has not had yet.

    Safe to repeat, and to run in two places at once: they follow each other.
    """
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    command.upgrade(config, "head")
