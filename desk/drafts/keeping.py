"""How what is typed is kept in a draft, of whatever kind its request will be."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from desk.policy import current_policy
from models.drafts import Draft
from models.requests import Request

#: What PostgreSQL cannot keep in a JSON document becomes this: nobody sees it, and every rule
#: refuses it by its number.
_NONCHARACTER = "\uffff"
_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")


def keepable(typed: Mapping[str, str]) -> dict[str, str]:
    """What was typed, as it can be kept."""
    return {box: _UNKEEPABLE.sub(_NONCHARACTER, text) for box, text in typed.items()}


def put(draft: Draft, part: str, typed: Mapping[str, str] | None, now: datetime) -> None:
    """Save the part; None takes it out."""
    draft.version += 1
    draft.saved_at = now
    content = {name: saved for name, saved in draft.content.items() if name != part}
    if typed is not None:
        content[part] = {"version": draft.version, "typed": dict(typed)}
    draft.content = content


def kept_since(now: datetime) -> datetime:
    """Drafts that were saved after this are kept still."""
    return now - timedelta(days=current_policy().drafts.kept_days)


@dataclass(frozen=True)
class Seen:
    """Which state of the draft a page showed; None where there was no draft."""

    draft_id: UUID | None = None
    version: int = 0


@dataclass(frozen=True, kw_only=True, repr=False)
class OnDraft:
    """What somebody has typed of a kind of request, beside the request that is open already."""

    draft: Draft | None
    #: The request of this kind that has not ended.
    open_request: Request | None

    @property
    def content(self) -> Mapping[str, Mapping[str, str]]:
        """What was typed, by part."""
        return self.draft.typed if self.draft else {}

    @property
    def seen(self) -> Seen:
        """What a page that shows this carries, for a later save to compare."""
        return Seen(self.draft.id, self.draft.version) if self.draft else Seen()
