"""What the database keeps unique, and how it is told when somebody else was first.

A rule looks first, and mostly answers; what two people do in the same moment only the database
sees. `models.database.transaction` raises `AlreadyTaken` for the constraints of `TAKEN`. Nothing
that a person does breaks one of `NOT_BY_PEOPLE`: what does is a fault of ours, and stays the
driver's error. A test holds that each unique constraint of the schema is in one of the two.
"""

from collections.abc import Mapping

from sqlalchemy.exc import IntegrityError

from rules.errors import Conflict
from rules.findings.problems import Problem, problem

#: By the constraint's name: the field to blame, and what to say of it.
TAKEN: Mapping[str, Problem] = {
    "practitioners_registration_number_key": problem(
        "registration_number_taken", "registration_number"
    ),
    "one_practitioner_per_identity_number": problem("identity_number_taken", "identity_number"),
    "official_records_pkey": problem("official_record_on_file", "identity_number"),
    "officers_pkey": problem("user_name_taken", "user_name"),
    "cards_practitioner_id_key": problem("card_on_file", "registration_number"),
    "one_open_request_per_kind": problem("request_already_open", "registration_number"),
    "the_same_submission_is_one_request": problem("idempotency_key_used", "idempotency_key"),
    "an_upload_is_replaced_once": problem("document_replaced_already", "replaces"),
    # By chance: a code has 40 random bits, and there are many requests.
    "requests_tracking_code_key": problem("tracking_code_taken", "tracking_code"),
}

#: By what a trigger calls itself: a row that names somebody who was erased meanwhile.
GONE: Mapping[str, Problem] = {
    "nobody_erased_is_named": problem("registration_number_unknown", "registration_number")
}
_TOLD = {**TAKEN, **GONE}

_AT_RANDOM = "drawn at random, from 80 bits or more"
_KEYS_OWN = (
    "drawn at random by the device that keeps the key; a second of the same is refused before"
)
_ACCOUNT_LOCKED = "written with the account's row locked"
_TOGETHER = "written with ON CONFLICT: the second of two finds what the first wrote"
_REQUEST_LOCKED = "written after a look, with the request's row locked"
_CARD_LOCKED = "written with the card's row locked, and only where it is as it was read"
_PERSON_LOCKED = "written with the practitioner's row locked"
_DRAFT_LOCKED = "written after the one before was ended, with the draft's row locked"
_UPLOAD_LOCKED = "written by the door, whose guard lets one move pass"
_NUMBERED = "numbered by the database"
_COUNTED = "counted in `reference_counters`, whose row is locked, past what is there"

