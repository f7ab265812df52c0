"""E-mail addresses: syntax and length, without asking the network."""

from email_validator import EmailNotValidError, validate_email

from rules.findings.problems import ValueRefused
from rules.values.as_typed import plain, refuse_hidden_characters, without_marks

#: Octets, RFC 5321 4.5.3.1.
_MAX_LENGTH = 254
_MAX_LOCAL_PART = 64
#: They make another word in some scripts, and therefore another mailbox.
_JOINERS = "\u200c\u200d"


def clean_email(text: str, *, allow_non_ascii_local_part: bool) -> str:
    """The address, its domain in lower case and ASCII (IDNA), ready for an envelope and a header.

    Cleaning a clean address changes nothing. Marks of `rules.values.as_typed` are no part of it. A
    domain in Arabic is always accepted: it becomes ASCII, which every server takes. A local part in
    Arabic is accepted only by policy: it stays as it is, and its letters leave only by SMTPUTF8,
    which a server on the way may not offer. Raises `ValueRefused`: ``email_form``,
    ``email_non_ascii``, ``hidden_characters`` (line breaks that would inject a header among them).
    """
    typed = plain(text)
    if not typed.isascii():
        # Digits, dashes and joiners of another script belong to an address written in it.
        typed = without_marks(text, but=_JOINERS)
    if len(typed) > _MAX_LENGTH:
        raise ValueRefused("email_form")
    refuse_hidden_characters(typed)
    try:
        found = validate_email(typed.strip(), check_deliverability=False)
    except EmailNotValidError:
        raise ValueRefused("email_form") from None
    if not found.local_part.isascii() and not allow_non_ascii_local_part:
        raise ValueRefused("email_non_ascii")
    address = f"{found.local_part}@{found.ascii_domain}"
    if len(found.local_part.encode()) > _MAX_LOCAL_PART or len(address.encode()) > _MAX_LENGTH:
        raise ValueRefused("email_form")
    return address


def mailbox_of(email: str) -> str:
    """The address as it is compared with others: without case, since servers ignore it."""
    return without_marks(email).strip().casefold()
