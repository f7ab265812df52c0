"""What a person reads about a file that cannot be taken, with its cure."""

from collections.abc import Iterable

from documents.faults import Fault, Unusable
from models.documents.documents import Upload
from rules.documents.states import DocumentState
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


def why_it_cannot_be_shown(upload: Upload) -> Problem | None:
    """The sentence for an upload that the scanner or drawing it found useless; else None."""
    if upload.fault is not None:
        return why_unusable(Unusable(Fault(upload.fault), upload.fault_facts))
    if upload.state is DocumentState.SUSPECT:
        return problem("document_suspect", "document")
    return None