#: By the constraint's name: why nobody meets it.
NOT_BY_PEOPLE: Mapping[str, str] = {
    "account_link_tokens_pkey": _AT_RANDOM,
    "newcomers_pkey": _AT_RANDOM,
    "qualification_entries_pkey": _AT_RANDOM,
    "newcomers_mailbox_key": _TOGETHER,
    "account_links_pkey": _AT_RANDOM,
    "account_sessions_pkey": _AT_RANDOM,
    "account_sessions_token_hash_key": _AT_RANDOM,
    "accounts_pkey": _AT_RANDOM,
    "address_changes_pkey": _AT_RANDOM,
    "absences_pkey": _AT_RANDOM,
    "activation_links_pkey": _AT_RANDOM,
    "waves_pkey": _AT_RANDOM,
    "address_codes_pkey": _AT_RANDOM,
    "bills_pkey": _AT_RANDOM,
    "half_sign_ins_pkey": _AT_RANDOM,
    "newcomer_sessions_pkey": _AT_RANDOM,
    "newcomer_sessions_token_hash_key": _AT_RANDOM,
    "provider_trips_pkey": _AT_RANDOM,
    "passkeys_pkey": _AT_RANDOM,
    "card_codes_code_hash_key": _AT_RANDOM,
    "card_codes_pkey": _AT_RANDOM,
    "codes_of_a_card_are_numbered": "the card is locked, by `desk.register.card_codes`",
    "one_code_of_a_card_counts": "the card is locked, by `desk.register.card_codes`",
    "card_periods_pkey": _AT_RANDOM,
    "cards_pkey": _AT_RANDOM,
    "cpd_entries_pkey": _AT_RANDOM,
    "drafts_pkey": _AT_RANDOM,
    "decisions_pkey": _AT_RANDOM,
    "experience_entries_pkey": _AT_RANDOM,
    "holds_pkey": _AT_RANDOM,
    "known_devices_pkey": _AT_RANDOM,
    "link_tokens_pkey": _AT_RANDOM,
    "machine_keys_pkey": _AT_RANDOM,
    "machine_requests_pkey": "written with the request's own row",
    "machines_pkey": _AT_RANDOM,
    "mail_outages_pkey": _AT_RANDOM,
    "submission_job_files_pkey": "written with the job's own row",
    "submission_job_rows_pkey": _TOGETHER,
    "submission_jobs_pkey": _AT_RANDOM,
    "the_same_file_is_one_job": _TOGETHER,
    "operator_acts_pkey": _AT_RANDOM,
    "practitioners_pkey": _AT_RANDOM,
    "put_aside_pkey": _AT_RANDOM,
    "passed_on_pkey": _AT_RANDOM,
    "put_aside_once_at_a_time": _REQUEST_LOCKED,
    "waiting_decisions_pkey": _AT_RANDOM,
    "one_decision_waits": _REQUEST_LOCKED,
    "profile_confirmations_pkey": _AT_RANDOM,
    "profile_versions_pkey": _AT_RANDOM,
    "reminder_orders_pkey": _AT_RANDOM,
    "reminders_pkey": _AT_RANDOM,
    "requests_pkey": _AT_RANDOM,
    "suppressions_pkey": _AT_RANDOM,
    "unsubscribe_tokens_pkey": _AT_RANDOM,
    "uploads_pkey": _AT_RANDOM,
    "webhook_secrets_pkey": _AT_RANDOM,
    "webhook_subscriptions_pkey": _AT_RANDOM,
    "webhooks_pkey": _AT_RANDOM,
    "app_set_ups_pkey": _ACCOUNT_LOCKED,
    "authenticator_apps_pkey": _ACCOUNT_LOCKED,
    "passkeys_credential_id_key": _KEYS_OWN,
    "recovery_codes_pkey": _AT_RANDOM,
    "account_roles_pkey": _TOGETHER,
    "accounts_officer_key": _TOGETHER,
    "an_account_is_known_once_by_an_issuer": _TOGETHER,
    "provider_links_pkey": _TOGETHER,
    "accounts_practitioner_id_key": _TOGETHER,
    "sign_in_counts_pkey": _TOGETHER,
    "sign_in_mailboxes_account_id_key": _TOGETHER,
    "sign_in_mailboxes_pkey": _TOGETHER,
    "passkey_challenges_pkey": _TOGETHER,
    "case_readers_pkey": _TOGETHER,
    "ticks_pkey": _TOGETHER,
    "upload_uses_pkey": _TOGETHER,
    "an_event_is_told_once": _TOGETHER,
    "an_officer_passes_on_once_a_day": _TOGETHER,
    "a_threshold_is_reminded_once": _TOGETHER,
    "an_address_is_suppressed_once_for_a_reason": _TOGETHER,
    "each_activity_counts_once": _TOGETHER,
    "examination_days_pkey": _TOGETHER,
    "last_times_pkey": _TOGETHER,
    "letters_key_key": _TOGETHER,
    "one_draft_per_kind": _TOGETHER,
    "one_draft_per_kind_of_a_newcomer": _TOGETHER,
    "letters_pkey": _TOGETHER,
    "machine_employers_pkey": "written with the machine's row locked",
    "machines_name_key": _TOGETHER,
    "mail_is_away_once": _TOGETHER,
    "mailbox_doubts_pkey": _TOGETHER,
    "one_wave_of_a_kind_at_a_time": _TOGETHER,
    "reference_counters_pkey": _TOGETHER,
    "setbacks_pkey": _TOGETHER,
    "submission_keys_pkey": _TOGETHER,
    "an_officer_decides_once_a_round": _REQUEST_LOCKED,
    "bills_request_id_key": _REQUEST_LOCKED,
    "earlier_rounds_pkey": _REQUEST_LOCKED,
    "a_request_is_undone_once": _REQUEST_LOCKED,
    "a_request_renews_once": _REQUEST_LOCKED,
    "links_are_numbered": _REQUEST_LOCKED,
    "one_version_per_request": _REQUEST_LOCKED,
    "one_code_in_use_per_draft": _DRAFT_LOCKED,
    "an_expiry_is_followed_once": _CARD_LOCKED,
    "one_period_begins_on_a_day": _CARD_LOCKED,
    "one_open_address_change": _PERSON_LOCKED,
    "one_row_per_version": _PERSON_LOCKED,
    "a_reference_is_issued_once": _COUNTED,
    "bills_number_key": _COUNTED,
    "an_upload_is_destroyed_once": _UPLOAD_LOCKED,
    "request_events_pkey": _NUMBERED,
    "handed_over_pkey": _NUMBERED,
    "upload_events_pkey": _NUMBERED,
    "document_readings_pkey": _NUMBERED,
    "destruction_certificates_pkey": _NUMBERED,
    "access_log_pkey": _NUMBERED,
    "retention_certificates_pkey": _NUMBERED,
    "alembic_version_pkc": "written by migrations alone, which follow each other",
}


class AlreadyTaken(Conflict):
    """Another row has the value, or its person is gone: somebody was faster, or has been for long.

    ``field`` is the one to blame, ``problems`` says it in both languages.
    """

    def __init__(self, constraint: str) -> None:
        found = _TOLD[constraint]
        super().__init__(f"{found.field}: {found.sentence.en}")
        self.constraint = constraint
        self.field = found.field
        self.problems = (found,)


def taken_by(refused: IntegrityError) -> AlreadyTaken | None:
    """What the database's refusal says to people; None where it is a fault of ours."""
    constraint = str(getattr(getattr(refused.orig, "diag", None), "constraint_name", None))
    return AlreadyTaken(constraint) if constraint in _TOLD else None
