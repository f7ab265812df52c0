"""Addresses on file that two officers change, because nobody reads the one that is there"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString
_INSTANT = sa.DateTime(timezone=True)


def _in(column: str, *values: str, name: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=name)


def upgrade() -> None:
    op.create_table(
        "address_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("practitioner_id", sa.Uuid(), nullable=False),
        sa.Column("email", _TEXT(), nullable=False),
        sa.Column("seen", _TEXT(), nullable=False),
        sa.Column("proposed_by", _TEXT(), nullable=False),
        sa.Column("proposed_at", _INSTANT, nullable=False),
        sa.Column("expires_at", _INSTANT, nullable=False),
        sa.Column("outcome", _TEXT(), nullable=True),
        sa.Column("settled_at", _INSTANT, nullable=True),
        sa.Column("settled_by", _TEXT(), nullable=True),
        _in(
            "seen",
            "national_id",
            "iqama",
            "passport",
            name="an_address_changes_by_a_known_proof",
        ),
        _in(
            "outcome",
            "confirmed",
            "refused",
            "expired",
            name="an_address_change_ends_in_a_known_way",
        ),
        sa.CheckConstraint(
            "(outcome IS NULL) = (settled_at IS NULL)",
            name="an_address_change_is_settled_at_some_time",
        ),
        sa.CheckConstraint(
            "outcome IS DISTINCT FROM 'confirmed'"
            " OR (settled_by IS NOT NULL AND settled_by <> proposed_by)",
            name="an_address_change_needs_two_officers",
        ),
        sa.ForeignKeyConstraint(["practitioner_id"], ["practitioners.id"]),
        sa.ForeignKeyConstraint(["proposed_by"], ["officers.user_name"]),
        sa.ForeignKeyConstraint(["settled_by"], ["officers.user_name"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        op.f("ix_address_changes_practitioner_id"), "address_changes", ["practitioner_id"]
    )
    op.create_index(
        "one_open_address_change",
        "address_changes",
        ["practitioner_id"],
        unique=True,
        postgresql_where=sa.text("outcome IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("address_changes")
