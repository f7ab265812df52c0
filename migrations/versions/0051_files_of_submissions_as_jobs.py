"""Files of submissions that other systems hand in, as jobs"""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString
_NOT_DONE = sa.text("done_at IS NULL")
_WITH_PROBLEMS = sa.text("outcome IN ('refused', 'failed')")


def upgrade() -> None:
    """Put this change on the database."""
    op.create_table(
        "submission_jobs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("machine_id", sa.Uuid(), nullable=False),
        sa.Column("kind", _TEXT(), nullable=False),
        sa.Column("form", _TEXT(), nullable=False),
        sa.Column("day_first", sa.Boolean(), nullable=False),
        sa.Column("is_check", sa.Boolean(), nullable=False),
        sa.Column("idempotency_key", _TEXT(), nullable=False),
        sa.Column("digest", _TEXT(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease", sa.Uuid(), nullable=True),
        sa.Column("carried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_to", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("has_failed", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('profile_update', 'card_renewal')", name="a_job_is_of_a_known_kind"
        ),
        sa.CheckConstraint("form IN ('csv', 'json_lines')", name="a_job_s_file_has_a_known_form"),
        sa.ForeignKeyConstraint(["machine_id"], ["machines.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("machine_id", "idempotency_key", name="the_same_file_is_one_job"),
    )
    op.create_index(
        "submission_jobs_to_carry",
        "submission_jobs",
        ["carried_at", "made_at"],
        postgresql_where=_NOT_DONE,
    )
    op.create_index("submission_jobs_by_their_end", "submission_jobs", ["done_at"])
    op.create_table(
        "submission_job_files",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["submission_jobs.id"]),
        sa.PrimaryKeyConstraint("job_id"),
    )
    op.create_table(
        "submission_job_rows",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("outcome", _TEXT(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("problems", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('accepted', 'accepted_before', 'valid', 'refused', 'failed')",
            name="a_row_has_a_known_outcome",
        ),
        sa.ForeignKeyConstraint(["job_id"], ["submission_jobs.id"]),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"]),
        sa.PrimaryKeyConstraint("job_id", "line"),
    )
    op.create_index("ix_submission_job_rows_request_id", "submission_job_rows", ["request_id"])
    op.create_index(
        "submission_job_rows_with_problems",
        "submission_job_rows",
        ["job_id", "line"],
        postgresql_where=_WITH_PROBLEMS,
    )


def downgrade() -> None:
    """Take it off again."""
    for table in ("submission_job_rows", "submission_job_files", "submission_jobs"):
        op.drop_table(table)
