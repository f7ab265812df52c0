"""What migrations do again and again."""

from collections.abc import Sequence

from alembic import op


def only(table: str, column: str, name: str, values: Sequence[str]) -> None:
    """Let the column hold these names and no others; made anew where it stands already.

    Rows that are there are looked at while others read and write: validating takes no strong lock.
    """
    listed = ", ".join(f"'{value}'" for value in values)
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}")
    op.execute(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({column} IN ({listed})) NOT VALID"
    )
    op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")


def free(table: str, name: str) -> None:
    """Take such a constraint away."""
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}")


def works_from(revision: str) -> None:
    """Let programs run on this schema that know the revision, and none that are older.

    What only adds something leaves it alone: older programs work on. Whoever takes something away
    names the first revision whose program does not need it any more (docs/decisions/0090).
    """
    op.execute(f"COMMENT ON TABLE alembic_version IS '{revision}'")
