"""Changes of an e-mail address that are held, and taken back"""

from alembic import op
import sqlalchemy as sa

from migrations.checks import only

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

EVENTS = (
    "submitted", "under_review", "returned", "approved", "awaiting_payment", "paid",
    "awaiting_activation", "activated", "rejected", "withdrawn", "expired", "claimed", "released",
    "assigned", "approved_by_one", "plan_changed", "review_escalated", "reference_issued",
    "bill_needs_amount", "bill_issued", "link_resent", "link_reminded", "link_expired",
    "letter_failed", "register_unreachable", "run_restarted", "letter_came_back", "letter_resent",
    "letter_dropped",
)
NEW_EVENTS = ("activation_held", "undone")


def upgrade() -> None:
    op.add_column("requests", sa.Column("held_until", sa.DateTime(timezone=True)))
    op.create_index(
        "requests_held", "requests", ["held_until"],
        postgresql_where=sa.text("status = 'awaiting_activation' AND held_until IS NOT NULL"),
    )
    op.alter_column("profile_versions", "request_id", nullable=True)
    op.add_column(
        "profile_versions",
        sa.Column("undoes_request_id", sa.Uuid(), sa.ForeignKey("requests.id")),
    )
    op.create_unique_constraint(
        "a_request_is_undone_once", "profile_versions", ["undoes_request_id"]
    )
    only("request_events", "what", "an_event_has_a_known_name", (*EVENTS, *NEW_EVENTS))


def downgrade() -> None:
    # History stays, and with it the names that it holds.
    op.drop_constraint("a_request_is_undone_once", "profile_versions")
    op.drop_column("profile_versions", "undoes_request_id")
    op.drop_index("requests_held", "requests")
    op.drop_column("requests", "held_until")
