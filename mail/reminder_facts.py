"""What the reminders say. Each can be refused with one click; no other letter can."""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from mail.letter_facts import LetterFacts, letter_name

#: Where a renewal waits for its applicant; `rules.reminders.WAITS_FOR_APPLICANT` names the same.
WaitsIn = Literal["returned", "awaiting_payment", "awaiting_activation"]


@dataclass(frozen=True, kw_only=True, repr=False)
class CardReminder(LetterFacts):
    """The card expires soon, expires today, or has expired."""

    registration_number: str
    #: The last day on which the card is valid.
    expires_on: date
    #: Until that day; below 0 when it has passed.
    days_left: int
    #: Whether the letter also asks to confirm the profile.
    confirm_profile: bool
    unsubscribe_url: str = field(metadata={"secret": True})


@dataclass(frozen=True, kw_only=True, repr=False)
class RenewalWaiting(LetterFacts):
    """The card expires, and its renewal waits for the holder to act."""

    tracking_code: str
    waits_in: WaitsIn
    expires_on: date
    days_left: int
    unsubscribe_url: str = field(metadata={"secret": True})


REMINDER_LETTERS: dict[str, type[LetterFacts]] = {
    letter_name(facts): facts for facts in (CardReminder, RenewalWaiting)
}
