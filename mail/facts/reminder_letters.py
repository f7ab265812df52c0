"""What the reminders say. Each can be refused with one click; no other letter can."""

from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar, Literal

from mail.facts.letter import FactMissing, LetterFacts, letter_name
from mail.facts.pages import CARD, RENEWAL, UPDATE, page_of
from rules.requests.statuses import Kind

#: Where a renewal waits for its applicant, as in `rules.reminders.decision.WAITS_FOR_APPLICANT`.
WaitsIn = Literal["returned", "awaiting_payment", "awaiting_activation"]

_SECRET = {"secret": True}


@dataclass(frozen=True, kw_only=True, repr=False)
class CardReminder(LetterFacts):
    """The card expires soon, expires today, or has expired.

    Raises `FactMissing` also where it asks to confirm the profile without a link for that.
    """

    may_be_empty: ClassVar[frozenset[str]] = frozenset({"confirm_url"})

    #: As the card prints it, with its dash.
    registration_number: str
    #: The last day on which the card is valid.
    expires_on: date
    #: Until that day; below 0 when it has passed.
    days_left: int
    #: Whether the letter also asks to confirm the profile.
    confirm_profile: bool
    #: Where the holder does so; empty where the letter does not ask.
    confirm_url: str = field(default="", metadata=_SECRET)
    unsubscribe_url: str = field(metadata=_SECRET)

    @property
    def page(self) -> str:
        """Where the card is renewed."""
        return RENEWAL

    def __post_init__(self) -> None:
        """Refuse to ask for what nobody can do from the letter."""
        super().__post_init__()
        if self.confirm_profile and not (self.confirm_url or "").strip():
            raise FactMissing(letter_name(type(self)), "confirm_url")


@dataclass(frozen=True, kw_only=True, repr=False)
class RenewalWaiting(LetterFacts):
    """The card expires, and its renewal waits for the holder to act."""

    tracking_code: str
    waits_in: WaitsIn
    expires_on: date
    days_left: int
    unsubscribe_url: str = field(metadata=_SECRET)

    @property
    def page(self) -> str:
        """Where the holder does what it waits for."""
        return page_of(Kind.CARD_RENEWAL, self.tracking_code, self.waits_in)


@dataclass(frozen=True, kw_only=True, repr=False)
class ProfileReminder(LetterFacts):
    """The data on file were not confirmed for long, or never: the holder is asked to look."""

    may_be_empty: ClassVar[frozenset[str]] = frozenset({"last_confirmed_on"})

    #: As the card prints it, with its dash.
    registration_number: str
    #: None where they were never confirmed with us.
    last_confirmed_on: date | None
    #: Shows the data, and the button that confirms them; opening it changes nothing.
    confirm_url: str = field(metadata=_SECRET)
    unsubscribe_url: str = field(metadata=_SECRET)

    @property
    def page(self) -> str:
        """Where details are changed that are not right."""
        return UPDATE


@dataclass(frozen=True, kw_only=True, repr=False)
class ReminderCorrection(LetterFacts):
    """What an earlier reminder said was not true, or was asked for too early."""

    may_be_empty: ClassVar[frozenset[str]] = frozenset({"expires_on"})

    registration_number: str
    #: The day on which the earlier one was sent.
    told_on: date
    #: The last day on which the card is valid; None where the earlier one was about the profile.
    expires_on: date | None
    unsubscribe_url: str = field(metadata=_SECRET)

    @property
    def page(self) -> str:
        """The card, where the earlier one was about it."""
        return CARD if self.expires_on else super().page


REMINDER_LETTERS: dict[str, type[LetterFacts]] = {
    letter_name(facts): facts
    for facts in (CardReminder, RenewalWaiting, ProfileReminder, ReminderCorrection)
}
