"""Who is known by an identity provider, and the sign-ins that are on their way there and back"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from migrations.checks import only

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString
_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "provider_links",
        sa.Column("issuer", _TEXT(), nullable=False),
        sa.Column("subject", _TEXT(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"]),
        sa.PrimaryKeyConstraint("issuer", "subject"),
        sa.UniqueConstraint("account_id", "issuer", name="an_account_is_known_once_by_an_issuer"),
    )
    op.create_table(
        "provider_trips",
        sa.Column("state_hash", _TEXT(), nullable=False),
        sa.Column("browser_hash", _TEXT(), nullable=False),
        sa.Column("kind", _TEXT(), nullable=False),
        sa.Column("to_path", _TEXT(), nullable=False),
        sa.Column("language", _TEXT(), nullable=False),
        sa.Column("began_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("state_hash"),
    )
    op.create_index("provider_trips_to_sweep", "provider_trips", ["began_at"])
    only("provider_trips", "kind", "a_trip_is_for_a_known_kind", ("practitioner", "officer"))


def downgrade() -> None:
    op.drop_table("provider_trips")
    op.drop_table("provider_links")
