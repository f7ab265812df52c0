"""Which e-mails the review desk sends its officers: the table ``[officer_emails]`` of policy."""

from dataclasses import dataclass, field

#: A morning ends then, on Riyadh's clock.
NOON = 12


@dataclass(frozen=True, kw_only=True)
class OfficerEmailPolicy:
    """What officers are told of by e-mail."""

    #: A case that somebody else gave them.
    assigned: bool
    #: A case in their hands whose review is late by now.
    late: bool
    #: One that is so late that operations have heard of it.
    escalated: bool
    #: The desk in numbers, each working morning.
    digest: bool
    #: The hour in Riyadh from which the digest leaves, until noon.
    digest_hour: int = field(metadata={"maximum": NOON - 1})
