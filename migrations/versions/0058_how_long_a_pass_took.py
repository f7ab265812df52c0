"""How long the last of what happens again and again took"""

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Put this change on the database."""
    op.add_column("last_times", sa.Column("seconds", sa.Float(), nullable=True))


def downgrade() -> None:
    """Take it off again."""
    op.drop_column("last_times", "seconds")
