"""How a returned registration is corrected: what was submitted, and what of it can be changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from desk.kinds.reading import SubmissionRefused
from desk.requests.submission import rehearse
from models.drafts import Draft
from models.requests import Request
from rules.findings.both_languages import InBoth
from rules.findings.problems import Problem
from rules.registration.drafted import DraftedRegistration, content_of, drafted_parts
from rules.requests.drafted_documents import Content
from rules.requests.statuses import Kind

#: Named by a mark that means all of them.
_DOCUMENTS, _CERTIFICATES = "documents", "certificates"


@dataclass(frozen=True, repr=False)
class RegistrationCorrection:
    """What was submitted in a returned registration, and what of it can be changed."""

    #: What was submitted, by part.
    submitted: Content
    #: What was marked.
    marks: tuple[Problem, ...]
    #: By part and box, the marks' words; of the box "" they concern all of it.
    words: Mapping[str, tuple[tuple[str, InBoth], ...]]
    #: Of the submitted parts, those that were marked, or that the rules refuse by now.
    open_parts: frozenset[str]

    def may_change(self, part: str) -> bool:
        """Whether the part can be changed; one that was not submitted can be added."""
        return part not in self.submitted or part in self.open_parts


async def registration_correction(request: Request, *, now: datetime) -> RegistrationCorrection:
    """How this returned registration is corrected, by its marks and by the rules as of now."""
    content, parts = content_of(request.submission), drafted_parts(request.submission)
    marks = tuple(map(Problem.from_json, request.corrections))
    refused = await found_in(
        DraftedRegistration(dict(request.submission), parts.certificates, parts.documents),
        request,
        None,
        now=now,
    )
    words: dict[str, tuple[tuple[str, InBoth], ...]] = {}
    is_open: set[str] = set()
    for mark in marks:
        place = parts.place_of(mark)
        for part in _marked(mark, place[0] if place else None, content, parts):
            words[part] = (*words.get(part, ()), (place[1] if place else "", mark.sentence))
            is_open.add(part)
    is_open |= {place[0] for each in refused if (place := parts.place_of(each))}
    return RegistrationCorrection(content, marks, words, frozenset(is_open & content.keys()))


def _marked(
    mark: Problem, part: str | None, content: Content, parts: DraftedRegistration
) -> tuple[str, ...]:
    """The submitted parts that a mark is on; one that names no place is on all of them."""
    if part is not None:
        return (part,)
    if mark.field == _DOCUMENTS:
        return parts.documents
    return parts.certificates if mark.field == _CERTIFICATES else tuple(content)


async def found_in(
    made: DraftedRegistration, corrects: Request | None, draft: Draft | None, *, now: datetime
) -> tuple[Problem, ...]:
    """What the rules say of it, for a new request or the correction of one. Changes nothing."""
    try:
        checked = await rehearse(
            Kind.REGISTRATION,
            made.document,
            now=now,
            tracking_code=corrects.tracking_code if corrects else None,
            draft=draft,
        )
    except SubmissionRefused as refused:
        return refused.problems
    return checked.problems
