"""A document in a draft: what was typed of it, and its file."""

from collections.abc import Mapping
from datetime import datetime

from desk.drafts.keeping import keepable, put
from desk.policy import current_policy
from models.drafts import Draft
from rules.requests.documents import STATED
from rules.requests.drafted_documents import FILE
from rules.values.document_kind import DocumentKind


def takes_a_file(kind: DocumentKind) -> bool:
    """Whether policy takes a file of this kind; of the others particulars are enough."""
    return current_policy().documents.kinds[kind].rule != "never_accept"


def with_its_file(draft: Draft, part: str, typed: Mapping[str, str]) -> dict[str, str]:
    """What was typed of this part, as it can be kept, with the file that the draft has of it."""
    old = draft.typed.get(part, {})
    return keepable(typed) | {name: old[name] for name in (FILE, *STATED) if name in old}


def put_file(draft: Draft, part: str, upload_id: str, now: datetime) -> None:
    """Note the uploaded file of this part; what was typed of it stays. Again, it is the same."""
    old = draft.typed.get(part, {})
    if old.get(FILE) != upload_id:
        typed = {name: text for name, text in old.items() if name not in STATED}
        put(draft, part, {**typed, FILE: upload_id}, now)
