"""First registration: a kind of request, the card that it issues, and the qualification it rests on"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from migrations.checks import only

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None

BEFORE = ("profile_update", "card_renewal")
KINDS = (*BEFORE, "registration")
OF_KINDS = (
    ("requests", "a_request_has_a_known_kind"),
    ("drafts", "a_draft_has_a_known_kind"),
    ("waves", "a_wave_is_of_a_known_kind"),
    ("submission_jobs", "a_job_is_of_a_known_kind"),
)


def upgrade() -> None:
    """Put this change on the database."""
    for table, name in OF_KINDS:
        only(table, "kind", name, KINDS)
    _periods(("loaded", "issued"), ("renewed", "issued"), ("loaded", "issued", "renewed", "extended"))
    op.create_table(
        "qualification_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("practitioner_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("issuer", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["practitioner_id"], ["practitioners.id"]),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    for column in ("practitioner_id", "request_id"):
        name = f"ix_qualification_entries_{column}"
        op.create_index(name, "qualification_entries", [column])
    op.create_index("practitioners_by_birth_date", "practitioners", ["birth_date"])


def downgrade() -> None:
    """Take it off again; refused where somebody has asked to be registered."""
    op.drop_index("practitioners_by_birth_date", "practitioners")
    op.drop_table("qualification_entries")
    _periods(("loaded",), ("renewed",), ("loaded", "renewed", "extended"))
    for table, name in OF_KINDS:
        only(table, "kind", name, BEFORE)


def _periods(first: tuple[str, ...], by_request: tuple[str, ...], known: tuple[str, ...]) -> None:
    only("card_periods", "made_by", "a_period_has_a_known_maker", known)
    for name, column, makers in (
        ("only_the_first_follows_nothing", "follows IS NULL", first),
        ("a_renewal_has_its_request", "request_id IS NOT NULL", by_request),
    ):
        listed = ", ".join(f"'{each}'" for each in makers)
        op.execute(f"ALTER TABLE card_periods DROP CONSTRAINT {name}")
        op.execute(
            f"ALTER TABLE card_periods ADD CONSTRAINT {name}"
            f" CHECK (({column}) = (made_by IN ({listed}))) NOT VALID"
        )
        op.execute(f"ALTER TABLE card_periods VALIDATE CONSTRAINT {name}")
