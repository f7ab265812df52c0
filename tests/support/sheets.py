"""A sheet of PDF read back: its words, its picture, and what the code on it says."""

import pypdfium2
import zxingcpp
from PIL.Image import Image


def words_of(sheet: bytes) -> str:
    """The text of its one page, as a reader copies it."""
    with pypdfium2.PdfDocument(sheet) as document:
        assert len(document) == 1
        return str(document[0].get_textpage().get_text_range()).replace("\r\n", "\n")


def lines_of(sheet: bytes) -> set[frozenset[str]]:
    """Each line as its words: this reader turns the words of a Latin line between Arabic ones."""
    return {frozenset(line.split()) for line in words_of(sheet).split("\n")}


def picture_of(sheet: bytes, *, scale: float = 3) -> Image:
    """The page as it is printed."""
    with pypdfium2.PdfDocument(sheet) as document:
        image: Image = document[0].render(scale=scale).to_pil()
        return image


def code_on(sheet: bytes) -> str:
    """What a scanner reads from the printed page."""
    (found,) = zxingcpp.read_barcodes(picture_of(sheet))
    return str(found.text)
