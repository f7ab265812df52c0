"""Requests that are set aside, and indexes for what the sweep asks every few seconds"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

#: Partial and small: each is made in a second from a million requests, which it keeps from writing.
INDEXES = (
    (
        "requests_to_move",
        "requests",
        ["run_checked_at"],
        "run_state <> 'settled' AND (run_state <> 'waiting'"
        " OR waits_in IS DISTINCT FROM status OR wake_at IS NOT NULL)",
    ),
    ("waiting_runs_to_see", "requests", ["run_checked_at"], "run_state = 'waiting'"),
    (
        "requests_to_close",
        "requests",
        ["closes_at"],
        "status IN ('returned', 'awaiting_payment', 'awaiting_activation')",
    ),
    (
        "links_to_tell_of",
        "activation_links",
        ["expires_at"],
        "used_at IS NULL AND superseded_at IS NULL AND expiry_told_at IS NULL",
    ),
)


def upgrade() -> None:
    op.create_table(
        "setbacks",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("work", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("detail", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("request_id", "work"),
        sa.CheckConstraint(
            "work IN ('run', 'cancellation', 'news', 'deadline')",
            name="a_setback_is_of_known_work",
        ),
    )
    for name, table, columns, condition in INDEXES:
        op.create_index(name, table, columns, postgresql_where=sa.text(condition))
    op.drop_index("requests_in_motion", "requests")


def downgrade() -> None:
    op.create_index(
        "requests_in_motion",
        "requests",
        ["run_state"],
        postgresql_where=sa.text("run_state <> 'settled'"),
    )
    for name, table, _, _ in reversed(INDEXES):
        op.drop_index(name, table)
    op.drop_table("setbacks")
