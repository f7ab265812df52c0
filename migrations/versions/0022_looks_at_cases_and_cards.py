"""Looks at cases, cards, lists of documents, reminders, and one's own copy of everything"""

from alembic import op
from migrations.checks import free, only

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_KNOWN = ("document_page", "document_original")
_NEW = ("documents", "case", "card", "reminders", "own_copy")
_AT_SOMETHING = "a_look_is_at_something_known"
_AT_SOMEBODY = "a_look_is_at_somebody"


def upgrade() -> None:
    only("access_log", "what", _AT_SOMETHING, (*_KNOWN, *_NEW))
    op.execute("ALTER TABLE access_log ALTER COLUMN practitioner_id DROP NOT NULL")
    op.execute(
        f"ALTER TABLE access_log ADD CONSTRAINT {_AT_SOMEBODY} "
        "CHECK (practitioner_id IS NOT NULL OR request_id IS NOT NULL) NOT VALID"
    )
    op.execute(f"ALTER TABLE access_log VALIDATE CONSTRAINT {_AT_SOMEBODY}")


def downgrade() -> None:
    free("access_log", _AT_SOMEBODY)
    # Nobody may change or delete a line, so those that the version before does not know stay, and
    # with them the column that may be empty.
    free("access_log", _AT_SOMETHING)
    listed = ", ".join(f"'{name}'" for name in _KNOWN)
    op.execute(
        f"ALTER TABLE access_log ADD CONSTRAINT {_AT_SOMETHING} CHECK (what IN ({listed})) NOT VALID"
    )
