"""Reminders that were undone and corrected, and what operators ordered about runs of them"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

KEY = "practitioner_id, about, anchor, threshold"


def upgrade() -> None:
    op.add_column("reminders", sa.Column("copy", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("reminders", sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True))
    # The index is built while others read; only the exchange of the two keeps them waiting.
    op.execute(f"CREATE UNIQUE INDEX a_copy_is_reminded_once ON reminders ({KEY}, copy)")
    op.execute("ALTER TABLE reminders DROP CONSTRAINT a_threshold_is_reminded_once")
    op.execute(
        "ALTER TABLE reminders ADD CONSTRAINT a_threshold_is_reminded_once "
        "UNIQUE USING INDEX a_copy_is_reminded_once"
    )
    op.execute(
        "ALTER TABLE reminders ADD CONSTRAINT what_is_undone_is_a_copy "
        "CHECK ((undone_at IS NOT NULL) = (copy > 0)) NOT VALID"
    )
    op.execute("ALTER TABLE reminders VALIDATE CONSTRAINT what_is_undone_is_a_copy")
    op.create_table(
        "reminder_orders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("what", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("because", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "what IN ('send', 'undo', 'correct')", name="an_order_is_of_a_known_kind"
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_reminder_orders_run", "reminder_orders", ["run"])


def downgrade() -> None:
    op.drop_table("reminder_orders")
    copies = "SELECT id FROM reminders WHERE copy <> 0"
    op.execute(f"DELETE FROM reminder_tokens WHERE reminder_id IN ({copies})")
    op.execute(f"UPDATE suppressions SET reminder_id = NULL WHERE reminder_id IN ({copies})")
    # Where somebody confirmed by the link of one, which history keeps, its order stays as it was.
    op.execute(
        "DELETE FROM reminders WHERE copy <> 0 AND NOT EXISTS ("
        "SELECT FROM profile_confirmations WHERE reminder_id = reminders.id)"
    )
    op.drop_constraint("what_is_undone_is_a_copy", "reminders")
    op.drop_constraint("a_threshold_is_reminded_once", "reminders")
    op.execute(
        "DELETE FROM reminders WHERE copy = 0 AND EXISTS ("
        "SELECT FROM reminders other WHERE other.copy <> 0 "
        "AND other.practitioner_id = reminders.practitioner_id AND other.about = reminders.about "
        "AND other.anchor = reminders.anchor AND other.threshold = reminders.threshold)"
    )
    op.create_unique_constraint("a_threshold_is_reminded_once", "reminders", KEY.split(", "))
    op.drop_column("reminders", "undone_at")
    op.drop_column("reminders", "copy")
