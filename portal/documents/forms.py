"""A form with one file, read as it comes: at no time is more than a piece of it here.

``kind``, and ``replaces`` where it takes another's place, stand before the file, which is the part
``document`` and the last one. What the browser calls the file and what type it gives it are in the
head of that part: nothing reads them, keeps them or logs them.
"""

import logging
import re
from collections import deque
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from rules.errors import WrongUsage

FILE = "document"
_FIELDS = frozenset({"kind", "replaces"})
#: Bytes of a field; an id has 32, and an e-mail address 254 at most.
_MOST_VALUE = 64
_MOST_OF: Mapping[str, int] = {"email": 254}
#: Of a part's head: a name of 300 Arabic letters takes 1,800 where each byte is written as %D8.
_MOST_HEADERS, _MOST_HEADER = 8, 4096
#: Bytes in which the file must have begun.
MOST_BEFORE = 16 * 1024
#: Bytes after the form's end: a line break is usual.
_MOST_AFTER = 1024
_BOUNDARY = re.compile(rb"[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]")
_NOT_MULTIPART = 415
_INCOMPLETE = 400
#: The parser warns of each form that is not one: who sent it is told, and nobody else need be.
_SILENT = logging.getLogger("mumaris.portal.forms")
_SILENT.disabled = True


class FormRefused(WrongUsage):
    """The form is not a kind and one file, whole; ``status`` is what that is answered with."""

    def __init__(self, code: str, status: int = 422) -> None:
        super().__init__(f"the form with the file is refused: {code}")
        self.code = code
        self.status = status


@dataclass(frozen=True)
class _Part:
    """A part has begun."""

    name: str


@dataclass(frozen=True)
class _End:
    """The form has ended."""


_Told = _Part | _End | bytes


class SentForm:
    """The fields, then the file; each can be read once, in this order."""

    def __init__(
        self,
        content_type: str,
        body: AsyncIterator[bytes],
        *,
        also: frozenset[str] = frozenset(),
    ) -> None:
        #: Fields of the page that shows the form, beside those of a document.
        self._known = _FIELDS | also
        self._parser = _Parser(_boundary(content_type))
        self._body = body
        self._told = self._tell()
        self._file_has_begun = False

    async def fields(self) -> Mapping[str, str]:
        """What stands before the file; raises `FormRefused`, and what the body raises."""
        found: dict[str, bytes] = {}
        name = ""
        async for told in self._told:
            if isinstance(told, _End):
                raise FormRefused("no_file")
            if isinstance(told, bytes):
                found[name] += told
                if len(found[name]) > _MOST_OF.get(name, _MOST_VALUE):
                    raise _broken()
                continue
            name = told.name
            if name == FILE:
                return {each: value.decode("utf-8", "replace") for each, value in found.items()}
            if name not in self._known or name in found:
                raise _broken()
            found[name] = b""
        raise _incomplete()

    async def file(self) -> AsyncIterator[bytes]:
        """The file, piece by piece.

        Ends only where the form did, with nothing behind the file and with all that was announced.
        Raises `FormRefused`, and what the body raises.
        """
        ended = False
        async for told in self._told:
            if isinstance(told, bytes):
                yield told
            elif isinstance(told, _Part):
                raise FormRefused("one_file_only") if told.name == FILE else _broken()
            else:
                ended = True
        if not ended:
            raise _incomplete()

    async def _tell(self) -> AsyncIterator[_Told]:
        read = after = 0
        async for piece in self._body:
            if self._parser.has_ended:
                after += len(piece)
            for told in self._parser.feed(piece):
                self._file_has_begun |= told == _Part(FILE)
                yield told
            read += len(piece)
            if after > _MOST_AFTER or (read > MOST_BEFORE and not self._file_has_begun):
                raise _broken()


class _Parser:
    """What python-multipart tells, in its order."""

    def __init__(self, boundary: bytes) -> None:
        self._told: deque[_Told] = deque()
        self._header, self._value, self._name = b"", b"", b""
        self.has_ended = False
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._part_begins,
                "on_header_field": self._header_field,
                "on_header_value": self._header_value,
                "on_header_end": self._header_ends,
                "on_headers_finished": self._headers_end,
                "on_part_data": self._data,
                "on_end": self._ends,
            },
            max_header_count=_MOST_HEADERS,
            max_header_size=_MOST_HEADER,
        )
        self._parser.logger = _SILENT

    def feed(self, piece: bytes) -> list[_Told]:
        """What this piece tells; raises `FormRefused` for what is no form."""
        try:
            self._parser.write(piece)
        except FormParserError:
            raise _broken() from None
        told = list(self._told)
        self._told.clear()
        return told

    def _part_begins(self) -> None:
        self._name = b""

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_ends(self) -> None:
        if self._header.lower() == b"content-disposition":
            disposition, options = parse_options_header(self._value)
            self._name = options.get(b"name", b"") if disposition == b"form-data" else b""
        self._header = self._value = b""

    def _headers_end(self) -> None:
        self._told.append(_Part(self._name.decode("ascii", "replace")))

    def _data(self, data: bytes, start: int, end: int) -> None:
        self._told.append(data[start:end])

    def _ends(self) -> None:
        self.has_ended = True
        self._told.append(_End())


def _boundary(content_type: str) -> bytes:
    kind, options = parse_options_header(content_type)
    if kind != b"multipart/form-data":
        raise FormRefused("form_not_multipart", status=_NOT_MULTIPART)
    boundary = options.get(b"boundary", b"")
    if _BOUNDARY.fullmatch(boundary) is None:
        raise _broken()
    return boundary


def _broken() -> FormRefused:
    return FormRefused("400", status=_INCOMPLETE)


def _incomplete() -> FormRefused:
    return FormRefused("form_incomplete", status=_INCOMPLETE)
