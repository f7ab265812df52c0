"""A dead address on file: what an officer saw, who may change it, and how the change ends.

Whoever cannot read the mailbox on file cannot sign in for the first time, nor set a new password,
and a stranger says the same; so a person shows who they are, and two officers answer for it.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

from rules.accounts.kinds import Role
from rules.policy.accounts import AccountPolicy

#: Roles of an account by which its officer may take part.
_TAKE_PART = frozenset({Role.OFFICER, Role.SUPERVISOR})


class ProofSeen(StrEnum):
    """What the person showed. The original is looked at, and no copy or number of it is kept."""

    NATIONAL_ID = "national_id"
    IQAMA = "iqama"
    PASSPORT = "passport"


class AddressOutcome(StrEnum):
    """How the change of an address ended."""

    CONFIRMED = "confirmed"
    REFUSED = "refused"
    #: No second officer came in time.
    EXPIRED = "expired"


class Objection(StrEnum):
    """Why this officer may not take this step."""

    OWN = "own"
    NO_ROLE = "no_role"
    SAME_OFFICER = "same_officer"


def objection_to(
    roles: Collection[Role], *, is_own: bool, is_first: bool = False
) -> Objection | None:
    """Why an officer with these roles may not; None where they may.

    ``is_own`` is an officer whose own address it is; ``is_first`` one who recorded the proof and
    would confirm it too.
    """
    if is_own:
        return Objection.OWN
    if not _TAKE_PART & set(roles):
        return Objection.NO_ROLE
    return Objection.SAME_OFFICER if is_first else None


def open_until(proposed_at: datetime, policy: AccountPolicy) -> datetime:
    """The first instant at which nobody can confirm the change any more."""
    return proposed_at + timedelta(hours=policy.address_change_hours)
