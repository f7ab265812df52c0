"""Keep with a request what the official register answered: officers see it beside the fields.

Requests from before have none: what was compared then is not known any more.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Add a column that may be missing: no row is written, and the lock is short."""
    op.add_column("requests", sa.Column("official_record", postgresql.JSONB(none_as_null=True)))


def downgrade() -> None:
    """Forget it."""
    op.drop_column("requests", "official_record")
