"""What is not kept any longer, and the one way past the triggers that keep history"""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.checks import only

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

SUBJECTS = ("requests", "emails", "reminders", "access_log", "waves")
ARGUMENTS = "text, timestamptz, timestamptz, text"
FINAL = "'activated', 'rejected', 'withdrawn', 'expired'"
# In each: whoever sets another path, or has a table of that name in a schema of their own, is not asked.
PATH = "SET search_path = {schema}, pg_temp"
# A number alone could come again: a restored server counts its transactions anew.
TRANSACTION = """
CREATE FUNCTION retention_transaction() RETURNS text LANGUAGE sql {path} AS $$
    SELECT pg_current_xact_id()::text || ' ' || extract(epoch FROM transaction_timestamp())::text
$$
"""
# Whoever may call it removes history, and leaves a certificate that nobody can take away.
BEGIN = """
CREATE FUNCTION begin_retention(
    subject text, at timestamptz, older_than timestamptz, policy text
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER {path} AS $$
DECLARE
    made integer;
BEGIN
    PERFORM pg_advisory_xact_lock(7286394);
    INSERT INTO retention_certificates (subject, at, older_than, policy, counts, made_in)
    VALUES (subject, at, older_than, policy, '{{}}', retention_transaction())
    RETURNING id INTO made;
    RETURN made;
END $$
"""
CERTIFICATES_STAY = """
CREATE FUNCTION certificates_stay() RETURNS trigger LANGUAGE plpgsql {path} AS $$
DECLARE
    stack text;
    maker oid;
BEGIN
    IF TG_OP = 'INSERT' THEN
        GET DIAGNOSTICS stack = PG_CONTEXT;
        SELECT proowner INTO maker FROM pg_proc
        WHERE oid = 'begin_retention(text, timestamptz, timestamptz, text)'::regprocedure;
        IF stack LIKE '%function begin_retention(%' AND maker = current_user::regrole THEN
            RETURN NEW;
        END IF;
    ELSIF TG_OP = 'UPDATE' THEN
        IF OLD.hash IS NULL AND NEW.hash IS NOT NULL AND OLD.made_in = retention_transaction()
            AND to_jsonb(OLD) - '{{counts,before,hash}}'::text[]
                = to_jsonb(NEW) - '{{counts,before,hash}}'::text[]
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'history stays: % of % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$
"""
FILLED_IN = """
CREATE FUNCTION a_certificate_is_filled_in() RETURNS trigger LANGUAGE plpgsql {path} AS $$
BEGIN
    IF EXISTS (SELECT FROM retention_certificates WHERE id = NEW.id AND hash IS NULL) THEN
        RAISE EXCEPTION 'history stays: nothing is removed unless its certificate says what'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$
"""
# As it was, but for what the certificate of this transaction is about.
HISTORY_STAYS = """
CREATE OR REPLACE FUNCTION history_stays() RETURNS trigger LANGUAGE plpgsql {path} AS $$
BEGIN
    IF TG_OP <> 'TRUNCATE' AND EXISTS (
        SELECT FROM retention_certificates
        WHERE hash IS NULL AND made_in = retention_transaction()
            AND (subject, TG_TABLE_NAME::text) IN (
                ('requests', 'decisions'), ('requests', 'document_readings'),
                ('access_log', 'access_log')
            )
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
AS_IT_WAS = """
CREATE OR REPLACE FUNCTION history_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'history stays: % of % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$
"""


def upgrade() -> None:
    """Put this change on the database."""
    op.add_column("requests", sa.Column("emptied_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "requests_to_empty",
        "requests",
        ["status_since"],
        postgresql_where=sa.text(f"status IN ({FINAL}) AND emptied_at IS NULL"),
    )
    op.create_index("letters_by_age", "letters", ["created_at"], postgresql_using="brin")
    op.create_table(
        "retention_certificates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("older_than", sa.DateTime(timezone=True), nullable=False),
        sa.Column("policy", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("counts", postgresql.JSONB(), nullable=False),
        sa.Column("before", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("hash", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("made_in", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint(
            "(hash IS NULL) = (before IS NULL)", name="a_certificate_is_filled_in_once"
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    only("retention_certificates", "subject", "a_certificate_has_a_known_subject", SUBJECTS)
    schema = op.get_bind().scalar(sa.text("SELECT quote_ident(current_schema())"))
    for function in (TRANSACTION, BEGIN, CERTIFICATES_STAY, FILLED_IN, HISTORY_STAYS):
        op.execute(function.format(path=PATH.format(schema=schema)))
    op.execute(f"REVOKE ALL ON FUNCTION begin_retention({ARGUMENTS}) FROM PUBLIC")
    for when, each in (("INSERT OR UPDATE OR DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
        op.execute(
            f"CREATE TRIGGER certificates_stay_{each.lower()} BEFORE {when} "
            f"ON retention_certificates FOR EACH {each} EXECUTE FUNCTION certificates_stay()"
        )
    op.execute(
        "CREATE CONSTRAINT TRIGGER a_certificate_is_filled_in AFTER INSERT "
        "ON retention_certificates DEFERRABLE INITIALLY DEFERRED "
        "FOR EACH ROW EXECUTE FUNCTION a_certificate_is_filled_in()"
    )


def downgrade() -> None:
    """Take it off again."""
    op.execute(AS_IT_WAS)
    op.execute("ALTER FUNCTION history_stays() RESET search_path")
    op.drop_table("retention_certificates")
    for function in (
        "a_certificate_is_filled_in()",
        "certificates_stay()",
        f"begin_retention({ARGUMENTS})",
        "retention_transaction()",
    ):
        op.execute(f"DROP FUNCTION {function}")
    op.drop_index("letters_by_age", "letters")
    op.drop_index("requests_to_empty", "requests")
    op.drop_column("requests", "emptied_at")
