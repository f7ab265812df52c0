"""Accounts, their links, sessions and known browsers, and the counts of misses"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

TABLES = (
    "sign_in_counts",
    "known_devices",
    "account_sessions",
    "account_link_tokens",
    "account_links",
    "account_roles",
    "sign_in_mailboxes",
    "accounts",
)
_TEXT = sqlmodel.sql.sqltypes.AutoString
_INSTANT = sa.DateTime(timezone=True)


def _in(column: str, *values: str, name: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=name)


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", _TEXT(), nullable=False),
        sa.Column("practitioner_id", sa.Uuid(), nullable=True),
        sa.Column("officer", _TEXT(), nullable=True),
        sa.Column("password_hash", _TEXT(), nullable=True),
        sa.Column("password_set_at", _INSTANT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_at", _INSTANT, nullable=False),
        _in("kind", "practitioner", "officer", name="an_account_has_a_known_kind"),
        sa.CheckConstraint(
            "(practitioner_id IS NOT NULL) = (kind = 'practitioner')"
            " AND (officer IS NOT NULL) = (kind = 'officer')",
            name="an_account_is_one_person_s",
        ),
        sa.CheckConstraint(
            "(password_hash IS NULL) = (password_set_at IS NULL)",
            name="a_password_was_set_at_some_time",
        ),
        sa.ForeignKeyConstraint(["officer"], ["officers.user_name"]),
        sa.ForeignKeyConstraint(["practitioner_id"], ["practitioners.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("officer"),
        sa.UniqueConstraint("practitioner_id"),
    )
    op.create_table(
        "sign_in_mailboxes",
        sa.Column("mailbox", _TEXT(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"]),
        sa.PrimaryKeyConstraint("mailbox"),
        sa.UniqueConstraint("account_id"),
    )
    op.create_table(
        "account_roles",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("role", _TEXT(), nullable=False),
        _in(
            "role",
            "officer",
            "supervisor",
            "operator",
            "auditor",
            name="an_account_has_known_roles",
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"]),
        sa.PrimaryKeyConstraint("account_id", "role"),
    )
    op.create_table(
        "account_links",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("use", _TEXT(), nullable=False),
        sa.Column("issued_at", _INSTANT, nullable=False),
        sa.Column("expires_at", _INSTANT, nullable=False),
        sa.Column("superseded_at", _INSTANT, nullable=True),
        sa.Column("used_at", _INSTANT, nullable=True),
        sa.Column("misses", sa.Integer(), nullable=False),
        _in("use", "first_sign_in", "reset", name="an_account_s_link_has_a_known_use"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_account_links_account_id"), "account_links", ["account_id"])
    op.create_table(
        "account_link_tokens",
        sa.Column("token_hash", _TEXT(), nullable=False),
        sa.Column("link_id", sa.Uuid(), nullable=False),
        sa.Column("minted_at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["link_id"], ["account_links.id"]),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_index(op.f("ix_account_link_tokens_link_id"), "account_link_tokens", ["link_id"])
    op.create_table(
        "account_sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", _TEXT(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("began_at", _INSTANT, nullable=False),
        sa.Column("seen_at", _INSTANT, nullable=False),
        sa.Column("ended_at", _INSTANT, nullable=True),
        sa.Column("ended_because", _TEXT(), nullable=True),
        sa.Column("browser", _TEXT(), nullable=False),
        _in(
            "ended_because",
            "signed_out",
            "followed",
            "ended_by_owner",
            "password_changed",
            "operations",
            name="a_session_ends_for_a_known_reason",
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_index(op.f("ix_account_sessions_account_id"), "account_sessions", ["account_id"])
    op.create_index("sessions_to_sweep", "account_sessions", ["seen_at"])
    op.create_table(
        "known_devices",
        sa.Column("token_hash", _TEXT(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("first_at", _INSTANT, nullable=False),
        sa.Column("seen_at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"]),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_index(op.f("ix_known_devices_account_id"), "known_devices", ["account_id"])
    op.create_index("devices_to_sweep", "known_devices", ["seen_at"])
    op.create_table(
        "sign_in_counts",
        sa.Column("key", _TEXT(), nullable=False),
        sa.Column("misses", sa.Integer(), nullable=False),
        sa.Column("since", _INSTANT, nullable=False),
        sa.Column("last_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("counts_to_sweep", "sign_in_counts", ["last_at"])
    # Without a default, so nothing is written anew.
    op.add_column("letters", sa.Column("account_id", sa.Uuid(), nullable=True))
    op.add_column("letters", sa.Column("account_link_id", sa.Uuid(), nullable=True))
    op.execute("ALTER TABLE letters ALTER COLUMN request_id DROP NOT NULL")
    for column, table in (("account_id", "accounts"), ("account_link_id", "account_links")):
        name = f"letters_{column}_fkey"
        op.execute(
            f"ALTER TABLE letters ADD CONSTRAINT {name} "
            f"FOREIGN KEY ({column}) REFERENCES {table} (id) NOT VALID"
        )
        op.execute(f"ALTER TABLE letters VALIDATE CONSTRAINT {name}")
    op.execute(
        "ALTER TABLE letters ADD CONSTRAINT a_letter_is_about_one_thing "
        "CHECK ((request_id IS NULL) <> (account_id IS NULL)) NOT VALID"
    )
    op.execute("ALTER TABLE letters VALIDATE CONSTRAINT a_letter_is_about_one_thing")
    # Built while others read; a register's people are changed again when it stands.
    op.create_index("practitioners_by_mailbox", "practitioners", [sa.text("lower(email)")])


def downgrade() -> None:
    op.drop_index("practitioners_by_mailbox", "practitioners")
    op.drop_constraint("a_letter_is_about_one_thing", "letters")
    op.execute("DELETE FROM letters WHERE request_id IS NULL")
    op.drop_column("letters", "account_link_id")
    op.drop_column("letters", "account_id")
    op.execute("ALTER TABLE letters ALTER COLUMN request_id SET NOT NULL")
    for table in TABLES:
        op.drop_table(table)
