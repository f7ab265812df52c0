"""What is kept, for how long, from when, and who ends it: one table, by policy.

It has no clock: whoever removes something passes the time. What is not in it is kept for as long as
somebody is on the register; `models.retention.tables` says so of every table.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from rules.policy.policy import Policy


class Subject(StrEnum):
    """What a certificate is about: what the retention run removes, in its order, and a person."""

    #: What a request asked for; its numbers, times, statuses and decisions stay.
    REQUESTS = "requests"
    #: What was e-mailed about requests and accounts.
    EMAILS = "emails"
    #: Where a reminder was sent; that it was sent stays, so that nobody is reminded twice.
    REMINDERS = "reminders"
    ACCESS_LOG = "access_log"
    WAVES = "waves"
    #: All about one person, by a supervisor's order (`rules.erasing`): no run removes it.
    PERSON = "person"


class EndedElsewhere(StrEnum):
    """What others remove: the sweep within seconds, documents by a run of their own."""

    DOCUMENTS = "documents"
    DRAFTS = "drafts"
    SIGN_INS = "sign_ins"
    JOBS = "jobs"
    WEBHOOKS = "webhooks"


@dataclass(frozen=True)
class Keeping:
    """How long one subject is kept."""

    subject: Subject
    #: The key of ``[retention]``.
    key: str
    days: int
    #: From when the days count.
    since: str

    @property
    def policy(self) -> str:
        """As it stands in policy, for a certificate."""
        return f"[retention] {self.key} = {self.days}"

    def older_than(self, now: datetime) -> datetime:
        """What began to count before this instant is removed; what did at it stays."""
        return now - timedelta(days=self.days)


_SINCE: Mapping[Subject, str] = {
    Subject.REQUESTS: "the request ended",
    Subject.EMAILS: "the e-mail was written",
    Subject.REMINDERS: "the day that decided it",
    Subject.ACCESS_LOG: "the look",
    Subject.WAVES: "the wave ended",
}
_DAYS: Mapping[Subject, Callable[[Policy], int]] = {
    Subject.REQUESTS: lambda policy: policy.retention.requests_days,
    Subject.EMAILS: lambda policy: policy.retention.emails_days,
    Subject.REMINDERS: lambda policy: policy.retention.reminders_days,
    Subject.ACCESS_LOG: lambda policy: policy.retention.access_log_days,
    Subject.WAVES: lambda policy: policy.retention.waves_days,
}
#: What a run removes, in its order.
OF_THE_RUN = tuple(_DAYS)


def keeping(policy: Policy) -> tuple[Keeping, ...]:
    """The table, in the order in which the run goes through it."""
    return tuple(
        Keeping(subject, f"{subject}_days", _DAYS[subject](policy), _SINCE[subject])
        for subject in OF_THE_RUN
    )
