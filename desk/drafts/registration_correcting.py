"""How a returned registration is corrected: what was submitted, and what of it can be changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from desk.drafts.corrections import DOCUMENTS, CorrectedByParts
from desk.drafts.rehearsing import problems_of
from models.requests import Request
from rules.findings.both_languages import InBoth
from rules.findings.problems import Problem
from rules.registration.drafted import DraftedRegistration, content_of, drafted_parts
from rules.requests.drafted_documents import Content
from rules.requests.statuses import Kind

#: Named by a mark that means all of them.
_CERTIFICATES = "certificates"


@dataclass(frozen=True, repr=False)
class RegistrationCorrection(CorrectedByParts):
    """Of a returned registration."""

    #: By part and box, the marks' words; of the box "" they concern all of it.
    words: Mapping[str, tuple[tuple[str, InBoth], ...]]


async def registration_correction(request: Request, *, now: datetime) -> RegistrationCorrection:
    """How this returned registration is corrected, by its marks and by the rules as of now."""
    content, parts = content_of(request.submission), drafted_parts(request.submission)
    marks = tuple(map(Problem.from_json, request.corrections))
    refused = await problems_of(Kind.REGISTRATION, request.submission, corrects=request, now=now)
    words: dict[str, tuple[tuple[str, InBoth], ...]] = {}
    is_open: set[str] = set()
    for mark in marks:
        place = parts.place_of(mark)
        for part in _marked(mark, place[0] if place else None, content, parts):
            words[part] = (*words.get(part, ()), (place[1] if place else "", mark.sentence))
            is_open.add(part)
    is_open |= {place[0] for each in refused if (place := parts.place_of(each))}
    return RegistrationCorrection(content, marks, frozenset(is_open & content.keys()), words)


def _marked(
    mark: Problem, part: str | None, content: Content, parts: DraftedRegistration
) -> tuple[str, ...]:
    """The submitted parts that a mark is on; one that names no place is on all of them."""
    if part is not None:
        return (part,)
    if mark.field == DOCUMENTS:
        return parts.documents
    return parts.certificates if mark.field == _CERTIFICATES else tuple(content)
