"""What a kind's rules make of a submission."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rules.problems import Problem
from rules.profile import ProfileOnFile
from rules.review import ReviewNeed


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
