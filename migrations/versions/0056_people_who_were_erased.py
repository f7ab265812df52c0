"""People who were erased: their rows say nothing, and nothing new is said of them"""

import sqlalchemy as sa
from alembic import op

from migrations.checks import only

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

SUBJECTS = ("requests", "emails", "reminders", "access_log", "waves")
LOOKS = (
    "document_page", "document_original", "documents", "case", "card", "reminders", "own_copy",
    "search", "export", "access_log", "machine_use",
)  # fmt: skip
PATH = "SET search_path = {schema}, pg_temp"
# As it was, and for what a certificate about one person lets go.
HISTORY_STAYS = """
CREATE OR REPLACE FUNCTION history_stays() RETURNS trigger LANGUAGE plpgsql {path} AS $$
BEGIN
    IF TG_OP <> 'TRUNCATE' AND EXISTS (
        SELECT FROM retention_certificates
        WHERE hash IS NULL AND made_in = retention_transaction()
            AND (subject, TG_TABLE_NAME::text) IN ({lets_go})
    ) THEN
        IF TG_OP = 'DELETE' THEN
            RETURN OLD;
        END IF;
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'history stays: % of % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$
"""
BEFORE = (
    ("requests", "decisions"),
    ("requests", "document_readings"),
    ("access_log", "access_log"),
)
OF_PERSONS = (
    ("person", "decisions"),
    ("person", "document_readings"),
    ("person", "profile_versions"),
)
# By the time that it runs, the rows' foreign keys have waited for whoever erases the person.
NAMED = """
CREATE FUNCTION nobody_erased_is_named() RETURNS trigger LANGUAGE plpgsql {path} AS $$
DECLARE
    found boolean;
BEGIN
    EXECUTE format(
        'SELECT EXISTS (SELECT FROM added JOIN practitioners ON practitioners.id = added.%I'
        ' WHERE erased_at IS NOT NULL)', TG_ARGV[0]
    ) INTO found;
    IF found THEN
        RAISE EXCEPTION 'a row of % names somebody who was erased', TG_TABLE_NAME
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'nobody_erased_is_named';
    END IF;
    RETURN NULL;
END $$
"""
STAYS_SO = """
CREATE FUNCTION who_was_erased_stays_so() RETURNS trigger LANGUAGE plpgsql {path} AS $$
BEGIN
    RAISE EXCEPTION 'the person was erased'
        USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'nobody_erased_is_named';
END $$
"""
#: By table: the column that names a person.
NAMING = {
    "requests": "practitioner_id",
    "drafts": "practitioner_id",
    "accounts": "practitioner_id",
    "uploads": "owner_id",
    "holds": "practitioner_id",
    "address_changes": "practitioner_id",
    "cards": "practitioner_id",
    "cpd_entries": "practitioner_id",
    "reminders": "practitioner_id",
}


def upgrade() -> None:
    """Put this change on the database."""
    op.add_column(
        "practitioners", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True)
    )
    only(
        "retention_certificates",
        "subject",
        "a_certificate_has_a_known_subject",
        (*SUBJECTS, "person"),
    )
    only("access_log", "what", "a_look_is_at_something_known", (*LOOKS, "erasure"))
    path = _path()
    _let_go((*BEFORE, *OF_PERSONS), path)
    op.execute(NAMED.format(path=path))
    op.execute(STAYS_SO.format(path=path))
    for table, column in NAMING.items():
        op.execute(
            f"CREATE TRIGGER nobody_erased_is_named AFTER INSERT ON {table} "
            "REFERENCING NEW TABLE AS added FOR EACH STATEMENT "
            f"EXECUTE FUNCTION nobody_erased_is_named('{column}')"
        )
    op.execute(
        "CREATE TRIGGER who_was_erased_stays_so BEFORE UPDATE ON practitioners FOR EACH ROW "
        "WHEN (OLD.erased_at IS NOT NULL) EXECUTE FUNCTION who_was_erased_stays_so()"
    )


def downgrade() -> None:
    """Take it off again; where somebody was erased, the database refuses."""
    op.execute("DROP TRIGGER who_was_erased_stays_so ON practitioners")
    for table in NAMING:
        op.execute(f"DROP TRIGGER nobody_erased_is_named ON {table}")
    op.execute("DROP FUNCTION nobody_erased_is_named()")
    op.execute("DROP FUNCTION who_was_erased_stays_so()")
    _let_go(BEFORE, _path())
    only("access_log", "what", "a_look_is_at_something_known", LOOKS)
    only("retention_certificates", "subject", "a_certificate_has_a_known_subject", SUBJECTS)
    op.drop_column("practitioners", "erased_at")


def _path() -> str:
    schema = op.get_bind().scalar(sa.text("SELECT quote_ident(current_schema())"))
    return PATH.format(schema=schema)


def _let_go(pairs: tuple[tuple[str, str], ...], path: str) -> None:
    lets_go = ", ".join(f"('{subject}', '{table}')" for subject, table in pairs)
    op.execute(HISTORY_STAYS.format(path=path, lets_go=lets_go))
