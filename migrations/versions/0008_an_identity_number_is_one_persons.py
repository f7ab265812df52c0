"""An identity number is one practitioner's

Rows that share a number already are marked and stay; the index holds all others apart. The table
waits only while the index is built, about a second for a million rows.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

MARK = """
UPDATE practitioners SET identity_number_shared = true WHERE identity_number IN (
    SELECT identity_number FROM practitioners GROUP BY identity_number HAVING count(*) > 1
)
"""
UNMARK = """
CREATE FUNCTION another_identity_number_is_not_shared() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.identity_number_shared := false;
    RETURN NEW;
END $$
"""
UNMARKS = """
CREATE TRIGGER another_identity_number_is_not_shared
    BEFORE UPDATE OF identity_number ON practitioners FOR EACH ROW
    WHEN (NEW.identity_number IS DISTINCT FROM OLD.identity_number)
    EXECUTE FUNCTION another_identity_number_is_not_shared()
"""


def upgrade() -> None:
    op.add_column(
        "practitioners",
        sa.Column(
            "identity_number_shared", sa.Boolean(), server_default=sa.text("false"), nullable=False
        ),
    )
    op.execute(MARK)
    op.create_index(
        "one_practitioner_per_identity_number",
        "practitioners",
        ["identity_number"],
        unique=True,
        postgresql_where=sa.text("NOT identity_number_shared"),
    )
    op.execute(UNMARK)
    op.execute(UNMARKS)


def downgrade() -> None:
    op.execute("DROP TRIGGER another_identity_number_is_not_shared ON practitioners")
    op.execute("DROP FUNCTION another_identity_number_is_not_shared()")
    op.drop_index("one_practitioner_per_identity_number", "practitioners")
    op.drop_column("practitioners", "identity_number_shared")
