"""Delivery reports, as mail servers write them (RFC 3464)."""

from uuid import UUID


def report(
    letter: UUID,
    *,
    action: str = "failed",
    status: str = "5.1.1",
    said: str = "550 5.1.1 <holder@example.com>: no such user",
    returned: str | None = "message/rfc822",
) -> bytes:
    """A report about this letter."""
    lines = [
        "From: MAILER-DAEMON@mx.example.com",
        "To: cards@example.org",
        "Subject: Undelivered Mail Returned to Sender",
        f"In-Reply-To: <{letter}@example.org>",
        "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="edge"',
        "",
        "--edge",
        "Content-Type: text/plain; charset=us-ascii",
        "",
        "I'm sorry to have to inform you that your message could not be delivered.",
        "",
        "--edge",
        "Content-Type: message/delivery-status",
        "",
        "Reporting-MTA: dns; mx.example.com",
        "",
        "Final-Recipient: rfc822; holder@example.com",
        f"Action: {action}",
        f"Status: {status}",
        f"Diagnostic-Code: smtp; {said}",
        "",
    ]
    if returned:
        lines += [
            "--edge",
            f"Content-Type: {returned}",
            "",
            "From: cards@example.org",
            f"Message-ID: <{letter}@example.org>",
            "Subject: Your registration card expires tomorrow",
            "",
        ]
    return "\r\n".join([*lines, "--edge--", ""]).encode()
