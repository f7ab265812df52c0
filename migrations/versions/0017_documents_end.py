"""Documents whose end has come are found by kind; the run that destroys them is known"""

from alembic import op
from sqlalchemy import text

from migrations.checks import only

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

BEFORE = ("sweep", "card_reminders", "profile_reminders")
HAS_CONTENT = text("state NOT IN ('suspect', 'unreadable', 'destroyed')")


def upgrade() -> None:
    only("last_times", "what", "what_recurs_is_known", (*BEFORE, "document_retention"))
    op.drop_index("uploads_to_end", "uploads")
    op.create_index("uploads_to_end", "uploads", ["kind", "id"], postgresql_where=HAS_CONTENT)


def downgrade() -> None:
    op.drop_index("uploads_to_end", "uploads")
    op.create_index("uploads_to_end", "uploads", ["id"], postgresql_where=HAS_CONTENT)
    op.execute("DELETE FROM last_times WHERE what = 'document_retention'")
    only("last_times", "what", "what_recurs_is_known", BEFORE)
