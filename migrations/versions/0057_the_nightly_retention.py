"""Note when the nightly retention was last run, and find the files that failed."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from migrations.checks import only

revision: str = "0057"
down_revision: str | None = "0056"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_BEFORE = ("sweep", "card_reminders", "profile_reminders", "document_retention", "orphaned_files")


def upgrade() -> None:
    """One more thing that recurs."""
    only("last_times", "what", "what_recurs_is_known", (*_BEFORE, "retention"))
    op.create_index(
        "submission_jobs_failed", "submission_jobs", ["id"], postgresql_where=sa.text("has_failed")
    )


def downgrade() -> None:
    """Forget when it was last done."""
    op.drop_index("submission_jobs_failed", "submission_jobs")
    op.execute("DELETE FROM last_times WHERE what = 'retention'")
    only("last_times", "what", "what_recurs_is_known", _BEFORE)
