"""Reminders of expiring cards, suppressed addresses, and when a card is examined next"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# Whatever moves a card (a renewal, an extension of thousands, an operator's own statement), it is
# examined by the next run. In the database, so that nobody who writes cards has to think of it.
EXAMINE_AGAIN = (
    """
CREATE FUNCTION examine_a_moved_card() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.examine_on := DATE '1970-01-01';
    RETURN NEW;
END $$
""",
    """
CREATE TRIGGER a_moved_card_is_examined BEFORE UPDATE OF expires_on, status ON cards
    FOR EACH ROW
    WHEN (NEW.expires_on IS DISTINCT FROM OLD.expires_on OR NEW.status IS DISTINCT FROM OLD.status)
    EXECUTE FUNCTION examine_a_moved_card()
""",
)


def upgrade() -> None:
    op.add_column(
        "cards",
        sa.Column(
            "examine_on", sa.Date(), nullable=False, server_default=sa.text("DATE '1970-01-01'")
        ),
    )
    op.create_index("cards_to_examine", "cards", ["examine_on", "id"], unique=False)
    for statement in EXAMINE_AGAIN:
        op.execute(statement)
    op.create_table(
        "reminders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("card_id", sa.Uuid(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("threshold", sa.Integer(), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("letter", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("address", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("examined_on", sa.Date(), nullable=False),
        sa.Column("run", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("server_reply", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(status IN ('queued', 'sent')) = (reason IS NULL)",
            name="what_is_not_sent_has_a_reason",
        ),
        sa.ForeignKeyConstraint(
            ["card_id"],
            ["cards.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint(
            "card_id", "expires_on", "threshold", name="a_threshold_is_reminded_once"
        ),
    )
    op.create_index(
        "reminders_to_send",
        "reminders",
        ["next_attempt_at", "id"],
        unique=False,
        postgresql_where=sa.text("status = 'queued'"),
    )
    op.create_index("reminders_by_day", "reminders", ["examined_on", "address"], unique=False)
    op.create_table(
        "suppressions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("address", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("why", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("server_reply", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("reminder_id", sa.Uuid(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["reminder_id"],
            ["reminders.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "an_address_is_suppressed_once",
        "suppressions",
        ["address", "kind"],
        unique=True,
        postgresql_where=sa.text("lifted_at IS NULL"),
    )
    op.create_table(
        "unsubscribe_tokens",
        sa.Column("token_hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reminder_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["reminder_id"],
            ["reminders.id"],
        ),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_index(
        "unsubscribe_tokens_by_expiry", "unsubscribe_tokens", ["expires_at"], unique=False
    )


def downgrade() -> None:
    op.drop_table("unsubscribe_tokens")
    op.drop_table("suppressions")
    op.drop_table("reminders")
    op.execute("DROP TRIGGER a_moved_card_is_examined ON cards")
    op.execute("DROP FUNCTION examine_a_moved_card()")
    op.drop_index("cards_to_examine", table_name="cards")
    op.drop_column("cards", "examine_on")
