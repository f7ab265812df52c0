"""Second factors, sign-ins that are half done, and what a session was proved by"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from migrations.checks import only

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString
_INSTANT = sa.DateTime(timezone=True)
_ENDS = ("signed_out", "followed", "ended_by_owner", "password_changed", "operations")
_PROOFS = ("password", "totp", "recovery_code", "passkey", "provider")
_END = ("account_sessions", "ended_because", "a_session_ends_for_a_known_reason")


def upgrade() -> None:
    op.create_table(
        "authenticator_apps",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("secret", _TEXT(), nullable=False),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.Column("confirmed_at", _INSTANT, nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"]),
        sa.PrimaryKeyConstraint("account_id"),
    )
    op.create_table(
        "passkeys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", _TEXT(), nullable=False),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.Column("used_at", _INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("credential_id"),
    )
    op.create_index(op.f("ix_passkeys_account_id"), "passkeys", ["account_id"])
    op.create_table(
        "recovery_codes",
        sa.Column("code_hash", _TEXT(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.Column("used_at", _INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"]),
        sa.PrimaryKeyConstraint("code_hash"),
    )
    op.create_index(op.f("ix_recovery_codes_account_id"), "recovery_codes", ["account_id"])
    op.create_table(
        "half_sign_ins",
        sa.Column("token_hash", _TEXT(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("began_at", _INSTANT, nullable=False),
        sa.Column("challenge", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"]),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_index(op.f("ix_half_sign_ins_account_id"), "half_sign_ins", ["account_id"])
    op.create_index("half_sign_ins_to_sweep", "half_sign_ins", ["began_at"])
    # A default that is a constant writes no row anew. Whoever is signed in now has proved nothing
    # lately, and is asked once more before something that matters.
    for name, column_type, before in (
        ("proof", _TEXT(), "password"),
        ("proved_at", _INSTANT, "1970-01-01T00:00:00+00:00"),
    ):
        op.add_column(
            "account_sessions",
            sa.Column(name, column_type, nullable=False, server_default=before),
        )
        op.alter_column("account_sessions", name, server_default=None)
    only("account_sessions", "proof", "a_session_has_a_known_proof", _PROOFS)
    only(*_END, values=(*_ENDS, "factor_changed"))


def downgrade() -> None:
    op.execute(
        "UPDATE account_sessions SET ended_because = 'operations'"
        " WHERE ended_because = 'factor_changed'"
    )
    only(*_END, values=_ENDS)
    op.drop_column("account_sessions", "proof")
    op.drop_column("account_sessions", "proved_at")
    for table in ("half_sign_ins", "recovery_codes", "passkeys", "authenticator_apps"):
        op.drop_table(table)
