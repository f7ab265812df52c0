"""What a machine may send for people, and the keys by which it sends it."""

import re
from collections.abc import Mapping
from typing import Any

from desk.accounts.machine_keys import Calling

#: With the machine's number before it, it is as long as keys may be.
_KEY = re.compile(r"[A-Za-z0-9._:-]{8,90}")


def is_key(typed: str) -> bool:
    """Whether a machine may use this as a key."""
    return _KEY.fullmatch(typed) is not None


def own_key(calling: Calling, key: str) -> str:
    """The key as it is kept: two machines' equal keys are two keys."""
    return f"{calling.machine_id.hex}:{key}"


def names_an_address(wish: Mapping[str, Any]) -> bool:
    """Whether it asks for a new e-mail address, which no machine may.

    The activation link goes to the new address: whoever names it presses the link.
    """
    changes = wish.get("changes")
    return isinstance(changes, Mapping) and changes.get("email") is not None
