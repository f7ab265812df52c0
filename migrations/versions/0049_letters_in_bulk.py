"""Letters that were owed with many others at once"""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

_QUEUED = sa.text("status = 'queued'")


def upgrade() -> None:
    """Put this change on the database."""
    in_bulk = sa.Column("in_bulk", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    op.add_column("letters", in_bulk)
    op.drop_index("letters_to_send", "letters")
    op.create_index(
        "letters_to_send", "letters", ["in_bulk", "next_attempt_at"], postgresql_where=_QUEUED
    )


def downgrade() -> None:
    """Take it off again."""
    op.drop_index("letters_to_send", "letters")
    op.create_index("letters_to_send", "letters", ["next_attempt_at"], postgresql_where=_QUEUED)
    op.drop_column("letters", "in_bulk")
