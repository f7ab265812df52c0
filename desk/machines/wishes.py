"""What a machine may send for people, and the keys by which it sends it."""

import re
from collections.abc import Mapping
from typing import Any

from desk.accounts.machine_keys import Calling
from rules.values.email_address import mailbox_of

#: With the machine's number before it, it is as long as keys may be.
_KEY = re.compile(r"[A-Za-z0-9._:-]{8,90}")


def is_key(typed: str) -> bool:
    """Whether a machine may use this as a key."""
    return _KEY.fullmatch(typed) is not None


def own_key(calling: Calling, key: str) -> str:
    """The key as it is kept: two machines' equal keys are two keys."""
    return f"{calling.machine_id.hex}:{key}"


def own_mailbox(calling: Calling, address: str) -> str:
    """The newcomer that this machine sends documents for under this address.

    No other machine's, and no person's: nobody is let in by it, as no address of ours has a colon.
    """
    return f"{calling.machine_id.hex}:{mailbox_of(address)}"


def is_own_mailbox(calling: Calling, mailbox: str) -> bool:
    """Whether a newcomer is this machine's."""
    return mailbox.startswith(f"{calling.machine_id.hex}:")


def names_an_address(wish: Mapping[str, Any]) -> bool:
    """Whether it asks for a new e-mail address of who is on file, which no machine may.

    The activation link goes to the new address: whoever names it presses the link.
    """
    changes = wish.get("changes")
    return isinstance(changes, Mapping) and changes.get("email") is not None
