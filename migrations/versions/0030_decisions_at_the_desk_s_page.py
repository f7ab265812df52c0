"""Decisions that come from the review desk's page"""

from alembic import op
from migrations.checks import free, only

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_KNOWN = ("command", "python", "prefect_form")
_NAME = "a_decision_has_a_known_origin"


def upgrade() -> None:
    only("decisions", "origin", _NAME, (*_KNOWN, "desk_page"))


def downgrade() -> None:
    # Nobody may change a decision, so those that the version before does not know stay.
    free("decisions", _NAME)
    listed = ", ".join(f"'{name}'" for name in _KNOWN)
    op.execute(f"ALTER TABLE decisions ADD CONSTRAINT {_NAME} CHECK (origin IN ({listed})) NOT VALID")
