"""What a page carries of the draft that it shows, so that a later save sees what came between."""

from uuid import UUID

from desk.drafts.keeping import Seen

#: The hidden box of every form of a draft.
SEEN = "seen"
_LONGEST = 60


def seen_text(seen: Seen) -> str:
    """As the hidden box holds it; empty where there was no draft."""
    return "" if seen.draft_id is None else f"{seen.draft_id.hex}.{seen.version}"


def seen_of(text: str) -> Seen:
    """What the hidden box says; nothing for what no page of ours has sent."""
    draft_id, _, version = text[:_LONGEST].partition(".")
    try:
        return Seen(UUID(hex=draft_id), int(version))
    except ValueError:
        return Seen()
