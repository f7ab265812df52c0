"""Webhooks: where other systems are told of what happens, and each telling"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    op.create_table(
        "webhook_subscriptions",
        sa.Column("id", _TEXT(), nullable=False),
        sa.Column("machine_id", sa.Uuid(), nullable=False),
        sa.Column("url", _TEXT(), nullable=False),
        sa.Column("events", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("state", _TEXT(), nullable=False),
        _instant("made_at"),
        sa.Column("made_by", _TEXT(), nullable=False),
        _instant("state_since"),
        sa.Column("state_by", _TEXT(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        _instant("rests_until", nullable=True),
        sa.Column("at_once", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('active', 'paused', 'gone')", name="a_subscription_has_a_known_state"
        ),
        sa.ForeignKeyConstraint(["machine_id"], ["machines.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_webhook_subscriptions_machine_id", "webhook_subscriptions", ["machine_id"])
    op.create_table(
        "webhook_secrets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subscription_id", _TEXT(), nullable=False),
        sa.Column("secret", _TEXT(), nullable=False),
        _instant("made_at"),
        _instant("ends_at", nullable=True),
        _of_subscription(),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_webhook_secrets_subscription_id", "webhook_secrets", ["subscription_id"])
    op.create_table(
        "webhooks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subscription_id", _TEXT(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("status", _TEXT(), nullable=False),
        _instant("created_at"),
        _instant("next_attempt_at"),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease", sa.Uuid(), nullable=True),
        _instant("leased_until", nullable=True),
        sa.Column("reply", _TEXT(), nullable=True),
        _instant("settled_at", nullable=True),
        sa.CheckConstraint(
            "status IN ('queued', 'sent', 'failed', 'skipped')", name="a_webhook_has_a_known_status"
        ),
        _of_subscription(),
        sa.ForeignKeyConstraint(["event_id"], ["request_events.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("subscription_id", "event_id", name="an_event_is_told_once"),
    )
    op.create_index("ix_webhooks_event_id", "webhooks", ["event_id"])
    queued, ended = "status = 'queued'", "status <> 'queued'"
    _partial("webhooks_to_send", ["subscription_id", "next_attempt_at"], queued)
    _partial("webhooks_held", ["subscription_id"], f"{queued} AND lease IS NOT NULL")
    _partial("webhooks_failed", ["settled_at"], "status = 'failed'")
    _partial("webhooks_to_forget", ["settled_at"], ended)


def downgrade() -> None:
    for table in ("webhooks", "webhook_secrets", "webhook_subscriptions"):
        op.drop_table(table)


def _instant(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _of_subscription() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["subscription_id"], ["webhook_subscriptions.id"], ondelete="CASCADE"
    )


def _partial(name: str, columns: list[str], where: str) -> None:
    op.create_index(name, "webhooks", columns, postgresql_where=sa.text(where))
