"""What few are in: claimed, and waiting for several officers"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "requests_claimed",
        "requests",
        ["claimed_by"],
        postgresql_where=sa.text("status = 'under_review' AND claimed_by IS NOT NULL"),
    )
    op.create_index(
        "requests_for_several",
        "requests",
        ["review_due_at", "id"],
        postgresql_where=sa.text("status = 'under_review' AND approvals_needed > 1"),
    )


def downgrade() -> None:
    op.drop_index("requests_for_several", "requests")
    op.drop_index("requests_claimed", "requests")
