"""Decisions that can be taken back"""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations.checks import only

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString
_INSTANT = sa.DateTime(timezone=True)
_EVENTS = (
    "submitted",
    "under_review",
    "returned",
    "approved",
    "awaiting_payment",
    "paid",
    "awaiting_activation",
    "activated",
    "rejected",
    "withdrawn",
    "expired",
    "claimed",
    "released",
    "assigned",
    "skipped",
    "put_aside",
    "taken_up",
    "approved_by_one",
    "plan_changed",
    "review_escalated",
    "reference_issued",
    "bill_needs_amount",
    "bill_issued",
    "link_resent",
    "link_reminded",
    "link_expired",
    "letter_failed",
    "register_unreachable",
    "run_restarted",
    "letter_came_back",
    "letter_resent",
    "letter_dropped",
    "activation_held",
    "undone",
)
_ADDED = ("decision_waits", "decision_taken_back", "decision_not_landed")
_EVENT = ("request_events", "what", "an_event_has_a_known_name")
_VERDICTS = ("approve", "return", "reject")
_ORIGINS = ("command", "python", "prefect_form", "desk_page")
_REFUSED = (
    "changed_since_review",
    "not_approvable",
    "not_at_the_gate",
    "officer_not_active",
    "own_request",
    "refused",
)
_TABLE = "waiting_decisions"


def upgrade() -> None:
    op.create_table(
        _TABLE,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("officer", _TEXT(), nullable=False),
        sa.Column("verdict", _TEXT(), nullable=False),
        sa.Column("reason_code", _TEXT(), nullable=True),
        sa.Column("note", _TEXT(), nullable=True),
        sa.Column("fields", JSONB(), nullable=False),
        sa.Column("origin", _TEXT(), nullable=False),
        sa.Column("put_down_at", _INSTANT, nullable=False),
        sa.Column("lands_at", _INSTANT, nullable=False),
        sa.Column("ended_at", _INSTANT, nullable=True),
        sa.Column("outcome", _TEXT(), nullable=True),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (outcome IS NULL)", name="a_waiting_decision_ends_somehow"
        ),
        sa.CheckConstraint("lands_at > put_down_at", name="a_waiting_decision_waits"),
        sa.ForeignKeyConstraint(["officer"], ["officers.user_name"]),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    only(_TABLE, "verdict", "a_waiting_decision_has_a_known_verdict", _VERDICTS)
    only(_TABLE, "origin", "a_waiting_decision_has_a_known_origin", _ORIGINS)
    only(
        _TABLE,
        "outcome",
        "a_waiting_decision_ends_in_a_known_way",
        ("landed", "taken_back", *_REFUSED),
    )
    op.create_index(
        "one_decision_waits",
        _TABLE,
        ["request_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    listed = ", ".join(f"'{name}'" for name in _REFUSED)
    op.create_index(
        "decisions_not_landed",
        _TABLE,
        ["officer", "ended_at"],
        postgresql_where=sa.text(f"outcome IN ({listed})"),
    )
    only(*_EVENT, values=(*_EVENTS, *_ADDED))


def downgrade() -> None:
    # What waits is not decided by the version before: it is at the gate again. History stays.
    op.drop_table(_TABLE)
