"""Who last said for whom another system acts"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    op.add_column("machines", sa.Column("scoped_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("machines", sa.Column("scoped_by", _TEXT(), nullable=True))


def downgrade() -> None:
    op.drop_column("machines", "scoped_by")
    op.drop_column("machines", "scoped_at")
