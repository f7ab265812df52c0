"""E-mail addresses: syntax and length, without asking the network."""

from email_validator import EmailNotValidError, validate_email

from rules.problems import ValueRefused
from rules.text import refuse_hidden_characters

#: Octets, RFC 5321 4.5.3.1.
_MAX_LENGTH = 254
_MAX_LOCAL_PART = 64


def clean_email(text: str, *, allow_non_ascii_local_part: bool) -> str:
    """The address, its domain in lower case and ASCII (IDNA), ready for an envelope and a header.

    Cleaning a clean address changes nothing. A domain in Arabic is always accepted: it becomes
    ASCII, which every server takes. A local part in Arabic is accepted only by policy: it stays as
    it is, and its letters leave only by SMTPUTF8, which a server on the way may not offer. Raises
    `ValueRefused`: ``email_form``, ``email_non_ascii``, ``hidden_characters`` (line breaks that
    would inject a header among them).
    """
    if len(text) > _MAX_LENGTH:
        raise ValueRefused("email_form")
    typed = text.strip(" ")
    refuse_hidden_characters(typed)
    try:
        found = validate_email(typed, check_deliverability=False)
    except EmailNotValidError:
        raise ValueRefused("email_form") from None
    if not found.local_part.isascii() and not allow_non_ascii_local_part:
        raise ValueRefused("email_non_ascii")
    address = f"{found.local_part}@{found.ascii_domain}"
    if len(found.local_part.encode()) > _MAX_LOCAL_PART or len(address.encode()) > _MAX_LENGTH:
        raise ValueRefused("email_form")
    return address
