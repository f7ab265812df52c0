"""What policy decides about drafts: how long what was typed is kept.

The schema of the table ``[drafts]``; sources stand in ``policy.toml``.
"""

from dataclasses import dataclass, field

_AT_LEAST_ONE = {"minimum": 1}


@dataclass(frozen=True, kw_only=True)
class DraftPolicy:
    """How long a draft lives."""

    #: Calendar days after it was last saved.
    kept_days: int = field(metadata=_AT_LEAST_ONE)
