"""A PDF's pages as pictures; what it would do if it were opened is told, and not done."""

from collections.abc import Iterator
from io import BytesIO

import pikepdf
import pypdfium2
from PIL import Image
from pypdfium2.raw import FPDF_ERR_PASSWORD

from documents.faults import Fault, Note
from documents.rendering.drawing import JPEG_QUALITY, FaultFound, refuse_two_types
from documents.rendering.limits import Limits

# It loads what writes JPEG when it is first asked to, which is too late here.
Image.preinit()

#: An A4 page has 1240 × 1754 points then: small print can be read.
_DPI = 150
#: Of the longer side, whatever size a page claims to have.
_MOST_POINTS = 2400
#: Its end stands here, or the rest was cut off; readers agree on this number.
_END_BYTES = 1024
_DOES_SOMETHING = frozenset({"/JavaScript", "/Launch", "/SubmitForm", "/ImportData"})


def draw(content: bytes, limits: Limits, notes: set[Note]) -> Iterator[bytes]:
    """Each page as JPEG. Raises `FaultFound`, and whatever the libraries raise."""
    if b"%%EOF" not in content[-_END_BYTES:]:
        raise FaultFound(Fault.DAMAGED)
    document = _opened(content)
    pages = len(document)
    if pages > limits.pages:
        raise FaultFound(Fault.TOO_MANY_PAGES, pages=pages, limit_pages=limits.pages)
    if not pages:
        raise FaultFound(Fault.DAMAGED)
    refuse_two_types(content)
    notes |= _notes(content)
    for number in range(pages):
        yield _picture(document[number])


def _opened(content: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        protected = error.err_code == FPDF_ERR_PASSWORD
        raise FaultFound(Fault.PROTECTED if protected else Fault.DAMAGED) from None


def _picture(page: pypdfium2.PdfPage) -> bytes:
    longest = max(page.get_size())
    if longest <= 0:
        raise FaultFound(Fault.DAMAGED)
    scale = min(_DPI / 72, _MOST_POINTS / longest)
    out = BytesIO()
    page.render(scale=scale).to_pil().convert("RGB").save(out, "JPEG", quality=JPEG_QUALITY)
    page.close()
    return out.getvalue()


def _notes(content: bytes) -> set[Note]:
    """Looks at every object: pdfium tells of the scripts in one place, and there are many."""
    found: set[Note] = set()
    with pikepdf.open(BytesIO(content)) as pdf:
        for each in pdf.objects:
            if isinstance(each, pikepdf.Dictionary | pikepdf.Stream):
                found |= set(_told_by(each))
    return found


def _told_by(each: pikepdf.Dictionary | pikepdf.Stream) -> Iterator[Note]:
    """By a dictionary and those that stand in it."""
    if "/JS" in each or str(each.get("/S")) in _DOES_SOMETHING:
        yield Note.HAS_SCRIPTS
    if "/EF" in each or str(each.get("/Type")) == "/EmbeddedFile":
        yield Note.HAS_ATTACHMENTS
    for key in each.keys():  # noqa: SIM118 - iterating a stream is not iterating its keys
        inner = each[key]
        if isinstance(inner, pikepdf.Dictionary) and not inner.is_indirect:
            yield from _told_by(inner)
