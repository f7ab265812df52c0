"""What a person reads about a file that cannot be taken, or not yet, with its cure."""

from collections.abc import Iterable, Mapping

from documents.faults import Fault, Unusable
from models.documents.documents import Upload
from rules.documents.states import DocumentState
from rules.errors import Misconfigured, Refused, WrongUsage
from rules.findings.problems import Problem, problem
from rules.values.sizes import Size, SizeOfFile

_IN_THE_WAY: Mapping[DocumentState, str] = {
    DocumentState.RECEIVED: "document_being_checked",
    DocumentState.UNSCANNED: "document_being_checked",
    DocumentState.CLEAN: "document_being_checked",
    DocumentState.UNREADABLE: "document_unreadable",
    DocumentState.REPLACED: "document_gone",
    DocumentState.DESTROYED: "document_gone",
}


class UploadRefused(Refused):
    """The file is not taken, or not in this place; ``problems`` says why, in both languages."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(
            "; ".join(f"{found.field}: {found.sentence.en}" for found in self.problems)
        )


class PathUnreadable(WrongUsage):
    """The path that was given is not a file that can be read."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the file cannot be read: {reason}")


class ScannerMissing(Misconfigured):
    """Policy takes no file that nobody scanned, and MUMARIS_CLAMD names no scanner."""


def why_unusable(unusable: Unusable, *, size_bytes: int | None = None) -> Problem:
    """The sentence for this file; of one that is too big with its size, where that is known."""
    facts = dict(unusable.facts)
    if unusable.fault is Fault.TOO_BIG:
        limit = Size(facts["limit_bytes"])
        if size_bytes is None:
            return problem("file_too_big", "document", limit=limit)
        return problem("file_too_big_by", "document", size=SizeOfFile(size_bytes), limit=limit)
    return problem(f"file_{unusable.fault}", "document", **facts)


def why_it_cannot_be_shown(upload: Upload) -> Problem | None:
    """The sentence for an upload that the scanner or drawing it found useless; else None."""
    if upload.state is DocumentState.UNREADABLE and upload.fault is not None:
        return why_unusable(Unusable(Fault(upload.fault), upload.fault_facts))
    if upload.state is DocumentState.SUSPECT:
        return problem("document_suspect", "document")
    return None


def what_stands_in_the_way(upload: Upload) -> Problem | None:
    """Why no request may name the document as it stands, with the cure; None where one may."""
    if (found := why_it_cannot_be_shown(upload)) is not None:
        return found
    code = _IN_THE_WAY.get(upload.state)
    return None if code is None else problem(code, "document")
