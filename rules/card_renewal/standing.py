"""Whether a card is valid on a day, as anybody may be told who holds its code."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from rules.register.card import CardStatus
from rules.requests.card_period import Period

_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class CardStanding:
    """A card on a day: valid, with the days of its validity; or not, since when."""

    is_valid: bool
    #: Both inclusive; None where it is not valid.
    valid_from: date | None = None
    valid_until: date | None = None
    #: The first day without it, where it has run out; None where the authority took it.
    not_valid_since: date | None = None


def card_standing(
    status: CardStatus, *, begins: date, periods: Sequence[Period], on: date
) -> CardStanding:
    """How a card with these periods stands on this day; ``begins`` is that of the latest period.

    Periods that follow each other without a day between them are one validity: who renews early is
    valid until the end of the new period. A card that is suspended or revoked is not valid, and
    since when is not on file; nor is one valid whose first period is to come.
    """
    if status is not CardStatus.ACTIVE:
        return CardStanding(is_valid=False)
    runs = sorted(periods, key=lambda period: period.valid_from)
    current = [one for one in runs if one.valid_from <= on <= one.expires_on]
    if not current:
        ended = [one.expires_on + _DAY for one in runs if one.expires_on < on]
        is_to_come = any(one.valid_from > on for one in runs)
        since = None if is_to_come else max(ended, default=None)
        return CardStanding(is_valid=False, not_valid_since=since)
    until = current[-1].expires_on
    for one in runs:
        if one.valid_from == until + _DAY:
            until = one.expires_on
    # An extension is a period of its own, and lengthens the one that is in force.
    valid_from = begins if begins <= on else current[-1].valid_from
    return CardStanding(is_valid=True, valid_from=valid_from, valid_until=until)
