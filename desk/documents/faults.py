"""What a person reads about a file that cannot be taken, with its cure."""

from collections.abc import Iterable

from documents.faults import Fault, Unusable
from rules.errors import Refused
from rules.findings.problems import Problem, problem
from rules.values.sizes import Size


class UploadRefused(Refused):
    """The file is not taken, or not in this place; ``problems`` says why, in both languages."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(
            "; ".join(f"{found.field}: {found.sentence.en}" for found in self.problems)
        )


def why_unusable(unusable: Unusable) -> Problem:
    """The sentence for this file."""
    facts = dict(unusable.facts)
    if unusable.fault is Fault.TOO_BIG:
        return problem("file_too_big", "document", limit=Size(facts["limit_bytes"]))
    return problem(f"file_{unusable.fault}", "document", **facts)
