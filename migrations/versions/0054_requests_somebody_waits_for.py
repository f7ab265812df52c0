"""Whom somebody waits for is found without the rows of a file"""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

_WAITED_FOR = sa.text(
    "NOT in_bulk AND run_state <> 'settled' AND (run_state <> 'waiting'"
    " OR waits_in IS DISTINCT FROM status OR wake_at IS NOT NULL)"
)


def upgrade() -> None:
    """Put this change on the database."""
    op.create_index(
        "requests_somebody_waits_for", "requests", ["submitted_at"], postgresql_where=_WAITED_FOR
    )


def downgrade() -> None:
    """Take it off again."""
    op.drop_index("requests_somebody_waits_for", "requests")
