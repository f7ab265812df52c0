"""What operators do by hand, and why"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    op.create_table(
        "operator_acts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("operator", _TEXT(), nullable=False),
        sa.Column("act", _TEXT(), nullable=False),
        sa.Column("reason", _TEXT(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "act IN ('send_again', 'remind_again', 'release_claims', 'restart_run')",
            name="an_operator_s_act_is_known",
        ),
        sa.ForeignKeyConstraint(["operator"], ["officers.user_name"]),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("operator_acts_by_time", "operator_acts", ["at", "id"])
    op.create_index("operator_acts_of_a_request", "operator_acts", ["request_id", "at"])


def downgrade() -> None:
    op.drop_table("operator_acts")
