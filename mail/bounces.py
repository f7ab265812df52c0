"""Delivery reports that arrive by mail (RFC 3464): which letter, and what became of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from typing import cast
from uuid import UUID

#: Larger messages are not reports of our letters.
MAX_BYTES = 2_000_000
_OURS = re.compile(r"<([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@[^<>\s]+>")


@dataclass(frozen=True)
class Bounce:
    """One letter that did not arrive."""

    #: The letter, from its Message-ID.
    letter_id: UUID
    #: Whether the server will never take it.
    is_permanent: bool
    #: The enhanced code and the server's words, as the report has them: they may hold an address.
    reply: str


def read_bounces(raw: bytes) -> list[Bounce]:
    """The letters that this message reports as failed or delayed; [] for any other message.

    Whatever anybody mailed to us: a message that cannot be understood reports nothing. The letter
    is found by its Message-ID, which nobody knows but who got it.
    """
    if len(raw) > MAX_BYTES:
        return []
    message = message_from_bytes(raw)
    if message.get_content_type() != "multipart/report":
        return []
    letter = _letter(message)
    if letter is None:
        return []
    return [Bounce(letter, is_permanent, reply) for is_permanent, reply in _recipients(message)]


def _letter(report: Message) -> UUID | None:
    """From the returned letter or its headers, else from what the report answers to."""
    for part in report.walk():
        returned = _returned_headers(part)
        line = re.search(r"^message-id:\s*(\S+)", returned, re.IGNORECASE | re.MULTILINE)
        if line and (found := _OURS.fullmatch(line[1])):
            return UUID(found[1])
    answered = _OURS.search(f"{report.get('In-Reply-To', '')} {report.get('References', '')}")
    return UUID(answered[1]) if answered else None


def _returned_headers(part: Message) -> str:
    """The headers of the letter that the report returns in this part; "" in any other part."""
    if part.get_content_type() == "message/rfc822" and part.is_multipart():
        letter = cast("list[Message]", part.get_payload())[0]
        return f"Message-ID: {letter.get('Message-ID', '')}"
    if part.get_content_type() == "text/rfc822-headers":
        return cast(bytes, part.get_payload(decode=True)).decode("ascii", "replace")
    return ""


def _recipients(report: Message) -> Iterator[tuple[bool, str]]:
    for part in report.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        for fields in cast("list[Message]", part.get_payload()):
            action = str(fields.get("Action", "")).strip().casefold()
            if action in {"failed", "delayed"}:
                status = str(fields.get("Status", "")).split()[:1]
                code = str(fields.get("Diagnostic-Code", "")).partition(";")[2].strip()
                words = code if status and status[0] in code else " ".join([*status, code])
                yield action == "failed" and words.startswith("5"), words
