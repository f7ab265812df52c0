"""Decisions on several clean cases in one press of the review desk"""

from alembic import op
from migrations.checks import free, only

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

_KNOWN = ("command", "python", "prefect_form", "desk_page")
_NAMES = {
    "decisions": "a_decision_has_a_known_origin",
    "waiting_decisions": "a_waiting_decision_has_a_known_origin",
}


def upgrade() -> None:
    for table, name in _NAMES.items():
        only(table, "origin", name, (*_KNOWN, "desk_list"))


def downgrade() -> None:
    listed = ", ".join(f"'{name}'" for name in _KNOWN)
    for table, name in _NAMES.items():
        # Nobody may change a decision, so those that the version before does not know stay.
        free(table, name)
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK (origin IN ({listed})) NOT VALID")
