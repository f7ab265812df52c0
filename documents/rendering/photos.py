"""A photograph, upright, written anew: where and when it was taken does not stay in it."""

from collections.abc import Iterator
from io import BytesIO

import pillow_heif
from PIL import (
    Image,
    ImageColor,
    ImageFile,
    ImageOps,
    ImagePalette,
    MpoImagePlugin,
    TiffImagePlugin,
)

from documents.faults import Fault, Note
from documents.media_types import MediaType
from documents.rendering.drawing import JPEG_QUALITY, Drawing, FaultFound, refuse_two_types
from documents.rendering.limits import Limits

# Pillow loads these when they are first needed, which is too late here.
Image.preinit()
_LOADED = (ImageColor, ImageFile, ImagePalette, MpoImagePlugin, TiffImagePlugin)

#: Of the longer side. A page that was photographed can be read at half of it.
_MOST_POINTS = 3000
_FORMATS = {MediaType.JPEG: "JPEG", MediaType.PNG: "PNG", MediaType.HEIC: "HEIF"}


def drawing(kind: MediaType) -> Drawing:
    """How a photograph of this type is drawn."""
    if kind is MediaType.HEIC:
        pillow_heif.register_heif_opener()

    def draw(content: bytes, limits: Limits, _: set[Note]) -> Iterator[bytes]:
        yield _picture(content, _FORMATS[kind], limits.pixels)

    return draw


def _picture(content: bytes, kind: str, limit_pixels: int) -> bytes:
    # We set a limit of our own, before anything is decoded.
    Image.MAX_IMAGE_PIXELS = None
    photo = Image.open(BytesIO(content), formats=[kind])
    if photo.width * photo.height > limit_pixels:
        raise FaultFound(Fault.TOO_LARGE_A_PICTURE, limit_pixels=limit_pixels)
    refuse_two_types(content)
    photo.thumbnail((_MOST_POINTS, _MOST_POINTS))
    out = BytesIO()
    _on_white(ImageOps.exif_transpose(photo)).save(out, "JPEG", quality=JPEG_QUALITY)
    return out.getvalue()


def _on_white(photo: Image.Image) -> Image.Image:
    """In plain colours, and on paper where it was transparent; with nothing beside its points."""
    if photo.has_transparency_data:
        paper = Image.new("RGBA", photo.size, "white")
        paper.alpha_composite(photo.convert("RGBA"))
        photo = paper
    plain = photo.convert("RGB")
    plain.info.clear()
    return plain
