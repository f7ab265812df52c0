"""When a document ends: until then it can be read, from then on it cannot.

The moment follows from what happened and from policy, each time it is asked for; nothing is
scheduled that somebody could forget to move. Destroying what has ended is the flow
`document-retention`; reading asks here by itself, so that a late run shows nothing.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from rules.documents.states import DocumentState
from rules.policy.documents import DocumentPolicy
from rules.values.document_kind import DocumentKind


class EndRule(StrEnum):
    """Why a document ends; a certificate of destruction names it."""

    #: No request named it in time.
    UNUSED = "unused"
    #: Its owner sent another in its place, or took it back, before a request named it.
    REPLACED = "replaced"
    #: *Look and destroy*: the last request that names it is decided.
    DECIDED = "decided"
    #: The days after the last request's end have passed.
    KEPT_LONG_ENOUGH = "kept_long_enough"
    #: The scanner found something.
    SUSPECT = "suspect"
    #: It cannot be shown.
    UNREADABLE = "unreadable"
    #: Its owner took it back.
    TAKEN_BACK = "taken_back"
    #: Operations said so, with a reason.
    ORDERED = "ordered"


@dataclass(frozen=True)
class DocumentUse:
    """A request that names the document, or did in an earlier round."""

    #: When it was approved, rejected, withdrawn or expired, whichever came first.
    decided_at: datetime | None
    #: When it came to a final status.
    ended_at: datetime | None


@dataclass(frozen=True)
class DocumentLife:
    """What is known of a document that decides when it ends."""

    kind: DocumentKind
    state: DocumentState
    received_at: datetime
    #: When it came to its state.
    state_since: datetime
    uses: Collection[DocumentUse]
    #: When a draft of its owner was saved last that names it; None for none.
    drafted_at: datetime | None = None


@dataclass(frozen=True)
class DocumentEnd:
    """From this instant on the document is not readable, and is to be destroyed."""

    at: datetime
    rule: EndRule


@dataclass(frozen=True)
class SoonestEnd:
    """So long after its receipt a document is not due yet; one that was replaced may be sooner.

    For whoever looks for what is due: most documents need not be asked about.
    """

    not_named: timedelta
    #: By any request, whatever became of it.
    named: timedelta


def end_of(life: DocumentLife, policy: DocumentPolicy) -> DocumentEnd | None:
    """When the document ends, as things stand; None while nobody can know.

    More of a request's history moves it from None to an instant; a further request that names the
    document before that instant may move it later. Policy as it is now counts, also for what was
    sent under another.
    """
    if not life.uses:
        if life.state is DocumentState.REPLACED:
            return DocumentEnd(life.state_since, EndRule.REPLACED)
        # Whoever goes on writing has it still.
        since = max(life.received_at, life.drafted_at or life.received_at)
        return DocumentEnd(since + timedelta(days=policy.unused_days), EndRule.UNUSED)
    retention = policy.kinds[life.kind]
    # Of a kind that is not taken any more, what is here may still be looked at, and no longer.
    if retention.rule != "keep":
        decided = _last([use.decided_at for use in life.uses])
        return DocumentEnd(decided, EndRule.DECIDED) if decided else None
    ended = _last([use.ended_at for use in life.uses])
    if ended is None:
        return None
    days = timedelta(days=retention.days or 0)
    return DocumentEnd(ended + days, EndRule.KEPT_LONG_ENOUGH)


def soonest_end(kind: DocumentKind, policy: DocumentPolicy) -> SoonestEnd:
    """How soon a document of this kind may end, by its policy alone."""
    days = policy.kinds[kind].days or 0
    return SoonestEnd(timedelta(days=policy.unused_days), timedelta(days=days))


def ends_with_decision(policy: DocumentPolicy) -> tuple[DocumentKind, ...]:
    """The kinds whose documents may end with the decision on their request."""
    return tuple(kind for kind in DocumentKind if policy.kinds[kind].rule != "keep")


def has_ended(life: DocumentLife, policy: DocumentPolicy, now: datetime) -> bool:
    """Whether its day has come: from then on nobody is shown the document."""
    end = end_of(life, policy)
    return end is not None and end.at <= now


def _last(instants: Collection[datetime | None]) -> datetime | None:
    """The latest; None where one has not come yet."""
    come = [instant for instant in instants if instant is not None]
    return max(come) if len(come) == len(instants) else None
