"""Files that are too big, or too many, to lie in examples/; made where they are tried."""

import struct
import zlib
from io import BytesIO
from pathlib import Path

import pikepdf
from PIL import Image

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "documents"
REFUSED = EXAMPLES / "refused"


def pdf_of(pages: int, *, side: float = 612) -> bytes:
    """Empty pages."""
    out = BytesIO()
    with pikepdf.new() as pdf:
        for _ in range(pages):
            pdf.add_blank_page(page_size=(side, side))
        pdf.save(out)
    return out.getvalue()


def costly_pdf() -> bytes:
    """A small file whose page is shaded a thousand times, point by point: time, and no memory."""
    out = BytesIO()
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page()
        colour = pdf.make_stream(
            b"{ " + b"2 copy sin exch cos mul abs pop " * 20 + b"add 2 div dup dup }",
            FunctionType=4,
            Domain=[0, 1, 0, 1],
            Range=[0, 1, 0, 1, 0, 1],
        )
        shading = pikepdf.Dictionary(
            ShadingType=1,
            ColorSpace=pikepdf.Name.DeviceRGB,
            Matrix=[612, 0, 0, 792, 0, 0],
            Function=colour,
        )
        page.Resources = pikepdf.Dictionary(Shading=pikepdf.Dictionary(S=shading))
        page.Contents = pdf.make_stream(b"/S sh " * 1000)
        pdf.save(out)
    return out.getvalue()


def bomb_pdf(mib: int) -> bytes:
    """A picture of so many MiB, which take a thousandth of that in the file."""
    out = BytesIO()
    side = int((mib * 2**20 / 3) ** 0.5)
    packed = zlib.compress(bytes(side * side * 3), 9)
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page()
        picture = pikepdf.Stream(pdf, packed)
        picture.stream_dict = pikepdf.Dictionary(
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Image,
            Width=side,
            Height=side,
            ColorSpace=pikepdf.Name.DeviceRGB,
            BitsPerComponent=8,
            Filter=pikepdf.Name.FlateDecode,
        )
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(I=picture))
        page.Contents = pdf.make_stream(b"600 0 0 600 0 0 cm /I Do")
        pdf.save(out, compress_streams=False)
    return out.getvalue()


def png_claiming(side: int) -> bytes:
    """A PNG that says it has so many points a side, and begins to have them."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    lines = zlib.compress(bytes(10 * (side * 3 + 1)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", lines) + chunk(b"IEND", b"")


def picture_of(kind: str, size: tuple[int, int] = (40, 20), mode: str = "RGB") -> bytes:
    """A red one."""
    out = BytesIO()
    Image.new("RGB", size, "red").convert(mode).save(out, kind)
    return out.getvalue()


def opened(picture: bytes) -> Image.Image:
    """A picture that was made of a page."""
    image = Image.open(BytesIO(picture), formats=["JPEG"])
    image.load()
    return image
