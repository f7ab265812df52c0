"""When a review was seen to be late: its officer is told of it once"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("requests", sa.Column("late_at", sa.DateTime(timezone=True), nullable=True))
    # What is late already is no news.
    op.execute(
        "UPDATE requests SET late_at = now()"
        " WHERE status = 'under_review' AND review_due_at <= now()"
    )
    op.create_index(
        "reviews_to_become_late",
        "requests",
        ["review_due_at"],
        postgresql_where=sa.text("status = 'under_review' AND late_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("reviews_to_become_late", "requests")
    op.drop_column("requests", "late_at")
