"""Names that the rows may hold, and history that nobody changes"""

from alembic import op

from migrations.checks import free, only

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

STATUSES = (
    "submitted", "under_review", "returned", "approved", "awaiting_payment", "paid",
    "awaiting_activation", "activated", "rejected", "withdrawn", "expired",
)
NAMES = (
    ("requests", "kind", "a_request_has_a_known_kind", ("profile_update", "card_renewal")),
    ("requests", "status", "a_request_has_a_known_status", STATUSES),
    (
        "requests", "run_state", "a_request_has_a_known_run_state",
        ("wanted", "started", "running", "suspending", "waiting", "broken", "ended", "settled"),
    ),
    ("requests", "waits_in", "a_request_waits_in_a_known_status", STATUSES),
    (
        "request_events", "what", "an_event_has_a_known_name",
        (
            *STATUSES, "claimed", "released", "assigned", "approved_by_one", "plan_changed",
            "review_escalated", "reference_issued", "bill_needs_amount", "bill_issued",
            "link_resent", "link_reminded", "link_expired", "letter_failed",
            "register_unreachable", "run_restarted",
        ),
    ),
    ("request_events", "from_status", "an_event_comes_from_a_known_status", STATUSES),
    ("request_events", "to_status", "an_event_comes_to_a_known_status", STATUSES),
    (
        "request_events", "actor_kind", "an_event_has_a_known_actor",
        ("applicant", "officer", "pipeline", "operations", "payment", "old_address", "clock"),
    ),
    ("decisions", "verdict", "a_decision_has_a_known_verdict", ("approve", "return", "reject")),
    ("decisions", "origin", "a_decision_has_a_known_origin", ("command", "python", "prefect_form")),
    ("letters", "status", "a_letter_has_a_known_status", ("queued", "sent", "failed", "skipped")),
    ("activation_links", "purpose", "a_link_has_a_known_purpose", ("activate", "stop")),
    ("cards", "status", "a_card_has_a_known_status", ("active", "suspended", "revoked")),
    (
        "cards", "category", "a_card_has_a_known_category",
        (
            "physician_dentist", "pharmacist", "allied_specialist", "technician", "nursing",
            "exempt",
        ),
    ),
    ("card_periods", "made_by", "a_period_has_a_known_maker", ("loaded", "renewed", "extended")),
    ("reminders", "about", "a_reminder_is_about_something_known", ("card", "profile")),
    (
        "reminders", "status", "a_reminder_has_a_known_status",
        ("queued", "sent", "skipped", "deferred", "failed"),
    ),
)
#: What is written once and stays.
HISTORY = ("decisions", "profile_versions", "profile_confirmations", "card_periods")
STAYS = """
CREATE FUNCTION history_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'history stays: % of % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$
"""
# An event is announced once, and that is all that may be written later.
EVENTS_STAY = """
CREATE TRIGGER history_stays BEFORE UPDATE ON request_events FOR EACH ROW
    WHEN (
        OLD.announced_at IS NOT NULL
        OR (to_jsonb(OLD) - 'announced_at') IS DISTINCT FROM (to_jsonb(NEW) - 'announced_at')
    )
    EXECUTE FUNCTION history_stays()
"""


def upgrade() -> None:
    for names in NAMES:
        only(*names)
    op.execute(STAYS)
    op.execute(EVENTS_STAY)
    for table in HISTORY:
        op.execute(
            f"CREATE TRIGGER history_stays BEFORE UPDATE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION history_stays()"
        )
    for table in ("request_events", *HISTORY):
        op.execute(
            f"CREATE TRIGGER history_is_kept BEFORE DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION history_stays()"
        )
        op.execute(
            f"CREATE TRIGGER history_is_not_emptied BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION history_stays()"
        )


def downgrade() -> None:
    for table in ("request_events", *HISTORY):
        for trigger in ("history_is_not_emptied", "history_is_kept", "history_stays"):
            op.execute(f"DROP TRIGGER {trigger} ON {table}")
    op.execute("DROP FUNCTION history_stays()")
    for table, _, name, _ in NAMES:
        free(table, name)
