"""Where documents are kept, and whether this process could open them: nothing is read or made."""

from dataclasses import dataclass

from documents.settings import DocumentSettings
from rules.errors import Misconfigured


@dataclass(frozen=True)
class DocumentsSeen:
    """What the environment says of documents."""

    address: str
    #: ClamAV's address; None where nothing is scanned.
    scanner: str | None
    #: Why the master keys cannot be used; None where they can.
    trouble: str | None


def look_at_documents() -> DocumentsSeen:
    """Read the settings and the keys that they name."""
    settings = DocumentSettings()
    trouble = None
    try:
        settings.master_keys()
    except Misconfigured as error:
        trouble = str(error)
    return DocumentsSeen(settings.address, settings.clamd, trouble)
