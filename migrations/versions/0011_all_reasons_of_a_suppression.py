"""All reasons why an address gets no reminders, not the first alone"""

import sqlalchemy as sa
from alembic import op

from migrations.checks import free, only

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

REASONS = ("unsubscribed", "bounced", "complained", "asked", "deceased")
IN_FORCE = sa.text("lifted_at IS NULL")


def upgrade() -> None:
    op.create_index(
        "an_address_is_suppressed_once_for_a_reason",
        "suppressions",
        ["address", "kind", "why"],
        unique=True,
        postgresql_where=IN_FORCE,
    )
    op.drop_index("an_address_is_suppressed_once", table_name="suppressions")
    only("suppressions", "why", "a_suppression_has_a_known_reason", REASONS)


def downgrade() -> None:
    free("suppressions", "a_suppression_has_a_known_reason")
    op.execute(
        "UPDATE suppressions SET lifted_at = now() WHERE lifted_at IS NULL AND id NOT IN ("
        "SELECT DISTINCT ON (address, kind) id FROM suppressions WHERE lifted_at IS NULL"
        " ORDER BY address, kind, since)"
    )
    op.create_index(
        "an_address_is_suppressed_once",
        "suppressions",
        ["address", "kind"],
        unique=True,
        postgresql_where=IN_FORCE,
    )
    op.drop_index("an_address_is_suppressed_once_for_a_reason", table_name="suppressions")
