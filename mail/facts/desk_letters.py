"""What the review desk's e-mails to its officers say: links and numbers, nobody's data.

They open nothing by themselves: whoever follows a link signs in first.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from mail.facts.letter import LetterFacts, letter_name
from mail.facts.pages import DESK, case_page


@dataclass(frozen=True, kw_only=True, repr=False)
class DeskFacts(LetterFacts):
    """What every e-mail of the desk knows. Officers are greeted without a name."""

    may_be_empty: ClassVar[frozenset[str]] = frozenset({"applicant_name_ar", "applicant_name_en"})


@dataclass(frozen=True, kw_only=True, repr=False)
class CaseFacts(DeskFacts):
    """What those about one case know; its code stands in the link to its page, and nowhere else."""

    tracking_code: str
    #: The last day of its review.
    due_on: date

    @property
    def page(self) -> str:
        """The case's own page."""
        return case_page(self.tracking_code)


@dataclass(frozen=True, kw_only=True, repr=False)
class CaseAssigned(CaseFacts):
    """Somebody else gave the officer a case."""

    #: Until then nobody else takes it.
    kept_until: datetime


@dataclass(frozen=True, kw_only=True, repr=False)
class CaseLate(CaseFacts):
    """A case that the officer has in hand is late."""


@dataclass(frozen=True, kw_only=True, repr=False)
class CaseEscalated(CaseFacts):
    """It is so late that operations have heard of it."""


@dataclass(frozen=True, kw_only=True, repr=False)
class DeskDigest(DeskFacts):
    """The desk in numbers on a working morning, as its pages say them: ``1,000+`` for any more."""

    #: When they were counted.
    as_of: datetime
    mine: str
    to_take: str
    second_officer: str
    late: str
    due_today: str

    @property
    def page(self) -> str:
        """Where the officer's day begins."""
        return DESK


#: By its name, which is its folder's.
DESK_LETTERS: dict[str, type[LetterFacts]] = {
    letter_name(facts): facts for facts in (CaseAssigned, CaseLate, CaseEscalated, DeskDigest)
}
#: Those about one case.
CASE_LETTERS = frozenset(
    name for name, facts in DESK_LETTERS.items() if issubclass(facts, CaseFacts)
)
