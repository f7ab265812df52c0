"""Whose each idempotency key is, with every content that was accepted under it

A new table: nothing that is running waits for it. Contents of requests that are there already are
noted when those are corrected.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "submission_keys",
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("idempotency_key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("contents", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("first_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["requests.id"],
        ),
        sa.PrimaryKeyConstraint("kind", "idempotency_key"),
    )
    op.create_index(
        op.f("ix_submission_keys_request_id"), "submission_keys", ["request_id"], unique=False
    )


def downgrade() -> None:
    op.drop_table("submission_keys")
