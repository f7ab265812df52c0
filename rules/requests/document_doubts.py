"""What an officer is to look at in the files of a request: the same for every kind."""

from collections.abc import Iterable

from rules.documents.on_hand import DocumentsOnHand
from rules.findings.doubts import Doubt
from rules.requests.documents import PlacedDocument

#: Another person has sent the same bytes (ours: no source asks for it).
OF_ANOTHER_PERSON = "document_of_another_person"
#: Policy takes what nobody scanned; the officer is told.
NOT_SCANNED = "document_not_scanned"


def document_doubts(
    documents: Iterable[PlacedDocument], on_hand: DocumentsOnHand
) -> tuple[Doubt, ...]:
    """The doubts about the uploaded files, each about the file of its document."""
    doubts = []
    for place, document in documents:
        found = on_hand.by_id.get(document.upload_id or "")
        if found is None:
            continue
        if found.also_sent_by is not None:
            doubts.append(Doubt(OF_ANOTHER_PERSON, f"{place}.id", found.also_sent_by))
        if not found.is_scanned:
            doubts.append(Doubt(NOT_SCANNED, f"{place}.id"))
    return tuple(doubts)
