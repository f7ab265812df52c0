"""Newcomers: people who are not on the register, with what they draft, send and ask for"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

#: The table, the column that names its practitioner, and what says that it is somebody's.
OWNED = (
    ("drafts", "practitioner_id", "a_draft_is_somebody_s"),
    ("uploads", "owner_id", "an_upload_is_somebody_s"),
)


def upgrade() -> None:
    """Put this change on the database."""
    op.create_table(
        "newcomers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("mailbox", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("mailbox"),
    )
    for table in ("drafts", "uploads", "requests"):
        op.add_column(table, sa.Column("newcomer_id", sa.Uuid(), nullable=True))
        # Every row has none: there is nothing to look at while others read and write.
        name = f"{table}_newcomer_id_fkey"
        op.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT {name}"
            " FOREIGN KEY (newcomer_id) REFERENCES newcomers (id) NOT VALID"
        )
        op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")
    for table in ("uploads", "requests"):
        op.create_index(f"ix_{table}_newcomer_id", table, ["newcomer_id"])
    op.create_unique_constraint(
        "one_draft_per_kind_of_a_newcomer", "drafts", ["newcomer_id", "kind"]
    )
    for table, column, name in OWNED:
        op.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT {name}"
            f" CHECK (num_nonnulls({column}, newcomer_id) = 1) NOT VALID"
        )
        op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")
        op.alter_column(table, column, nullable=True)


def downgrade() -> None:
    """Take it off again; refused where a newcomer has drafted or sent something."""
    for table, column, name in OWNED:
        op.alter_column(table, column, nullable=False)
        op.drop_constraint(name, table)
    op.drop_constraint("one_draft_per_kind_of_a_newcomer", "drafts")
    for table in ("requests", "uploads", "drafts"):
        op.drop_column(table, "newcomer_id")
    op.drop_table("newcomers")
