"""Who else a registration may be of: the same person twice, or back after years."""

from collections.abc import Mapping
from datetime import date, timedelta

from rules.policy.policy import Policy
from rules.register.card import CardStatus
from rules.register.fields import ARABIC_NAMES, ENGLISH_NAMES, Field, full_name
from rules.values.name_keys import Likeness, likeness

_LANGUAGES = (ARABIC_NAMES, ENGLISH_NAMES)


def may_come_back(status: CardStatus, expires_on: date, on: date, policy: Policy) -> bool:
    """Whether the holder of this card registers anew: nobody can renew it any more (Riyadh).

    One that the authority has taken out of use stays so.
    """
    last = expires_on + timedelta(days=policy.renewal.latest_after_expiry_days)
    return status is CardStatus.ACTIVE and on > last


def names_alike(one: Mapping[Field, str], other: Mapping[Field, str]) -> bool:
    """Whether both have one name in either language, however it is spelt."""
    return any(_alike(one, other, parts) for parts in _LANGUAGES)


def _alike(one: Mapping[Field, str], other: Mapping[Field, str], parts: tuple[Field, ...]) -> bool:
    ours, theirs = (full_name(each.get(part, "") for part in parts) for each in (one, other))
    return likeness(ours, theirs) is not Likeness.OTHER
