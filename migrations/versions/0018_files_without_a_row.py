"""Look for files without a row once an hour in the whole installation."""

from collections.abc import Sequence

from alembic import op

from migrations.checks import only

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_BEFORE = ("sweep", "card_reminders", "profile_reminders", "document_retention")


def upgrade() -> None:
    """One more thing that recurs."""
    only("last_times", "what", "what_recurs_is_known", (*_BEFORE, "orphaned_files"))


def downgrade() -> None:
    """Forget when it was last done."""
    op.execute("DELETE FROM last_times WHERE what = 'orphaned_files'")
    only("last_times", "what", "what_recurs_is_known", _BEFORE)
