"""Waves: requests that one run carries together"""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.checks import only

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString
_INSTANT = sa.DateTime(timezone=True)
_BEFORE = (
    "wanted",
    "started",
    "running",
    "suspending",
    "waiting",
    "broken",
    "ended",
    "settled",
)
_STATES = "a_request_has_a_known_run_state"


def upgrade() -> None:
    op.create_table(
        "waves",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", _TEXT(), nullable=False),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.Column("expected", sa.Integer(), nullable=False),
        sa.Column("flow_run_id", sa.Uuid(), nullable=True),
        sa.Column("checked_at", _INSTANT, nullable=False),
        sa.Column("carried", postgresql.JSONB(), nullable=False),
        sa.Column("ended_at", _INSTANT, nullable=True),
        sa.Column("ending", _TEXT(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('profile_update', 'card_renewal')", name="a_wave_is_of_a_known_kind"
        ),
        sa.CheckConstraint(
            "ending IN ('carried', 'cancelled', 'lost', 'not_taken')",
            name="a_wave_has_a_known_ending",
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "one_wave_of_a_kind_at_a_time",
        "waves",
        ["kind"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("waves_by_their_end", "waves", ["ended_at"])
    op.add_column("requests", sa.Column("wave_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(None, "requests", "waves", ["wave_id"], ["id"])
    op.add_column(
        "requests",
        sa.Column("in_bulk", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.create_index(
        "members_of_waves",
        "requests",
        ["wave_id", "in_bulk", "submitted_at"],
        postgresql_where=sa.text("run_state = 'in_wave'"),
    )
    op.create_index(
        "requests_without_run",
        "requests",
        ["status_since"],
        postgresql_where=sa.text("run_state = 'waiting' AND flow_run_id IS NULL"),
    )
    only("requests", "run_state", _STATES, (*_BEFORE, "in_wave"))


def downgrade() -> None:
    op.execute("UPDATE requests SET run_state = 'wanted' WHERE run_state = 'in_wave'")
    only("requests", "run_state", _STATES, _BEFORE)
    op.drop_index("requests_without_run", "requests")
    op.drop_index("members_of_waves", "requests")
    op.drop_column("requests", "in_bulk")
    op.drop_column("requests", "wave_id")
    op.drop_table("waves")
