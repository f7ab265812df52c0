"""What becomes of bytes: pictures, or why not. Runs in the child alone."""

import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO

from documents.faults import Fault, Note
from documents.media_types import HEAD_BYTES, MediaType, media_type
from documents.rendering.limits import Limits

#: Where readers of PDF and browsers look for a beginning.
_BEGINNING_BYTES = 1024
_WEB_PAGE = (b"<html", b"<!doctype", b"<script", b"<svg", b"<body")
JPEG_QUALITY = 85


class FaultFound(Exception):
    """The file cannot be used."""

    def __init__(self, fault: Fault, **facts: int) -> None:
        super().__init__(fault)
        self.fault = fault
        self.facts = facts


#: Pictures of a file's pages one by one, as JPEG, with notes added as they are found.
Drawing = Callable[[bytes, Limits, set[Note]], Iterator[bytes]]


def drawing_of(head: bytes) -> Drawing:
    """How a file that begins so is drawn. Loads the libraries: files are out of reach later."""
    kind = media_type(head[:HEAD_BYTES])
    if kind is None:
        raise FaultFound(Fault.WRONG_TYPE)
    if kind is MediaType.PDF:
        from documents.rendering.pdf import draw  # noqa: PLC0415 - no more than is needed

        return draw
    from documents.rendering.photos import drawing  # noqa: PLC0415 - no more than is needed

    return drawing(kind)


def refuse_two_types(content: bytes) -> None:
    """One file is one thing, whichever program reads it.

    A ZIP is found at a file's end, a PDF within its first kilobyte; a browser that guesses looks at
    the beginning. So a file is refused that ends as a ZIP, a photograph that holds the mark of a
    PDF there, and a PDF that holds the marks of a web page there.
    """
    beginning = content[:_BEGINNING_BYTES].lower()
    is_pdf = beginning.startswith(b"%pdf-")
    others = _WEB_PAGE if is_pdf else (*_WEB_PAGE, b"%pdf-")
    if zipfile.is_zipfile(BytesIO(content)) or any(mark in beginning for mark in others):
        raise FaultFound(Fault.TWO_TYPES)
