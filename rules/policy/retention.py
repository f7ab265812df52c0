"""What policy decides about keeping: the table ``[retention]``; sources stand in ``policy.toml``.

Documents, drafts and sign-ins have their days in tables of their own.
"""

from dataclasses import dataclass, field

from rules.policy.documents import DocumentPolicy
from rules.policy.reader import PolicyReader

#: A hundred years: an instant so much earlier can still be written.
_MOST = 36_500
_A_YEAR = {"minimum": 365, "maximum": _MOST}
_A_WEEK = {"minimum": 7, "maximum": _MOST}


@dataclass(frozen=True, kw_only=True)
class RetentionPolicy:
    """For how many calendar days what is kept; `rules.keeping` says from when each counts."""

    #: What a request asked for. Not below a year: a change can be disputed for some months.
    requests_days: int = field(metadata=_A_YEAR)
    emails_days: int = field(metadata=_A_WEEK)
    reminders_days: int = field(metadata=_A_WEEK)
    access_log_days: int = field(metadata=_A_YEAR)
    waves_days: int = field(metadata=_A_WEEK)


def check_retention_agreement(
    retention: RetentionPolicy, documents: DocumentPolicy, reader: PolicyReader
) -> None:
    """Note keys that contradict each other."""
    longest = max(kind.days or 0 for kind in documents.kinds.values())
    if retention.requests_days < longest:
        reader.refuse(
            "retention.requests_days", "must not be below the days of any of documents.kinds"
        )
