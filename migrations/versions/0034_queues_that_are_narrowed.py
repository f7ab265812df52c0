"""Queues that are narrowed to a kind, and to why a person is needed"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "requests_at_the_gate_by_kind",
        "requests",
        ["kind", "review_due_at", "id"],
        postgresql_where=sa.text("status = 'under_review'"),
    )
    op.create_index(
        "requests_at_the_gate_by_reason",
        "requests",
        ["review_reasons"],
        postgresql_using="gin",
        postgresql_where=sa.text("status = 'under_review'"),
    )


def downgrade() -> None:
    op.drop_index("requests_at_the_gate_by_reason", "requests")
    op.drop_index("requests_at_the_gate_by_kind", "requests")
