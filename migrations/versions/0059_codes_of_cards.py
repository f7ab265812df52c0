"""Codes of cards, and looks by them"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from migrations import checks

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString
_VIEWERS = ("practitioner", "officer", "operations", "machine")
_LOOKED = (
    "document_page",
    "document_original",
    "documents",
    "case",
    "card",
    "reminders",
    "own_copy",
    "search",
    "export",
    "access_log",
    "machine_use",
    "erasure",
)


def upgrade() -> None:
    """Put this change on the database."""
    op.create_table(
        "card_codes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("card_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("code_hash", _TEXT(), nullable=False),
        sa.Column("secret", _TEXT(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_because", _TEXT(), nullable=True),
        sa.Column("ended_by", _TEXT(), nullable=True),
        sa.CheckConstraint(
            "ended_because IN ('replaced', 'withdrawn')", name="a_code_ends_for_a_known_reason"
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_because IS NULL)"
            " AND (ended_at IS NULL) = (ended_by IS NULL)",
            name="a_code_is_ended_by_somebody",
        ),
        sa.ForeignKeyConstraint(["card_id"], ["cards.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code_hash"),
        sa.UniqueConstraint("card_id", "number", name="codes_of_a_card_are_numbered"),
    )
    op.create_index(
        "one_code_of_a_card_counts",
        "card_codes",
        ["card_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    checks.only("access_log", "viewer_kind", "a_look_has_a_known_viewer", (*_VIEWERS, "public"))
    checks.only(
        "access_log",
        "what",
        "a_look_is_at_something_known",
        (*_LOOKED, "card_print", "card_check"),
    )


def downgrade() -> None:
    """Take it off again."""
    checks.only("access_log", "viewer_kind", "a_look_has_a_known_viewer", _VIEWERS)
    checks.only("access_log", "what", "a_look_is_at_something_known", _LOOKED)
    op.drop_table("card_codes")
