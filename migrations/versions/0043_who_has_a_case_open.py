"""Who has a case open: for seconds, and worth no line of the server's log"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString
_TABLE = "case_readers"


def upgrade() -> None:
    op.create_table(
        _TABLE,
        sa.Column("stream", sa.Uuid(), nullable=False),
        sa.Column("tracking_code", _TEXT(), nullable=False),
        sa.Column("officer", _TEXT(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("stream"),
        prefixes=["UNLOGGED"],
    )
    op.create_index("ix_case_readers_tracking_code", _TABLE, ["tracking_code"])


def downgrade() -> None:
    op.drop_table(_TABLE)
