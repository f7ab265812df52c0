"""Decisions of the last days are counted without the rest"""

from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("decisions_by_time", "decisions", ["decided_at"])


def downgrade() -> None:
    op.drop_index("decisions_by_time", "decisions")
