"""Reminders of profiles that were not confirmed for long, and the confirmations"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# As for cards: whatever confirms a profile, the next run looks at it.
EXAMINE_AGAIN = (
    """
CREATE FUNCTION examine_a_confirmed_profile() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.examine_on := DATE '1970-01-01';
    RETURN NEW;
END $$
""",
    """
CREATE TRIGGER a_confirmed_profile_is_examined BEFORE UPDATE OF confirmed_at ON practitioners
    FOR EACH ROW
    WHEN (NEW.confirmed_at IS DISTINCT FROM OLD.confirmed_at)
    EXECUTE FUNCTION examine_a_confirmed_profile()
""",
)
# A reminder was about a card; it goes to a person, who has one card at most.
ABOUT_A_PERSON = """
UPDATE reminders SET practitioner_id = cards.practitioner_id FROM cards
WHERE cards.id = reminders.card_id
"""


def upgrade() -> None:
    op.add_column(
        "practitioners",
        sa.Column(
            "examine_on", sa.Date(), nullable=False, server_default=sa.text("DATE '1970-01-01'")
        ),
    )
    op.add_column(
        "practitioners",
        sa.Column(
            "on_file_since", sa.Date(), nullable=False, server_default=sa.text("CURRENT_DATE")
        ),
    )
    op.create_index("profiles_to_examine", "practitioners", ["examine_on", "id"], unique=False)
    for statement in EXAMINE_AGAIN:
        op.execute(statement)

    op.add_column("reminders", sa.Column("practitioner_id", sa.Uuid(), nullable=True))
    op.execute(ABOUT_A_PERSON)
    op.alter_column("reminders", "practitioner_id", nullable=False)
    op.create_foreign_key(
        "reminders_practitioner_id_fkey", "reminders", "practitioners", ["practitioner_id"], ["id"]
    )
    op.add_column(
        "reminders",
        sa.Column(
            "about", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="card"
        ),
    )
    op.alter_column("reminders", "about", server_default=None)
    op.alter_column("reminders", "expires_on", new_column_name="anchor")
    op.drop_constraint("a_threshold_is_reminded_once", "reminders", type_="unique")
    op.create_unique_constraint(
        "a_threshold_is_reminded_once",
        "reminders",
        ["practitioner_id", "about", "anchor", "threshold"],
    )
    op.drop_column("reminders", "card_id")

    op.rename_table("unsubscribe_tokens", "reminder_tokens")
    op.execute("ALTER INDEX unsubscribe_tokens_by_expiry RENAME TO reminder_tokens_by_expiry")
    op.add_column(
        "reminder_tokens",
        sa.Column(
            "purpose",
            sqlmodel.sql.sqltypes.AutoString(),
            nullable=False,
            server_default="unsubscribe",
        ),
    )
    op.alter_column("reminder_tokens", "purpose", server_default=None)

    op.create_table(
        "profile_confirmations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("practitioner_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminder_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["practitioner_id"], ["practitioners.id"]),
        sa.ForeignKeyConstraint(["reminder_id"], ["reminders.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_profile_confirmations_practitioner_id", "profile_confirmations", ["practitioner_id"]
    )
    op.create_table(
        "examination_days",
        sa.Column("about", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("thresholds", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("about"),
    )


def downgrade() -> None:
    op.drop_table("examination_days")
    op.drop_table("profile_confirmations")
    op.execute("DELETE FROM reminder_tokens WHERE purpose <> 'unsubscribe'")
    op.drop_column("reminder_tokens", "purpose")
    op.execute("ALTER INDEX reminder_tokens_by_expiry RENAME TO unsubscribe_tokens_by_expiry")
    op.rename_table("reminder_tokens", "unsubscribe_tokens")
    op.execute(
        "DELETE FROM unsubscribe_tokens USING reminders "
        "WHERE reminders.id = reminder_id AND reminders.about <> 'card'"
    )
    op.execute(
        "UPDATE suppressions SET reminder_id = NULL FROM reminders "
        "WHERE reminders.id = reminder_id AND reminders.about <> 'card'"
    )
    op.execute("DELETE FROM reminders WHERE about <> 'card'")
    op.add_column("reminders", sa.Column("card_id", sa.Uuid(), nullable=True))
    op.execute(
        "UPDATE reminders SET card_id = cards.id FROM cards "
        "WHERE cards.practitioner_id = reminders.practitioner_id"
    )
    op.alter_column("reminders", "card_id", nullable=False)
    op.create_foreign_key("reminders_card_id_fkey", "reminders", "cards", ["card_id"], ["id"])
    op.drop_constraint("a_threshold_is_reminded_once", "reminders", type_="unique")
    op.alter_column("reminders", "anchor", new_column_name="expires_on")
    op.create_unique_constraint(
        "a_threshold_is_reminded_once", "reminders", ["card_id", "expires_on", "threshold"]
    )
    op.drop_column("reminders", "about")
    op.drop_column("reminders", "practitioner_id")
    op.execute("DROP TRIGGER a_confirmed_profile_is_examined ON practitioners")
    op.execute("DROP FUNCTION examine_a_confirmed_profile()")
    op.drop_index("profiles_to_examine", "practitioners")
    op.drop_column("practitioners", "on_file_since")
    op.drop_column("practitioners", "examine_on")
