"""What arrives by mail, taken apart without trusting it.

The standard library's parser takes a stranger's 64 KB for minutes, or ends in a RecursionError:
parts inside parts without end. This one reads each byte a few times, so many levels deep and so
many parts wide, and raises nothing.
"""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

#: Levels and parts that are looked at. A forwarded report has five levels.
_DEEPEST, _MOST_PARTS = 8, 60
_MOST_HEADERS, _MOST_VALUE = 64_000, 4_000
_BOUNDARY = re.compile(r'boundary\s*=\s*(?:"([^"\n]{1,200})"|([^\s;"]{1,200}))', re.IGNORECASE)
_HEADER = re.compile(r"([!-9;-~]{1,80})[ \t]*:(.*)", re.DOTALL)
_LINE_GOES_ON = re.compile(r"\n[ \t]+")


@dataclass
class Part:
    """One part of a message, or the whole of it."""

    #: Lower-cased names, each with its values in order.
    headers: dict[str, list[str]]
    #: ``text/plain`` and so on, lower-cased.
    kind: str
    #: Decoded from base64 and quoted-printable; empty for what has parts.
    body: bytes = b""
    parts: list["Part"] = field(default_factory=list)

    def first(self, header: str) -> str:
        """The header's first value; "" where it is not there."""
        return self.headers.get(header, [""])[0]

    def walk(self) -> Iterator["Part"]:
        """The part and all that is in it, from the outside."""
        yield self
        for part in self.parts:
            yield from part.walk()

    def blocks(self) -> list[dict[str, list[str]]]:
        """The body as blocks of headers, as delivery reports have them."""
        text = self.body.decode("utf-8", "replace")
        return [read_headers(block) for block in re.split(r"\n[ \t]*\n", text) if block.strip()]


def take_apart(raw: bytes) -> Part:
    """The message with its parts; whatever is no message is a part without any."""
    return _read(raw.replace(b"\r\n", b"\n"), [_MOST_PARTS], _DEEPEST)


def read_headers(text: str) -> dict[str, list[str]]:
    """The headers of a message or a report, unfolded."""
    found: dict[str, list[str]] = {}
    for line in _LINE_GOES_ON.sub(" ", text[:_MOST_HEADERS].strip("\n")).split("\n"):
        if header := _HEADER.fullmatch(line[:_MOST_VALUE]):
            found.setdefault(header[1].lower(), []).append(header[2].strip())
    return found


def _read(raw: bytes, left: list[int], deepest: int) -> Part:
    """``left`` counts down the parts that may still be read, of the whole message."""
    left[0] -= 1
    head, _, body = (b"\n" + raw).partition(b"\n\n")
    headers = read_headers(head[:_MOST_HEADERS].decode("utf-8", "replace"))
    said = headers.get("content-type", ["text/plain"])[0]
    part = Part(headers, said.partition(";")[0].strip().lower())
    boundary = _BOUNDARY.search(said)
    if part.kind.startswith("multipart/") and boundary and deepest:
        for piece in _pieces(body, (boundary[1] or boundary[2]).encode()):
            if left[0] <= 0:
                break
            part.parts.append(_read(piece, left, deepest - 1))
        return part
    body = _decoded(body, part.first("content-transfer-encoding"))
    if part.kind in {"message/rfc822", "message/global"} and deepest and left[0] > 0:
        part.parts.append(_read(body, left, deepest - 1))
    else:
        part.body = body
    return part


def _pieces(body: bytes, boundary: bytes) -> list[bytes]:
    """What stands between the boundaries (RFC 2046 5.1)."""
    found: list[bytes] = []
    for piece in (b"\n" + body).split(b"\n--" + boundary)[1:]:
        if piece.startswith(b"--"):
            break
        rest = piece.lstrip(b" \t")
        if rest.startswith(b"\n"):
            found.append(rest[1:])
        elif found:
            # Another boundary that only begins like this one.
            found[-1] += b"\n--" + boundary + piece
        if len(found) > _MOST_PARTS:
            break
    return found


def _decoded(body: bytes, encoding: str) -> bytes:
    encoding = encoding.strip().lower()
    try:
        if encoding == "base64":
            return binascii.a2b_base64(body).replace(b"\r\n", b"\n")
        if encoding == "quoted-printable":
            return binascii.a2b_qp(body)
    except binascii.Error:
        return body
    return body
