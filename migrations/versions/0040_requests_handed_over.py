"""Requests that are handed over: by whom, to whom, why"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString
_TABLE = "handed_over"


def upgrade() -> None:
    op.create_table(
        _TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("before", _TEXT(), nullable=True),
        sa.Column("officer", _TEXT(), nullable=False),
        sa.Column("said_by", _TEXT(), nullable=False),
        sa.Column("reason", _TEXT(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["officer"], ["officers.user_name"]),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_handed_over_request_id", _TABLE, ["request_id"])


def downgrade() -> None:
    op.drop_table(_TABLE)
