"""Documents: whether they can be sealed, kept and scanned."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

from cli.work.doctor.findings import Finding
from cli.work.documents.store import look_at_documents
from desk.policy import current_policy
from documents.scanning import Clean, Unknown, Why, scan
from documents.settings import DocumentSettings
from documents.store import Store
from rules.errors import MumarisError

#: Written, read and removed; of no kind that anybody would take for a document.
_TRIAL = b"mumaris doctor"


def of_keys() -> Iterator[Finding]:
    """Whether there is a master key that seals them."""
    trouble = look_at_documents().trouble
    if trouble:
        yield Finding(
            code="documents_unusable",
            stops=True,
            what=f"Documents cannot be kept: {trouble}.",
            why="Requests that need one cannot be sent.",
            command="mumaris document keys make",
        )


def of_store() -> Iterator[Finding]:
    """Whether the store keeps, gives back and removes; nothing is left in it."""
    address = DocumentSettings().address
    try:
        is_kept = asyncio.run(_tried(address))
    except MumarisError as error:
        is_kept, said = False, str(error)
    else:
        said = "what was written is not what is read"
    if not is_kept:
        yield Finding(
            code="store_unusable",
            stops=True,
            what=f"The documents' store cannot be used: {said}.",
            why="Requests that need a document cannot be sent, and none can be read.",
            command="export MUMARIS_DOCUMENTS=…",
        )


async def _tried(address: str) -> bool:
    """A process that is killed here leaves a file without a row, which the sweep removes."""
    store, document_id = Store.at(address), uuid4().hex
    await store.put(f"{document_id}/original", _content())
    try:
        read = b"".join([piece async for piece in store.read(f"{document_id}/original")])
    finally:
        await store.delete(document_id)
    return read == _TRIAL


def of_scanner() -> Iterator[Finding]:
    """Whether there is one, and looks at what it is shown."""
    settings = DocumentSettings()
    answer = asyncio.run(scan(_content(), settings.clamd, settings.scan_seconds))
    if answer == Unknown(Why.NO_SCANNER):
        is_taken = current_policy().documents.unscanned == "accept"
        yield Finding(
            code="no_scanner",
            stops=not is_taken,
            what="No scanner is named.",
            why=(
                "Officers are shown files that nobody has scanned."
                if is_taken
                else "Policy takes no file that was not scanned (documents.unscanned)."
            ),
            command="export MUMARIS_CLAMD=/run/clamav/clamd.ctl",
        )
    elif not isinstance(answer, Clean):
        said = answer.why if isinstance(answer, Unknown) else "it finds what is not there"
        yield Finding(
            code="scanner_unusable",
            stops=True,
            what=f"The scanner at {settings.clamd} cannot be used: {said}.",
            why="No document is taken until it looks again.",
            command="systemctl status clamav-daemon",
        )


async def _content() -> AsyncIterator[bytes]:
    yield _TRIAL
