"""The composer of all letters: everything but the person is rendered and encoded once.

Composing a letter by itself costs a few milliseconds, most of it in the standard library's headers
and in rendering what is the same for everybody. A skeleton is rendered with marks in the places of
a person's own facts, and `Skeletons.compose` fills the places. What comes out reads, once parsed,
exactly as what `mail.composing.message.compose` writes; a test holds them together.
"""

import binascii
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import datetime
from email.headerregistry import Address
from email.utils import format_datetime
from functools import cache, lru_cache
from itertools import groupby
from typing import Any
from uuid import UUID

from markupsafe import escape

from mail import marks
from mail.addresses import named_address, refuse_controls
from mail.composing.header_words import encoded_phrase, encoded_text
from mail.composing.message import Message, compose, framed, one_click_headers
from mail.composing.rendering import Rendered, render_unwrapped
from mail.facts.letter import LetterFacts
from mail.settings import MailSettings
from mail.wording.bidi import one_line
from mail.wording.dates import in_riyadh
from mail.wording.languages import Language
from mail.wording.wrapping import wrap_line

#: The facts that are a person's own. Each is text, and templates say it as one line.
SLOTS = (
    "applicant_name_ar",
    "applicant_name_en",
    "registration_number",
    "tracking_code",
    "reference_number",
    "bill_number",
    "code",
    "confirm_url",
    "unsubscribe_url",
    "activation_url",
    "new_link_url",
    "stop_url",
    "first_sign_in_url",
    "new_password_url",
)
#: Skeletons kept at a time: a day has a few for each threshold, a file one for each set of changes.
_MOST = 512
#: Characters that no person's facts and no template hold: Unicode's private use area.
_OPEN, _CLOSE = "\ue000", "\ue001"
#: The mark of a link looks like one, as its facts demand, and the whole of it is the place.
_SLOT = re.compile(f"(?:https://(?={_OPEN}[a-z_]+_url{_CLOSE}))?{_OPEN}([a-z_]+){_CLOSE}")
#: A line of Base64 has 76 characters, the most that MIME allows: 57 octets.
_LINE, _OCTETS = 76, 57
_PART = b'Content-Type: text/%s; charset="utf-8"\r\nContent-Transfer-Encoding: base64\r\n\r\n'

_Fill = Callable[[Mapping[str, str]], str]


class Skeletons:
    """Composes letters by skeletons, which it makes when they are needed and keeps."""

    def __init__(self, settings: MailSettings) -> None:
        self._settings = settings
        self._kept: OrderedDict[tuple[Any, ...], _Skeleton] = OrderedDict()

    def compose(
        self, facts: LetterFacts, *, to: str, letter_id: UUID, created_at: datetime
    ) -> Message:
        """The letter as `compose` would write it; raises what that raises."""
        if not to.isascii():
            # Rare, and the only letters that need SMTPUTF8.
            return compose(
                facts, to=to, letter_id=letter_id, created_at=created_at, settings=self._settings
            )
        skeleton = self._skeleton(facts)
        return skeleton.fill(facts, to=to, letter_id=letter_id, created_at=created_at)

    def _skeleton(self, facts: LetterFacts) -> "_Skeleton":
        key = _shared(facts)
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = _Skeleton(facts, self._settings)
            if len(self._kept) > _MOST:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return found


class _Skeleton:
    """A letter with open places."""

    def __init__(self, facts: LetterFacts, settings: MailSettings) -> None:
        self._slots = _slots(facts)
        marked = {name: _mark(name) for name in self._slots}
        open_facts = replace(facts, **marked)  # type: ignore[arg-type]  # all of them are texts
        words = render_unwrapped(open_facts, settings)
        self._arabic_first = Language(facts.language) is Language.AR
        self._subject = _pieces(words.subject)
        refuse_controls(words.subject, "Subject")
        self._said_subject = encoded_text(words.subject)
        self._text = _text_lines(words.text)
        self._html = _pieces(_lines_ended(words.html))
        self._html_head, self._html_rest = _head(self._html[0])
        self._headers = _shared_headers(Language(facts.language), settings)
        self._message_domain = named_address("", settings.mail_from, "From").domain

    def fill(
        self, facts: LetterFacts, *, to: str, letter_id: UUID, created_at: datetime
    ) -> Message:
        """The letter of this person."""
        said = {name: one_line(getattr(facts, name)) for name in self._slots}
        name = facts.applicant_name_ar if self._arabic_first else facts.applicant_name_en
        recipient = named_address(name, to, "To")
        subject = self._said_subject
        if len(self._subject) > 1:
            subject = encoded_text(_join(self._subject, said))
        message_id = f"<{letter_id}@{self._message_domain}>"
        boundary = f"=_{letter_id.hex}"
        own = (
            f"To: {_mailbox(recipient)}\r\n"
            f"Subject: {subject}\r\n"
            f"Date: {_header_date(created_at)}\r\n"
            f"Message-ID: {message_id}\r\n"
            f"{marks.HEADER}: {letter_id}\r\n"
            f'Content-Type: multipart/alternative;\r\n boundary="{boundary}"\r\n\r\n'
        )
        escaped = {slot: str(escape(value)) for slot, value in said.items()}
        edge = f"--{boundary}".encode()
        content = b"".join(
            (
                one_click_headers(facts),
                self._headers,
                own.encode("ascii"),
                edge,
                b"\r\n",
                _PART % b"plain",
                _base64(self._fill_text(said).encode()),
                b"\r\n",
                edge,
                b"\r\n",
                _PART % b"html",
                self._fill_html(escaped),
                b"\r\n",
                edge,
                b"--\r\n",
            )
        )
        return Message(content=content, needs_smtputf8=False)

    def _fill_html(self, escaped: Mapping[str, str]) -> bytes:
        rest = _join(self._html, escaped)[len(self._html[0]) :]
        return self._html_head + _base64(self._html_rest + rest.encode())

    def _fill_text(self, said: Mapping[str, str]) -> str:
        return "".join(part if isinstance(part, str) else part(said) for part in self._text)


