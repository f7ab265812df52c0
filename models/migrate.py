"""Bring the database's tables up to date."""

from enum import StrEnum
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from models.statements import execute

SCRIPTS = Path(__file__).resolve().parent.parent / "migrations"


class Schema(StrEnum):
    """How the database's tables stand to this version of the code."""

    CURRENT = "current"
    #: `mumaris migrate` has not been run.
    BEHIND = "behind"
    #: A newer version has migrated them.
    AHEAD = "ahead"


async def schema_of(session: AsyncSession) -> Schema:
    """Whether the tables are those of this version."""
    found = (await execute(session, text("SELECT version_num FROM alembic_version"))).scalar()
    if found == _revisions()[0]:
        return Schema.CURRENT
    return Schema.BEHIND if found is None or found in _revisions() else Schema.AHEAD


@cache
def _revisions() -> tuple[str, ...]:
    """Those that this version knows, the newest first."""
    return tuple(each.revision for each in ScriptDirectory(str(SCRIPTS)).walk_revisions())


def migrate() -> None:
    """Run the migrations that the database of ``DATABASE_URL`` has not had yet.

    Safe to repeat, and to run in two places at once: they follow each other.
    """
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    command.upgrade(config, "head")
