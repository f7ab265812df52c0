"""An identity number is one practitioner's

Rows that share a number already are marked and stay; the index holds all others apart. Nobody waits
for it: the column is added alone, and the index is built beside the work that goes on. Interrupted
in between, the step is done again from its beginning.
"""

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
CREATE OR REPLACE FUNCTION another_identity_number_is_not_shared() RETURNS trigger LANGUAGE plpgsql AS $$
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
    op.execute(
        "ALTER TABLE practitioners "
        "ADD COLUMN IF NOT EXISTS identity_number_shared boolean NOT NULL DEFAULT false"
    )
    op.execute(UNMARK)
    op.execute("DROP TRIGGER IF EXISTS another_identity_number_is_not_shared ON practitioners")
    op.execute(UNMARKS)
    with op.get_context().autocommit_block():
        op.execute(MARK)
        # What an interrupted build left is no index.
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS one_practitioner_per_identity_number")
        op.execute(
            "CREATE UNIQUE INDEX CONCURRENTLY one_practitioner_per_identity_number "
            "ON practitioners (identity_number) WHERE NOT identity_number_shared"
        )


def downgrade() -> None:
    op.execute("DROP TRIGGER another_identity_number_is_not_shared ON practitioners")
    op.execute("DROP FUNCTION another_identity_number_is_not_shared()")
    op.drop_index("one_practitioner_per_identity_number", "practitioners")
    op.drop_column("practitioners", "identity_number_shared")
