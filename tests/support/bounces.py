"""Reports as mail servers write them: RFC 3464, RFC 5965, and ways of their own."""

import base64
import quopri
from uuid import UUID

_EDGE = 'boundary="edge"'


def report(
    letter: UUID,
    *,
    action: str = "failed",
    status: str = "5.1.1",
    said: str = "550 5.1.1 <holder@example.com>: no such user",
    kind_of_said: str = "smtp; ",
    returned: str | None = "message/rfc822",
    kind: str = "message/delivery-status",
    encoding: str = "7bit",
    final: str = "rfc822; holder@example.com",
    original: str | None = None,
    message_id: str | None = None,
    headers: bool = False,
) -> bytes:
    """A report about this letter; with ``headers`` the letter bears our own."""
    blocks = [
        "Reporting-MTA: dns; mx.example.com",
        "",
        *([f"Final-Recipient: {final}"] if final else []),
        *([f"Original-Recipient: {original}"] if original else []),
        f"Action: {action}",
        f"Status: {status}",
        *([f"Diagnostic-Code: {kind_of_said}{said}"] if said else []),
        "",
    ]
    lines = [
        "From: MAILER-DAEMON@mx.example.com",
        "To: cards@example.org",
        "Subject: Undelivered Mail Returned to Sender",
        f"In-Reply-To: <{letter}@example.org>" if message_id is None else "X-Nothing: here",
        "MIME-Version: 1.0",
        f"Content-Type: multipart/report; report-type=delivery-status; {_EDGE}",
        "",
        "--edge",
        "Content-Type: text/plain; charset=us-ascii",
        "",
        "I'm sorry to have to inform you that your message could not be delivered.",
        "",
        "--edge",
        f"Content-Type: {kind}",
        f"Content-Transfer-Encoding: {encoding}",
        "",
        _encoded("\r\n".join(blocks), encoding),
    ]
    if returned:
        lines += [
            "--edge",
            f"Content-Type: {returned}",
            "",
            "From: cards@example.org",
            f"Message-ID: {message_id or f'<{letter}@example.org>'}",
            *([f"X-Mumaris-Letter: {letter}"] if headers else []),
            "Subject: Your registration card expires tomorrow",
            "",
        ]
    return "\r\n".join([*lines, "--edge--", ""]).encode()


def _encoded(text: str, encoding: str) -> str:
    if encoding == "base64":
        return base64.encodebytes(text.encode()).decode()
    if encoding == "quoted-printable":
        return quopri.encodestring(text.encode()).decode()
    return text


def complaint(letter: UUID, kind: str = "abuse") -> bytes:
    """A reader who called this letter unwanted."""
    return "\r\n".join(
        [
            "From: feedback@example.com",
            f"Content-Type: multipart/report; report-type=feedback-report; {_EDGE}",
            "",
            "--edge",
            "Content-Type: message/feedback-report",
            "",
            f"Feedback-Type: {kind}",
            "User-Agent: Loop/1.0",
            "Version: 1",
            "Original-Rcpt-To: <holder@example.com>",
            "",
            "--edge",
            "Content-Type: message/rfc822",
            "",
            "From: cards@example.org",
            f"Message-ID: <{letter}@example.org>",
            "",
            "--edge--",
            "",
        ]
    ).encode()


def forwarded(raw: bytes) -> bytes:
    """The message, attached to one by a colleague."""
    head = "From: help@example.org\r\nContent-Type: multipart/mixed; boundary=outer\r\n\r\n"
    words = "--outer\r\nContent-Type: text/plain\r\n\r\nsee below\r\n"
    attached = "--outer\r\nContent-Type: message/rfc822\r\n\r\n"
    return (head + words + attached).encode() + raw + b"\r\n--outer--\r\n"


def qmail(letter: UUID, words: str) -> bytes:
    """A report that only people can read."""
    return (
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example.com\r\nSubject: failure notice\r\n\r\n"
        "Hi. This is the qmail-send program at mx.example.com.\r\nI'm afraid I wasn't able to"
        f" deliver your message.\r\n\r\n{words}\r\n\r\n"
        "--- Below this line is a copy of the message.\r\n\r\n"
        f"Return-Path: <cards@example.org>\r\nMessage-ID: <{letter}@example.org>\r\n\r\nx\r\n"
    ).encode()
