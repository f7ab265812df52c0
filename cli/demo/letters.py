"""The day that is stamped on a letter of the examples: the last thing that its page paints."""

from datetime import date
from io import BytesIO

import pikepdf

#: Where the letters of `examples/make_letters.py` leave room for it, in points from below left.
_X, _Y = 66, 748
_FONT = pikepdf.Name("/Stamp")


def stamped(letter: bytes, day: date) -> bytes:
    """The letter with this day on its first page, in place of one that was stamped before.

    The same letter and day are the same bytes.
    """
    text = f"BT {_FONT} 13 Tf {_X} {_Y} Td ({day.isoformat()}) Tj ET".encode()
    with pikepdf.open(BytesIO(letter)) as pdf:
        page = pdf.pages[0]
        fonts = page.Resources.Font
        if _FONT in fonts:
            page.Contents[-1].write(text)
        else:
            fonts[_FONT] = pdf.make_indirect(
                pikepdf.Dictionary(
                    Type=pikepdf.Name.Font,
                    Subtype=pikepdf.Name.Type1,
                    BaseFont=pikepdf.Name("/Courier-Bold"),
                )
            )
            # What the page has moved or turned is put back first.
            page.contents_add(b"q", prepend=True)
            page.contents_add(b"Q")
            page.contents_add(text)
        out = BytesIO()
        pdf.save(out, deterministic_id=True)
    return out.getvalue()
