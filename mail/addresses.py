"""Addresses and names as mail headers and the envelope carry them.

Whatever could end a header line, start another one or name a second recipient is refused here,
so that no caller has to think of it.
"""

import re
import unicodedata
from email.headerregistry import Address

from mail.wording.bidi import one_line
from rules.errors import Broken

#: RFC 5321 4.5.3.1: what an address may measure, in octets.
_MAX_LOCAL, _MAX_ADDRESS = 64, 254
_MAX_NAME = 120
_ADDRESS = re.compile(r"([^\s@<>()\[\]\\,;:\"]+)@([^\s@<>()\[\]\\,;:\"]+)")
#: Python 3.11.7 loses the quotes around a name that needs folding and holds quotes itself, which
#: leaves its commas bare: more recipients. A name reads as well without any of these.
_SPECIALS = re.compile(r"[()<>\[\]:;@\\,\"]")
_NEVER_IN_HEADERS = frozenset({"Cc", "Cs", "Zl", "Zp"})


class HeaderUnsafe(Broken):
    """A header would hold a control character (a line break, a NUL); names the header only."""

    def __init__(self, header: str) -> None:
        super().__init__(f"the header {header} would hold a control character")
        self.header = header


class AddressMalformed(Broken):
    """What stands for an address is not exactly one; names the header only."""

    def __init__(self, header: str) -> None:
        super().__init__(f"the header {header} does not hold exactly one e-mail address")
        self.header = header


def envelope_address(address: str, header: str) -> str:
    """The address with its domain in ASCII (IDNA), the local part as it is.

    A person under an Arabic domain is so reached through every server; only a non-ASCII local part
    needs SMTPUTF8. Repeating it changes nothing. Raises `AddressMalformed` and `HeaderUnsafe`.
    """
    refuse_controls(address, header)
    found = _ADDRESS.fullmatch(address)
    if found is None or one_line(address) != address:
        raise AddressMalformed(header)
    try:
        whole = f"{found[1]}@{found[2].encode('idna').decode('ascii')}"
    except UnicodeError:
        raise AddressMalformed(header) from None
    if len(found[1].encode()) > _MAX_LOCAL or len(whole.encode()) > _MAX_ADDRESS:
        raise AddressMalformed(header)
    return whole


def named_address(name: str, address: str, header: str) -> Address:
    """A header's ``name <address>``; raises as `envelope_address`."""
    refuse_controls(name, header)
    shown = one_line(_SPECIALS.sub(" ", one_line(name)))[:_MAX_NAME].strip()
    local, _, domain = envelope_address(address, header).rpartition("@")
    return Address(display_name=shown, username=local, domain=domain)


def refuse_controls(value: str, header: str) -> None:
    """Raise `HeaderUnsafe` for a line break in any of its forms, a NUL or a lone surrogate."""
    if value.isprintable():
        return
    if any(unicodedata.category(character) in _NEVER_IN_HEADERS for character in value):
        raise HeaderUnsafe(header)
