"""Reports that arrive by mail: which letter, and what became of it.

Delivery reports (RFC 3464, and RFC 6533 with ``message/global-delivery-status``), complaints
(RFC 5965), forwarded or not, and what servers write that know neither (qmail, old Exim). The letter
is found by a mark of ours (`mail.marks`); what bears none is about nobody we know.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from mail.marks import HEADER, by_header, by_message_id, by_return_address
from mail.reports.mime_parts import Part, read_headers, take_apart

#: Larger messages are not reports of our letters.
MAX_BYTES = 2_000_000
_STATUS_KINDS = frozenset({"message/delivery-status", "message/global-delivery-status"})
_HEADER_KINDS = frozenset(
    {"text/rfc822-headers", "message/rfc822-headers", "message/global-headers"}
)
_FEEDBACK = "message/feedback-report"
#: RFC 5965 7.3 and the registry: the others praise, or speak of signatures.
_COMPLAINTS = frozenset({"abuse", "fraud", "opt-out", "opt-out-list"})
#: Where the address stands to which a report was delivered.
_DELIVERED_TO = (
    "to",
    "delivered-to",
    "x-original-to",
    "envelope-to",
    "x-envelope-to",
    "apparently-to",
)
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_DIAGNOSTIC_KIND = re.compile(r"\s*[\w-]{1,40}\s*;")
_DAEMON = re.compile(r"mailer-?daemon|postmaster", re.IGNORECASE)
#: A reply in a text for people: ``550 5.1.1 …``, or qmail's ``(#5.1.1)``.
_IN_WORDS = re.compile(r"(?<![\w.])5\d\d[ -][^\n]{0,300}|[^\n]{0,200}\(#5\.\d{1,3}\.\d{1,3}\)")
#: Here a report for people ends, and a copy of the letter begins.
_COPY = re.compile(r"\n-{2,}[^\n]{0,40}(?:below this line|copy of|original message)", re.IGNORECASE)


class What(StrEnum):
    """What became of a letter, or what its reader thinks of it."""

    FAILED = "failed"
    DELAYED = "delayed"
    COMPLAINT = "complaint"


@dataclass(frozen=True)
class Report:
    """One letter that did not arrive, or was not wanted."""

    #: None where the report bears no mark of ours: it is counted, and acts on nobody.
    letter_id: UUID | None
    what: What
    #: The codes and the server's words, as the report has them: they may hold an address.
    reply: str = ""
    #: The addresses that the report is about, lower-cased; a letter of ours has one.
    recipients: frozenset[str] = frozenset()

    def is_about(self, address: str) -> bool:
        """Whether the report is about this mailbox, and not about one behind it.

        A mailing list, or an address that forwards, hands letters on to others: of those the
        report may say what it likes. A server that writes its own domain after the same local part
        means the same mailbox.
        """
        local = address.casefold().rpartition("@")[0]
        return not self.recipients or any(
            named == address.casefold() or named.rpartition("@")[0] == local or named == local
            for named in self.recipients
        )


def read_reports(raw: bytes, *, return_path: str = "") -> list[Report]:
    """What this message reports of letters of ours; [] for any other message, and never an error.

    ``return_path`` is the pattern of our return addresses, where there is one.
    """
    if len(raw) > MAX_BYTES:
        return []
    message = take_apart(raw)
    found = [part for part in message.walk() if part.kind == "multipart/report"]
    reports = [one for part in found or [message] for one in _read(part, message, return_path)]
    return list(dict.fromkeys(reports or _in_words(message, return_path)))


def _read(report: Part, message: Part, return_path: str) -> Iterator[Report]:
    """``message`` is what the report came in; where it is no other, its envelope counts too."""
    letter = _returned(report) or _addressed(report, return_path)
    if letter is None and report is not message:
        letter = _addressed(message, return_path)
    for part in report.walk():
        if part.kind in _STATUS_KINDS:
            yield from _failures(letter, part)
        elif part.kind == _FEEDBACK:
            yield from _complaints(letter, part)


def _returned(report: Part) -> UUID | None:
    """The letter, from what the report returns of it."""
    for part in report.walk():
        headers = None
        if part.kind in {"message/rfc822", "message/global"} and part.parts:
            headers = part.parts[0].headers
        elif part.kind in _HEADER_KINDS:
            headers = read_headers(part.body.decode("utf-8", "replace"))
        if headers is None:
            continue
        marked = by_header(headers.get(HEADER.lower(), [""])[0])
        if letter := marked or by_message_id(headers.get("message-id", [""])[0]):
            return letter
    return None


def _addressed(message: Part, return_path: str) -> UUID | None:
    """The letter, from where the report was sent to, or from what it answers to."""
    to = " ".join(value for name in _DELIVERED_TO for value in message.headers.get(name, []))
    answers = f"{message.first('in-reply-to')} {message.first('references')}"
    return by_return_address(to, return_path) or by_message_id(answers)


def _failures(letter: UUID | None, part: Part) -> Iterator[Report]:
    for fields in part.blocks():
        action = fields.get("action", [""])[0].split()[:1]
        what = {"failed": What.FAILED, "delayed": What.DELAYED}.get("".join(action).casefold())
        if what is None:
            continue
        named = (fields.get(name, [""])[0] for name in ("final-recipient", "original-recipient"))
        recipients = frozenset(filter(None, map(_address, named)))
        yield Report(letter, what, _reply(fields), recipients)


def _reply(fields: dict[str, list[str]]) -> str:
    """The remote server's own words, with the report's status where they have no code."""
    said = fields.get("diagnostic-code", [""])[0]
    if kind := _DIAGNOSTIC_KIND.match(said):
        said = said[kind.end() :]
    said = said.strip()
    status = _STATUS.match(fields.get("status", [""])[0].strip())
    if status is None:
        return said
    if said[:3].isdigit():
        return said if _STATUS.search(said) else f"{said[:3]} {status[0]} {said[4:]}"
    return f"{status[0]} {said}".strip()


def _complaints(letter: UUID | None, part: Part) -> Iterator[Report]:
    for fields in part.blocks():
        if fields.get("feedback-type", [""])[0].strip().casefold() in _COMPLAINTS:
            named = map(_address, fields.get("original-rcpt-to", []))
            # Some providers black the address out.
            recipients = frozenset(one for one in named if "@" in one and "redact" not in one)
            yield Report(letter, What.COMPLAINT, "", recipients)
            return


def _in_words(message: Part, return_path: str) -> list[Report]:
    """What a mail server wrote for people. An answer by a person, or for one, is no report."""
    from_ = f"{message.first('from')} {message.first('return-path')}"
    is_null = message.first("return-path").strip() == "<>"
    if not _DAEMON.search(from_) and not (is_null and not message.first("from")):
        return []
    text = next((part.body for part in message.walk() if part.kind == "text/plain"), b"")
    words, copy = _cut(text.decode("utf-8", "replace"))
    letter = _returned(message) or _addressed(message, return_path) or by_message_id(copy[:20_000])
    said = _IN_WORDS.search(words[:20_000])
    return [Report(letter, What.FAILED, said[0].strip())] if letter and said else []


def _cut(text: str) -> tuple[str, str]:
    """The server's words, and the copy of the letter behind them."""
    found = _COPY.search(text)
    return (text[: found.start()], text[found.start() :]) if found else (text, "")


def _address(value: str) -> str:
    """``rfc822; <a@example.org>`` as ``a@example.org``."""
    return value.rpartition(";")[2].strip().strip("<>").casefold()
