"""Somebody without an account is let in by a code, and the e-mail that carries it is about nobody"""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString
_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Put this change on the database."""
    op.create_table(
        "newcomer_sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", _TEXT(), nullable=False),
        sa.Column("address", _TEXT(), nullable=False),
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("hashes", postgresql.JSONB(), nullable=False),
        sa.Column("minted_at", _INSTANT, nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("asked_at", _INSTANT, nullable=False),
        sa.Column("confirmed_at", _INSTANT, nullable=True),
        sa.Column("seen_at", _INSTANT, nullable=False),
        sa.Column("ended_at", _INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["letter_id"], ["letters.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_index(
        op.f("ix_newcomer_sessions_letter_id"), "newcomer_sessions", ["letter_id"]
    )
    op.create_index("newcomer_sessions_to_sweep", "newcomer_sessions", ["seen_at"])
    op.execute(
        "ALTER TABLE letters ADD CONSTRAINT a_letter_is_about_one_thing_at_most "
        "CHECK (request_id IS NULL OR account_id IS NULL) NOT VALID"
    )
    op.execute("ALTER TABLE letters VALIDATE CONSTRAINT a_letter_is_about_one_thing_at_most")
    op.drop_constraint("a_letter_is_about_one_thing", "letters")


def downgrade() -> None:
    """Take it off again; codes that were e-mailed to newcomers go with it."""
    op.drop_table("newcomer_sessions")
    op.execute("DELETE FROM letters WHERE request_id IS NULL AND account_id IS NULL")
    op.execute(
        "ALTER TABLE letters ADD CONSTRAINT a_letter_is_about_one_thing "
        "CHECK ((request_id IS NULL) <> (account_id IS NULL)) NOT VALID"
    )
    op.execute("ALTER TABLE letters VALIDATE CONSTRAINT a_letter_is_about_one_thing")
    op.drop_constraint("a_letter_is_about_one_thing_at_most", "letters")
