"""Of every table: what ends its rows, or why none does. `tests/models/retention` misses none."""

from collections.abc import Mapping

from models.retention.requests import DELETED
from rules.keeping import EndedElsewhere, Subject

_WHILE_ON_REGISTER = "the register itself: for as long as the person is on it"
_FIGURES = "codes, numbers, times and verdicts, of which figures are made; it holds nothing written"
_ACCOUNT = "for as long as somebody may sign in"
_HOUSE = "about the house and not about a person"
_DOCUMENT = "what was destroyed, when and why: processing must be shown for five years and more"

#: By table. Of a subject's tables `models.retention.requests` and `rows` say what of them goes.
KEPT: Mapping[str, Subject | EndedElsewhere | str] = {
    **dict.fromkeys(DELETED, Subject.REQUESTS),
    "requests": Subject.REQUESTS,
    "decisions": Subject.REQUESTS,
    "operator_acts": Subject.REQUESTS,
    "link_tokens": Subject.REQUESTS,
    "letters": Subject.EMAILS,
    "reminders": Subject.REMINDERS,
    "access_log": Subject.ACCESS_LOG,
    "waves": Subject.WAVES,
    "uploads": EndedElsewhere.DOCUMENTS,
    "drafts": EndedElsewhere.DRAFTS,
    "address_codes": EndedElsewhere.DRAFTS,
    "newcomers": EndedElsewhere.DRAFTS,
    "account_sessions": EndedElsewhere.SIGN_INS,
    "app_set_ups": EndedElsewhere.SIGN_INS,
    "half_sign_ins": EndedElsewhere.SIGN_INS,
    "newcomer_sessions": EndedElsewhere.SIGN_INS,
    "known_devices": EndedElsewhere.SIGN_INS,
    "passkey_challenges": EndedElsewhere.SIGN_INS,
    "provider_trips": EndedElsewhere.SIGN_INS,
    "sign_in_counts": EndedElsewhere.SIGN_INS,
    "submission_job_files": EndedElsewhere.JOBS,
    "submission_job_rows": EndedElsewhere.JOBS,
    "submission_jobs": EndedElsewhere.JOBS,
    "webhooks": EndedElsewhere.WEBHOOKS,
    "webhook_secrets": _HOUSE,
    "webhook_subscriptions": _HOUSE,
    "practitioners": _WHILE_ON_REGISTER,
    "official_records": _WHILE_ON_REGISTER,
    "card_codes": _WHILE_ON_REGISTER,
    "cards": _WHILE_ON_REGISTER,
    "card_periods": _WHILE_ON_REGISTER,
    "cpd_entries": _WHILE_ON_REGISTER,
    "experience_entries": _WHILE_ON_REGISTER,
    "qualification_entries": _WHILE_ON_REGISTER,
    "profile_versions": _WHILE_ON_REGISTER,
    "profile_confirmations": _WHILE_ON_REGISTER,
    "address_changes": _WHILE_ON_REGISTER,
    "suppressions": "for as long as somebody is not to be written to",
    "mailbox_doubts": "until the mailbox answers, or is not written to any more",
    "reminder_tokens": "until its link ends; then the next run of reminders deletes it",
    "request_events": _FIGURES,
    "activation_links": _FIGURES,
    "bills": _FIGURES,
    "reference_counters": _FIGURES,
    "upload_events": _DOCUMENT,
    "destruction_certificates": _DOCUMENT,
    "holds": "they say what was kept longer, and why",
    "retention_certificates": "they say what was removed, and hold numbers alone",
    "accounts": _ACCOUNT,
    "account_links": _ACCOUNT,
    "account_link_tokens": _ACCOUNT,
    "account_roles": _ACCOUNT,
    "sign_in_mailboxes": _ACCOUNT,
    "authenticator_apps": _ACCOUNT,
    "passkeys": _ACCOUNT,
    "recovery_codes": _ACCOUNT,
    "provider_links": _ACCOUNT,
    "absences": _HOUSE,
    "case_readers": _HOUSE,
    "examination_days": _HOUSE,
    "last_times": _HOUSE,
    "machine_employers": _HOUSE,
    "machine_keys": _HOUSE,
    "machines": _HOUSE,
    "mail_outages": _HOUSE,
    "officers": _HOUSE,
    "reminder_orders": _HOUSE,
}
