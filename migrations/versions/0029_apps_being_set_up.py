"""A second factor being set up stands apart from one that counts; first sign-ins are noted"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "app_set_ups",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("secret", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("began_at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"]),
        sa.PrimaryKeyConstraint("account_id"),
    )
    op.create_index("app_set_ups_to_sweep", "app_set_ups", ["began_at"])
    # What nobody had confirmed is begun anew.
    op.execute("DELETE FROM authenticator_apps WHERE confirmed_at IS NULL")
    op.alter_column("authenticator_apps", "confirmed_at", nullable=False)
    op.drop_column("authenticator_apps", "made_at")
    op.add_column("accounts", sa.Column("first_signed_in_at", _INSTANT, nullable=True))
    # Whoever has set a password was signed in by it, officers apart, who could not be.
    op.execute(
        "UPDATE accounts SET first_signed_in_at = password_set_at WHERE kind = 'practitioner'"
    )


def downgrade() -> None:
    op.drop_column("accounts", "first_signed_in_at")
    op.add_column("authenticator_apps", sa.Column("made_at", _INSTANT, nullable=True))
    op.execute("UPDATE authenticator_apps SET made_at = confirmed_at")
    op.alter_column("authenticator_apps", "made_at", nullable=False)
    op.alter_column("authenticator_apps", "confirmed_at", nullable=True)
    op.drop_table("app_set_ups")
