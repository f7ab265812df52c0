"""What was submitted in a returned request, and what of it can be changed."""

from collections.abc import Mapping
from dataclasses import dataclass

from rules.findings.problems import Problem
from rules.requests.drafted_documents import Typed

#: Named by a mark that means all of them.
DOCUMENTS = "documents"


@dataclass(frozen=True, repr=False)
class CorrectedByParts:
    """Of a request whose draft has parts; each kind has its own."""

    #: What was submitted, by part.
    submitted: Mapping[str, Typed]
    #: What was marked.
    marks: tuple[Problem, ...]
    #: Of the submitted parts, those that were marked, or that the rules refuse by now: without
    #: putting these right it could not be sent.
    open_parts: frozenset[str]

    def may_change(self, part: str) -> bool:
        """Whether the part can be changed; one that was not submitted can be added."""
        return part not in self.submitted or part in self.open_parts
