"""How what is typed is kept in a draft, of whatever kind its request will be."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from desk.policy import current_policy
from models.drafts import Draft

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
