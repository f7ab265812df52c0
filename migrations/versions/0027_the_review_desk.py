"""Claims that end by themselves, what officers put aside, and what they passed on"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from migrations.checks import only

revision = "0027"
down_revision = "0026"
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
_EVENT = ("request_events", "what", "an_event_has_a_known_name")
_AT_THE_GATE = sa.text("status = 'under_review'")


def upgrade() -> None:
    op.add_column("requests", sa.Column("claim_until", _INSTANT, nullable=True))
    # Few are at the gate: what is claimed now stays so for half an hour.
    op.execute(
        "UPDATE requests SET claim_until = now() + interval '30 minutes'"
        " WHERE claimed_by IS NOT NULL"
    )
    op.execute(
        "UPDATE requests SET review_due_at = status_since"
        " WHERE status = 'under_review' AND review_due_at IS NULL"
    )
    op.execute(
        "ALTER TABLE requests ADD CONSTRAINT a_claim_ends_at_some_time"
        " CHECK ((claimed_by IS NULL) = (claim_until IS NULL)) NOT VALID"
    )
    op.execute("ALTER TABLE requests VALIDATE CONSTRAINT a_claim_ends_at_some_time")
    op.drop_index("requests_at_the_gate", "requests")
    op.create_index(
        "requests_at_the_gate",
        "requests",
        ["review_due_at", "id"],
        postgresql_where=_AT_THE_GATE,
    )
    op.create_table(
        "put_aside",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("officer", _TEXT(), nullable=False),
        sa.Column("reason", _TEXT(), nullable=False),
        sa.Column("since", _INSTANT, nullable=False),
        sa.Column("until", _INSTANT, nullable=False),
        sa.Column("ended_at", _INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["officer"], ["officers.user_name"]),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "put_aside_once_at_a_time",
        "put_aside",
        ["request_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "passed_on",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("officer", _TEXT(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reason", _TEXT(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["officer"], ["officers.user_name"]),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("request_id", "officer", "day", name="an_officer_passes_on_once_a_day"),
    )
    only(*_EVENT, values=(*_EVENTS, "skipped", "put_aside", "taken_up"))


def downgrade() -> None:
    # History stays, and with it the names that it holds.
    op.drop_table("passed_on")
    op.drop_table("put_aside")
    op.drop_index("requests_at_the_gate", "requests")
    op.create_index(
        "requests_at_the_gate", "requests", ["review_due_at"], postgresql_where=_AT_THE_GATE
    )
    op.drop_constraint("a_claim_ends_at_some_time", "requests")
    op.drop_column("requests", "claim_until")
