"""Requests that other systems hand in, and decisions that they carry"""

import sqlalchemy as sa
from alembic import op

from migrations.checks import free, only

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

_ORIGINS = ("command", "python", "prefect_form", "desk_page", "desk_list")
_KNOWN = {
    "decisions": "a_decision_has_a_known_origin",
    "waiting_decisions": "a_waiting_decision_has_a_known_origin",
}


def upgrade() -> None:
    op.create_table(
        "machine_requests",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("machine_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["machine_id"], ["machines.id"]),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"]),
        sa.PrimaryKeyConstraint("request_id"),
    )
    op.create_index("ix_machine_requests_machine_id", "machine_requests", ["machine_id"])
    for table, name in _KNOWN.items():
        only(table, "origin", name, (*_ORIGINS, "api"))


def downgrade() -> None:
    # Decisions stay as they were made, also those that the version before does not know.
    listed = ", ".join(f"'{name}'" for name in _ORIGINS)
    for table, name in _KNOWN.items():
        free(table, name)
        op.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK (origin IN ({listed})) NOT VALID"
        )
    op.drop_table("machine_requests")
