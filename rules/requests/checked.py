"""What a kind's rules make of a submission."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from rules.findings.doubts import Doubt
from rules.findings.problems import Problem
from rules.policy.policy import Policy
from rules.register.official_record import OfficialRecord
from rules.register.profile import ProfileOnFile
from rules.requests.review import ReviewNeed, doubts_need


@dataclass(frozen=True, kw_only=True)
class Checked:
    """All problems at once, and what the request would bring into force.

    With problems the rest is only what could be read beside them.
    """

    problems: tuple[Problem, ...]
    #: JSON, for the request's row.
    normalised: Mapping[str, Any]
    review: ReviewNeed
    #: The profile as it would stand, where identity fields change: it must equal the official
    #: record. None where they stay as they are.
    identity: ProfileOnFile | None
    #: The uploads that it names; with no problems all of them are the applicant's, and ready.
    uploads: tuple[str, ...] = ()
    #: What the official register answered about ``identity``, once it was asked.
    official: OfficialRecord | None = None
    #: Whether the birth date was typed in Hijri, whose tables differ by a day.
    born_in_hijri: bool = False
    #: The e-mail address that it would put on file in place of another one.
    new_email: str | None = None

    def with_doubts(self, doubts: Collection[Doubt], policy: Policy) -> Self:
        """The same with more doubts for an officer to look at."""
        if not doubts:
            return self
        stored = [*self.normalised["warnings"], *(doubt.to_json() for doubt in doubts)]
        return replace(
            self,
            normalised={**self.normalised, "warnings": stored},
            review=self.review | doubts_need(doubts, policy),
        )
