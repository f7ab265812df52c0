"""Looks by a file of a queue"""

from alembic import op
from migrations.checks import free, only

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

_KNOWN = (
    "document_page",
    "document_original",
    "documents",
    "case",
    "card",
    "reminders",
    "own_copy",
    "search",
    "access_log",
)
_NAME = "a_look_is_at_something_known"


def upgrade() -> None:
    only("access_log", "what", _NAME, (*_KNOWN, "export"))


def downgrade() -> None:
    # Nobody may change a line of the log, so those that the version before does not know stay.
    free("access_log", _NAME)
    listed = ", ".join(f"'{name}'" for name in _KNOWN)
    op.execute(f"ALTER TABLE access_log ADD CONSTRAINT {_NAME} CHECK (what IN ({listed})) NOT VALID")
