"""A short code that proves that somebody reads a mailbox: how it is drawn, read and outlived."""

import re
from datetime import datetime, timedelta

from rules.policy.accounts import AccountPolicy
from rules.values.as_typed import compact


def make_code(drawn: int, digits: int) -> str:
    """The code of a number drawn at random below ``10 ** digits``; zeros stand in front."""
    return f"{drawn:0{digits}}"


def read_code(text: str, digits: int) -> str | None:
    """The code that was typed, whatever digits, spaces and dashes it has; None for no code."""
    typed = compact(text)
    return typed if re.fullmatch(f"[0-9]{{{digits}}}", typed) else None


def is_over(
    minted_at: datetime | None, tries: int, *, policy: AccountPolicy, now: datetime
) -> bool:
    """Whether the code can be used no more: it is too old, or was tried as often as policy allows.

    One that has not left yet grows no older.
    """
    is_old = minted_at is not None and ends_at(minted_at, policy) <= now
    return is_old or tries >= policy.code_tries


def ends_at(minted_at: datetime, policy: AccountPolicy) -> datetime:
    """When a code that was e-mailed at this instant is too old."""
    return minted_at + timedelta(minutes=policy.code_minutes)
