"""What a file is, by its first bytes: its name, its extension and its header are not believed.

The mark stands at the very first byte. Readers of PDF forgive up to a kilobyte before it, which is
where a file that is two things at once hides the other one; we do not.
"""

from enum import StrEnum

#: So many bytes tell every type that we know.
HEAD_BYTES = 16
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"})


class MediaType(StrEnum):
    """A type of file that may be accepted."""

    PDF = "application/pdf"
    JPEG = "image/jpeg"
    PNG = "image/png"
    HEIC = "image/heic"


#: What is accepted where policy names nothing else.
USUAL = frozenset({MediaType.PDF, MediaType.JPEG})


def media_type(head: bytes) -> MediaType | None:
    """The type that these first `HEAD_BYTES` claim; None for any other.

    A claim: whether the rest keeps it is found out by `documents.rendering`.
    """
    if head.startswith(b"%PDF-"):
        return MediaType.PDF
    if head.startswith(b"\xff\xd8\xff"):
        return MediaType.JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return MediaType.PNG
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS:
        return MediaType.HEIC
    return None