def _mark(slot: str) -> str:
    return f"{'https://' if slot.endswith('_url') else ''}{_OPEN}{slot}{_CLOSE}"


def _mailbox(recipient: Address) -> str:
    if not recipient.display_name:
        return recipient.addr_spec
    return f"{encoded_phrase(recipient.display_name)}\r\n <{recipient.addr_spec}>"


def _slots(facts: LetterFacts) -> tuple[str, ...]:
    """The facts that are the person's own; one that is empty is a place that the letter lacks."""
    of: Any = type(facts)
    return tuple(name for name in _divide(of)[0] if getattr(facts, name))


def _shared(facts: LetterFacts) -> tuple[Any, ...]:
    """What letters by one skeleton have in common: all but what stands in their places."""
    of: Any = type(facts)
    values = (getattr(facts, name) for name in _divide(of)[1])
    return (of, _slots(facts), *map(_as_said, values))


def _as_said(value: Any) -> Any:
    """A letter says an instant to the minute (`mail.wording.dates.say_instant`)."""
    return value.replace(second=0, microsecond=0) if isinstance(value, datetime) else value


@cache
def _divide(facts: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The facts that may be the person's own, and those that many letters share."""
    names = [each.name for each in fields(facts)]
    return tuple(n for n in names if n in SLOTS), tuple(n for n in names if n not in SLOTS)


@lru_cache(maxsize=8)
def _shared_headers(language: Language, settings: MailSettings) -> bytes:
    """The headers that every letter in this language has, as the standard library writes them."""
    somebody = named_address("", "somebody@example.org", "To")
    message = framed(somebody, Rendered(subject="", text="", html=""), language, settings)
    head = message.as_bytes().partition(b"\r\n\r\n")[0] + b"\r\n"
    headers = re.findall(rb"^[^\s:]+:.*\r\n(?:[ \t].*\r\n)*", head, re.MULTILINE)
    return b"".join(one for one in headers if not one.lower().startswith(_OWN_PREFIXES))


_OWN_PREFIXES = (b"to:", b"subject:", b"content-type:")


def _pieces(text: str) -> tuple[str, ...]:
    """The text cut at its places: words, a slot's name, words, and so on."""
    return tuple(_SLOT.split(text))


def _join(pieces: tuple[str, ...], said: Mapping[str, str]) -> str:
    filled = list(pieces)
    filled[1::2] = [said[slot] for slot in pieces[1::2]]
    return "".join(filled)


def _text_lines(text: str) -> list[str | _Fill]:
    """The plain text, wrapped where no person's fact stands; the other lines wrap when filled."""
    lines: list[str | tuple[str, ...]] = []
    for line in text.splitlines():
        pieces = _pieces(line)
        lines += [pieces] if len(pieces) > 1 else wrap_line(line)
    kept: list[str | tuple[str, ...]] = []
    for is_empty, group in groupby(lines, key=lambda line: line == ""):
        kept += [""] if is_empty else list(group)
    while kept and kept[0] == "":
        kept.pop(0)
    while kept and kept[-1] == "":
        kept.pop()
    parts: list[str | _Fill] = []
    for fixed, group in groupby(kept, key=lambda line: isinstance(line, str)):
        if fixed:
            parts.append("".join(f"{line}\r\n" for line in group))
        else:
            parts += [_filler(line) for line in group if not isinstance(line, str)]
    return parts


def _filler(pieces: tuple[str, ...]) -> _Fill:
    def fill(said: Mapping[str, str]) -> str:
        return "".join(f"{line}\r\n" for line in wrap_line(_join(pieces, said)))

    return fill


def _lines_ended(text: str) -> str:
    """With the line ends that mail has, also after the last line."""
    return text.removesuffix("\n").replace("\n", "\r\n") + "\r\n"


def _head(text: str) -> tuple[bytes, bytes]:
    """The text as Base64, as far as it fills whole lines, and what is left of it."""
    octets = text.encode()
    whole = len(octets) // _OCTETS * _OCTETS
    return _base64(octets[:whole]), octets[whole:]


def _base64(octets: bytes) -> bytes:
    packed = binascii.b2a_base64(octets, newline=False)
    return b"".join([packed[at : at + _LINE] + b"\r\n" for at in range(0, len(packed), _LINE)])


@lru_cache(maxsize=64)
def _header_date(instant: datetime) -> str:
    return format_datetime(in_riyadh(instant))
