"""The process version that a request began under, and from which schema on code may run on this one"""

import sqlalchemy as sa
from alembic import op

from migrations.checks import works_from

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Put this change on the database."""
    op.add_column(
        "requests",
        sa.Column("process_version", sa.Integer(), server_default="1", nullable=False),
    )
    works_from(revision)


def downgrade() -> None:
    """Take it off again."""
    op.execute("COMMENT ON TABLE alembic_version IS NULL")
    op.drop_column("requests", "process_version")
