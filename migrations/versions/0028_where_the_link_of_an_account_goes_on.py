"""Where the link of an account goes on"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Without a default, so nothing is written anew.
    op.add_column(
        "account_links", sa.Column("goes_to", sqlmodel.sql.sqltypes.AutoString(), nullable=True)
    )


def downgrade() -> None:
    op.drop_column("account_links", "goes_to")
