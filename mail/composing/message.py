"""Facts become a message. Composing never sends, and the same facts make the same bytes."""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime
from uuid import UUID

from mail import marks
from mail.addresses import HeaderUnsafe, envelope_address, named_address, refuse_controls
from mail.composing.rendering import Rendered, render
from mail.facts.letter import LetterFacts
from mail.settings import MailSettings
from mail.wording.dates import in_riyadh
from mail.wording.languages import Language


@dataclass(frozen=True, kw_only=True, repr=False)
class Message:
    """A letter as it travels, without its envelope."""

    content: bytes
    #: An address has a local part beyond ASCII: the server must know SMTPUTF8 (RFC 6531).
    needs_smtputf8: bool


def compose(
    facts: LetterFacts, *, to: str, letter_id: UUID, created_at: datetime, settings: MailSettings
) -> Message:
    """The letter as a message: plain text and HTML, both in both languages.

    Composed again with the same arguments, it is the same to the byte; with a new secret in the
    facts it keeps its Message-ID and Date, so that a mail program sees one letter. Raises
    `mail.addresses.HeaderUnsafe` and `AddressMalformed`, `rules.values.dates.NaiveInstant`, and
    `mail.composing.rendering.TemplateBroken`; all are `MumarisError`.
    """
    first = Language(facts.language)
    name = facts.applicant_name_ar if first is Language.AR else facts.applicant_name_en
    recipient = named_address(name, to, "To")
    words = render(facts, settings)
    refuse_controls(words.subject, "Subject")
    message = framed(recipient, words, first, settings)
    message["Date"] = format_datetime(in_riyadh(created_at))
    message["Message-ID"] = f"<{letter_id}@{message['From'].addresses[0].domain}>"
    message[marks.HEADER] = str(letter_id)
    # Never found in base64, which has no underscore.
    message.set_boundary(f"=_{letter_id.hex}")
    content = one_click_headers(facts) + message.as_bytes()
    return Message(content=content, needs_smtputf8=message.policy is SMTPUTF8)


def framed(
    recipient: Address, words: Rendered, first: Language, settings: MailSettings
) -> EmailMessage:
    """These words from us to them, without what tells one letter from another."""
    sender = named_address(settings.authority_name.in_(first), settings.mail_from, "From")
    answers = envelope_address(settings.contact, "Reply-To")
    utf8 = not (sender.addr_spec + recipient.addr_spec + answers).isascii()
    message = EmailMessage(policy=SMTPUTF8 if utf8 else SMTP)
    message["From"] = sender
    message["To"] = recipient
    message["Reply-To"] = answers
    message["Subject"] = words.subject
    message["Auto-Submitted"] = "auto-generated"
    # Exchange's name for it; delivery reports are still wanted.
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    # Base64 keeps lines short and bytes unchanged on every server, also one without 8BITMIME.
    message.set_content(words.text, subtype="plain", charset="utf-8", cte="base64")
    message.add_alternative(words.html, subtype="html", charset="utf-8", cte="base64")
    # Set last: making alternatives moves Content-* headers into the first part.
    message["Content-Language"] = f"{first}, {first.other}"
    return message


def one_click_headers(facts: LetterFacts) -> bytes:
    """The headers by which a mail program offers "unsubscribe" (RFC 8058); none for most letters.

    Written by hand, as Python's own folding would encode the long address, which mail programs do
    not expect there. Whoever signs our mail (DKIM) must sign both headers. Raises `HeaderUnsafe`.
    """
    address = getattr(facts, "unsubscribe_url", None)
    if address is None:
        return b""
    if not address.isascii():
        raise HeaderUnsafe("List-Unsubscribe")
    refuse_controls(address, "List-Unsubscribe")
    return (
        f"List-Unsubscribe: <{address}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    ).encode("ascii")
