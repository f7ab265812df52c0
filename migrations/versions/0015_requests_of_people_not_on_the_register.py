"""Requests of people who are not on the register yet, in the kinds that they can ask for"""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

OF_PRACTITIONERS = ("card_renewal", "profile_update")


def upgrade() -> None:
    listed = ", ".join(f"'{kind}'" for kind in OF_PRACTITIONERS)
    # Rows that are there are looked at while others read and write: validating takes no strong
    # lock, and to let a column be empty looks at no row.
    op.execute(
        "ALTER TABLE requests ADD CONSTRAINT a_request_names_its_practitioner"
        f" CHECK (practitioner_id IS NOT NULL OR kind NOT IN ({listed})) NOT VALID"
    )
    op.execute("ALTER TABLE requests VALIDATE CONSTRAINT a_request_names_its_practitioner")
    op.alter_column("requests", "practitioner_id", nullable=True)


def downgrade() -> None:
    op.alter_column("requests", "practitioner_id", nullable=False)
    op.drop_constraint("a_request_names_its_practitioner", "requests")
