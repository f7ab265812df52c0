"""Doubts: what the checks let pass for an officer to look at.

A doubt is never a problem: the applicant is not told, and nothing is sent back for it. It is kept
with the request, so that the officer sees which field raised which doubt, and against what.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from rules.findings.both_languages import InBoth
from rules.findings.catalogue import CATALOGUE

#: Another practitioner has the identity number; no policy lets this pass without an officer.
IDENTITY_NUMBER_HELD = "identity_number_held"
#: Another practitioner's open request asks for the same identity number.
IDENTITY_NUMBER_WANTED = "identity_number_wanted"
#: The holder's card cannot be renewed any more: their old record is revived.
REGISTERED_BEFORE = "registered_before"
#: Somebody on the register has the same names and date of birth, and another identity number.
SAME_PERSON_ON_FILE = "same_person_on_file"
#: Another open registration gives the same names and date of birth.
SAME_PERSON_WANTED = "same_person_wanted"
#: Contact details were taken back not long ago; neither mailbox is believed without an officer.
CONTACT_DISPUTED = "contact_disputed"


@dataclass(frozen=True)
class Doubt:
    """One doubt about one field; ``code`` is one of `rules.findings.catalogue`."""

    code: str
    field: str
    #: What the value stands against, for officers alone: the official value, or whose number it is.
    against: str = ""

    @property
    def sentence(self) -> InBoth:
        """The doubt for people."""
        return InBoth(*CATALOGUE[self.code])

    def to_json(self) -> dict[str, str]:
        """The doubt as a JSON object."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: str | Mapping[str, Any]) -> "Doubt":
        """The doubt that `to_json` wrote; of requests from before doubts had fields, the code."""
        if isinstance(stored, str):
            return cls(stored, "")
        return cls(stored["code"], stored["field"], stored["against"])
