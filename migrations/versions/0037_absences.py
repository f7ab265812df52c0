"""Days on which officers are away"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString
_INSTANT = sa.DateTime(timezone=True)
_TABLE = "absences"


def upgrade() -> None:
    op.create_table(
        _TABLE,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("officer", _TEXT(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("said_by", _TEXT(), nullable=False),
        sa.Column("said_at", _INSTANT, nullable=False),
        sa.Column("ended_at", _INSTANT, nullable=True),
        sa.Column("ended_by", _TEXT(), nullable=True),
        sa.CheckConstraint("first_day <= last_day", name="an_absence_has_a_day"),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_by IS NULL)", name="somebody_calls_an_absence_off"
        ),
        sa.ForeignKeyConstraint(["officer"], ["officers.user_name"]),
        sa.ForeignKeyConstraint(["said_by"], ["officers.user_name"]),
        sa.ForeignKeyConstraint(["ended_by"], ["officers.user_name"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "absences_that_count",
        _TABLE,
        ["officer", "last_day"],
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table(_TABLE)
