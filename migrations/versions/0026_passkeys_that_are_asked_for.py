"""What passkeys are asked to sign has a table: also of who is signed in, and of who is nobody yet"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "passkey_challenges",
        sa.Column("asked_of", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("challenge", sa.LargeBinary(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("asked_of"),
    )
    op.create_index("challenges_to_sweep", "passkey_challenges", ["asked_at"])
    # Nothing has written it yet. Dropping a column rewrites no row.
    op.drop_column("half_sign_ins", "challenge")


def downgrade() -> None:
    op.add_column("half_sign_ins", sa.Column("challenge", sa.LargeBinary(), nullable=True))
    op.drop_table("passkey_challenges")
