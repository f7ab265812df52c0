"""Uploaded documents, what officers read in them, their ends, and who looked"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

STATES = (
    "received",
    "unscanned",
    "clean",
    "ready",
    "suspect",
    "unreadable",
    "replaced",
    "destroyed",
)
KINDS = (
    "employer_letter",
    "residence_card",
    "medical_report",
    "identity",
    "qualification",
    "life_support",
    "malpractice_insurance",
    "other",
)
HISTORY = ("upload_events", "document_readings", "destruction_certificates", "access_log")
TABLES = (
    "access_log",
    "destruction_certificates",
    "document_readings",
    "upload_uses",
    "upload_events",
    "uploads",
)


def _in(column: str, values: Sequence[str], *, name: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=name)


def upgrade() -> None:
    op.create_table(
        "uploads",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("state_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("media_type", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("wrapped_key", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("scan", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("scan_found", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("notes", postgresql.JSONB(), nullable=False),
        sa.Column("fault", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("fault_facts", postgresql.JSONB(), nullable=False),
        sa.Column("replaces", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("content_removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(wrapped_key IS NULL) = (state IN ('suspect', 'unreadable', 'destroyed'))",
            name="an_upload_without_content_has_no_key",
        ),
        _in("kind", KINDS, name="an_upload_has_a_known_kind"),
        _in("state", STATES, name="an_upload_has_a_known_state"),
        sa.ForeignKeyConstraint(["owner_id"], ["practitioners.id"]),
        sa.ForeignKeyConstraint(["replaces"], ["uploads.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("replaces", name="an_upload_is_replaced_once"),
    )
    op.create_index(op.f("ix_uploads_owner_id"), "uploads", ["owner_id"])
    op.create_index(op.f("ix_uploads_sha256"), "uploads", ["sha256"])
    op.create_index(
        "uploads_to_check",
        "uploads",
        ["checked_at"],
        postgresql_where=sa.text("state IN ('received', 'unscanned', 'clean')"),
    )
    op.create_index(
        "uploads_to_end",
        "uploads",
        ["id"],
        postgresql_where=sa.text("state NOT IN ('suspect', 'unreadable', 'destroyed')"),
    )
    op.create_index(
        "uploads_to_remove",
        "uploads",
        ["id"],
        postgresql_where=sa.text(
            "state IN ('suspect', 'unreadable', 'destroyed') AND content_removed_at IS NULL"
        ),
    )
    op.create_table(
        "upload_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("upload_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("from_state", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("to_state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("actor_kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("actor", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        _in(
            "actor_kind",
            ("owner", "scanner", "renderer", "clock", "operations"),
            name="an_upload_event_has_a_known_actor",
        ),
        _in("from_state", STATES, name="an_upload_comes_from_a_known_state"),
        _in("to_state", STATES, name="an_upload_comes_to_a_known_state"),
        sa.ForeignKeyConstraint(["upload_id"], ["uploads.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_upload_events_upload_id"), "upload_events", ["upload_id"])
    op.create_table(
        "upload_uses",
        sa.Column("upload_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"]),
        sa.ForeignKeyConstraint(["upload_id"], ["uploads.id"]),
        sa.PrimaryKeyConstraint("upload_id", "request_id", "round"),
    )
    op.create_index(op.f("ix_upload_uses_request_id"), "upload_uses", ["request_id"])
    op.create_table(
        "document_readings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("upload_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("officer", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("readable", sa.Boolean(), nullable=False),
        sa.Column("issuer", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["officer"], ["officers.user_name"]),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"]),
        sa.ForeignKeyConstraint(["upload_id"], ["uploads.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_document_readings_request_id"), "document_readings", ["request_id"])
    op.create_index(op.f("ix_document_readings_upload_id"), "document_readings", ["upload_id"])
    op.create_table(
        "destruction_certificates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("upload_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("rule", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("ordered_by", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=False),
        _in("kind", KINDS, name="a_destruction_is_of_a_known_kind"),
        _in(
            "rule",
            (
                "unused",
                "replaced",
                "decided",
                "kept_long_enough",
                "suspect",
                "unreadable",
                "taken_back",
                "ordered",
            ),
            name="a_destruction_has_a_known_rule",
        ),
        sa.ForeignKeyConstraint(["upload_id"], ["uploads.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("upload_id", name="an_upload_is_destroyed_once"),
    )
    op.create_table(
        "access_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("viewer_kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("viewer", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("what", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("practitioner_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("upload_id", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("page", sa.Integer(), nullable=True),
        sa.Column("why", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        _in(
            "viewer_kind",
            ("practitioner", "officer", "operations"),
            name="a_look_has_a_known_viewer",
        ),
        _in("what", ("document_page", "document_original"), name="a_look_is_at_something_known"),
        sa.ForeignKeyConstraint(["practitioner_id"], ["practitioners.id"]),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"]),
        sa.ForeignKeyConstraint(["upload_id"], ["uploads.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_access_log_practitioner_id"), "access_log", ["practitioner_id"])
    for table in HISTORY:
        for name, when, each in (
            ("history_stays", "UPDATE", "ROW"),
            ("history_is_kept", "DELETE", "ROW"),
            ("history_is_not_emptied", "TRUNCATE", "STATEMENT"),
        ):
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {when} ON {table} "
                f"FOR EACH {each} EXECUTE FUNCTION history_stays()"
            )


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
