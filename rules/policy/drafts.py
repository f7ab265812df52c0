"""What policy decides about drafts: how long what was typed is kept.

The schema of the table ``[drafts]``; sources stand in ``policy.toml``.
"""

from dataclasses import dataclass, field

from rules.policy.documents import DocumentPolicy
from rules.policy.reader import PolicyReader

_AT_LEAST_ONE = {"minimum": 1}


@dataclass(frozen=True, kw_only=True)
class DraftPolicy:
    """How long a draft lives."""

    #: Calendar days after it was last saved.
    kept_days: int = field(metadata=_AT_LEAST_ONE)


def check_drafts_agreement(
    drafts: DraftPolicy, documents: DocumentPolicy, reader: PolicyReader
) -> None:
    """Note keys that contradict each other."""
    if documents.unused_days < drafts.kept_days:
        reader.refuse("documents.unused_days", "must not be below drafts.kept_days")
