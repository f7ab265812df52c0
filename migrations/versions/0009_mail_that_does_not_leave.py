"""Leases by the database's clock, mail that does not leave, mailboxes in doubt"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from migrations.checks import only

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

EVENTS = (
    "submitted", "under_review", "returned", "approved", "awaiting_payment", "paid",
    "awaiting_activation", "activated", "rejected", "withdrawn", "expired", "claimed", "released",
    "assigned", "approved_by_one", "plan_changed", "review_escalated", "reference_issued",
    "bill_needs_amount", "bill_issued", "link_resent", "link_reminded", "link_expired",
    "letter_failed", "register_unreachable", "run_restarted",
)
OF_LETTERS = ("letter_came_back", "letter_resent", "letter_dropped")
CONSTRAINT = ("request_events", "what", "an_event_has_a_known_name")


def _text() -> sqlmodel.sql.sqltypes.AutoString:
    return sqlmodel.sql.sqltypes.AutoString()


def upgrade() -> None:
    op.add_column("letters", sa.Column("lease", sa.Uuid(), nullable=True))
    op.add_column(
        "letters",
        sa.Column("waits_for_us", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column("letters", sa.Column("came_back_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "letters_that_need_a_hand",
        "letters",
        ["created_at"],
        postgresql_where=sa.text("status = 'failed' OR came_back_at IS NOT NULL"),
    )
    op.add_column("reminders", sa.Column("held_by", sa.Uuid(), nullable=True))
    op.add_column("reminders", sa.Column("held_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "reminders",
        sa.Column("waits_for_us", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_table(
        "mail_outages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", _text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("began_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "mail_is_away_once",
        "mail_outages",
        [sa.text("(ended_at IS NULL)")],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "mailbox_doubts",
        sa.Column("address", _text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("server_reply", _text(), nullable=False),
        sa.PrimaryKeyConstraint("address"),
    )
    only(*CONSTRAINT, EVENTS + OF_LETTERS)


def downgrade() -> None:
    # History stays, and with it the names that it holds.
    op.drop_table("mailbox_doubts")
    op.drop_table("mail_outages")
    op.drop_column("reminders", "waits_for_us")
    op.drop_column("reminders", "held_until")
    op.drop_column("reminders", "held_by")
    op.drop_index("letters_that_need_a_hand", table_name="letters")
    op.drop_column("letters", "came_back_at")
    op.drop_column("letters", "waits_for_us")
    op.drop_column("letters", "lease")
