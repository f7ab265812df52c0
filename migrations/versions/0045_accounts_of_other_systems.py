"""Accounts of other systems, and their uses in the access log"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from migrations.checks import free, only

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString
_VIEWERS = ("practitioner", "officer", "operations")
_LOOKED = (
    "document_page",
    "document_original",
    "documents",
    "case",
    "card",
    "reminders",
    "own_copy",
    "search",
    "access_log",
    "export",
)
_KNOWN_VIEWER = "a_look_has_a_known_viewer"
_AT_SOMETHING = "a_look_is_at_something_known"
_AT_SOMEBODY = "a_look_is_at_somebody"


def upgrade() -> None:
    op.create_table(
        "machines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", _TEXT(), nullable=False),
        sa.Column("kind", _TEXT(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", _TEXT(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", _TEXT(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('employer', 'house', 'payments')", name="a_machine_has_a_known_kind"
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "machine_employers",
        sa.Column("machine_id", sa.Uuid(), nullable=False),
        sa.Column("employer", _TEXT(), nullable=False),
        sa.ForeignKeyConstraint(["machine_id"], ["machines.id"]),
        sa.PrimaryKeyConstraint("machine_id", "employer"),
    )
    op.create_table(
        "machine_keys",
        sa.Column("id", _TEXT(), nullable=False),
        sa.Column("machine_id", sa.Uuid(), nullable=False),
        sa.Column("secret_hash", _TEXT(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", _TEXT(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["machine_id"], ["machines.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_machine_keys_machine_id", "machine_keys", ["machine_id"])
    only("access_log", "viewer_kind", _KNOWN_VIEWER, (*_VIEWERS, "machine"))
    only("access_log", "what", _AT_SOMETHING, (*_LOOKED, "machine_use"))
    _may_be_of_nobody("search", "access_log", "machine_use")


def downgrade() -> None:
    # Nobody may change a line of the log, so those that the version before does not know stay.
    for column, name, known in (
        ("viewer_kind", _KNOWN_VIEWER, _VIEWERS),
        ("what", _AT_SOMETHING, _LOOKED),
    ):
        free("access_log", name)
        op.execute(
            f"ALTER TABLE access_log ADD CONSTRAINT {name} "
            f"CHECK ({column} IN ({_listed(known)})) NOT VALID"
        )
    _may_be_of_nobody("search", "access_log", validate=False)
    for table in ("machine_keys", "machine_employers", "machines"):
        op.drop_table(table)


def _may_be_of_nobody(*looked: str, validate: bool = True) -> None:
    op.execute(f"ALTER TABLE access_log DROP CONSTRAINT {_AT_SOMEBODY}")
    op.execute(
        f"ALTER TABLE access_log ADD CONSTRAINT {_AT_SOMEBODY} "
        "CHECK (practitioner_id IS NOT NULL OR request_id IS NOT NULL"
        f" OR what IN ({_listed(looked)})) NOT VALID"
    )
    if validate:
        op.execute(f"ALTER TABLE access_log VALIDATE CONSTRAINT {_AT_SOMEBODY}")


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(f"'{name}'" for name in names)
