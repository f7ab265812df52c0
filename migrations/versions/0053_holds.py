"""Holds: what is not removed while a court may ask for it"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    """Put this change on the database."""
    op.create_table(
        "holds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("practitioner_id", sa.Uuid(), nullable=True),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("reason", _TEXT(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("placed_by", _TEXT(), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", _TEXT(), nullable=True),
        sa.CheckConstraint(
            "(practitioner_id IS NULL) <> (request_id IS NULL)", name="a_hold_is_on_one_thing"
        ),
        sa.CheckConstraint(
            "(lifted_at IS NULL) = (lifted_by IS NULL)", name="a_hold_is_lifted_by_somebody"
        ),
        sa.ForeignKeyConstraint(["practitioner_id"], ["practitioners.id"]),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"]),
        sa.ForeignKeyConstraint(["placed_by"], ["officers.user_name"]),
        sa.ForeignKeyConstraint(["lifted_by"], ["officers.user_name"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_holds_practitioner_id", "holds", ["practitioner_id"])
    op.create_index("ix_holds_request_id", "holds", ["request_id"])


def downgrade() -> None:
    """Take it off again."""
    op.drop_table("holds")
