"""What an officer reads in a document, beside what is stated of it."""

from collections.abc import Mapping
from datetime import date, datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response

from desk.accounts.signed_in import SignedIn
from desk.cases.case import Case, read_case
from desk.cases.documents import CaseDocument
from desk.looks import Looker
from desk.requests.at_the_gate import ClaimedByAnother, DecisionWaits, ReviewAlreadyDecided
from desk.requests.document_reading import ReadingRefused, read_document
from desk.requests.second_look import ChangedSinceReview
from models.documents.documents import UploadUnknown
from portal.forms.fields import BoxKind, FilledForm, Form, FormField
from portal.forms.sending import texts_of
from portal.officers.case import document_of
from portal.officers.start import (
    CASE,
    REFUSED,
    UNREADABLE,
    Reviewer,
    code_of,
    name_of,
    round_in,
    to_case,
)
from portal.web.clock import Now
from portal.web.csrf import FIELD, is_ours
from portal.web.forms import SWITCH
from portal.web.languages import page_language
from portal.web.pages import page
from portal.web.sentences import said
from rules.findings.both_languages import InBoth
from rules.findings.problems import ValueRefused
from rules.requests.document_readings import UNREADABLE as NOT_READABLE
from rules.requests.document_readings import DocumentRead, as_stated
from rules.values.dates import parse_date
from rules.values.typed_days import day_in

router = APIRouter()

READ_IT = CASE + "/documents/{upload_id}"
_READING = Form(
    (
        FormField(name="issuer"),
        FormField(name="issued_on", kind=BoxKind.DATE, has_hint=True),
        FormField(name="expires_on", kind=BoxKind.DATE, optional=True),
    )
)
Mistakes = Mapping[str, tuple[InBoth, ...]]


@router.get(READ_IT)
async def show(code: str, upload_id: str, request: Request, who: Reviewer, now: Now) -> Response:
    """All its pages, what is stated, and the boxes for what it shows."""
    case, document = await _document(code, upload_id, who, now)
    return _page(request, case, document, {}, now=now)


@router.post(READ_IT)
async def keep(code: str, upload_id: str, request: Request, who: Reviewer, now: Now) -> Response:
    """Keep what was read, and go back to the case; the last reading of a round counts."""
    case, document = await _document(code, upload_id, who, now)
    known = case.gate.tracking_code
    sent = await texts_of(request, (FIELD, SWITCH, "how", "round", *_READING.boxes))
    typed = {box: sent[box] for box in _READING.boxes}
    if sent[SWITCH]:
        return _page(request, case, document, typed, now=now)
    if not is_ours(request, sent[FIELD]):
        again = {"": (said("form.again"),)}
        return _page(request, case, document, typed, again, REFUSED, now=now)
    try:
        reading = _reading(sent["how"], document, typed)
        await read_document(
            known,
            document_of(upload_id),
            name_of(who),
            reading,
            now=now,
            round_=round_in(sent["round"]),
        )
    except ReadingRefused as refused:
        wrong = {found.field: (found.sentence,) for found in refused.problems}
        return _page(request, case, document, typed, wrong, UNREADABLE, now=now)
    except _NotADay as refused:
        return _page(request, case, document, typed, refused.mistakes, UNREADABLE, now=now)
    except (ClaimedByAnother, DecisionWaits, ReviewAlreadyDecided, ChangedSinceReview):
        # The case's own page says who has it, and where it stands.
        return to_case(request, known)
    return to_case(request, known)


class _NotADay(Exception):
    """What stands in the boxes of a day is none."""

    def __init__(self, mistakes: Mistakes) -> None:
        super().__init__()
        self.mistakes = mistakes


async def _document(
    code: str, upload_id: str, who: SignedIn, now: datetime
) -> tuple[Case, CaseDocument]:
    """The case, and the document, which a round of it names."""
    case = await read_case(code_of(code), by=Looker.officer(name_of(who)), now=now)
    wanted = document_of(upload_id)
    for document in case.documents:
        if document.file is not None and document.file.upload.id == wanted:
            return case, document
    raise UploadUnknown


def _reading(how: str, document: CaseDocument, typed: Mapping[str, str]) -> DocumentRead:
    """What the officer says; raises `_NotADay`."""
    if how == "unreadable":
        return NOT_READABLE
    if how == "as_stated" and document.stated is not None:
        return as_stated(document.stated)
    days, mistakes = dict[str, date | None](), dict[str, tuple[InBoth, ...]]()
    for name in ("issued_on", "expires_on"):
        text = day_in(typed, name).text
        try:
            days[name] = parse_date(text) if text else None
        except ValueRefused as refused:
            mistakes[name] = (refused.about(name).sentence,)
    if mistakes:
        raise _NotADay(mistakes)
    return DocumentRead(
        issuer=typed["issuer"], issued_on=days["issued_on"], expires_on=days["expires_on"]
    )


def _page(
    request: Request,
    case: Case,
    document: CaseDocument,
    typed: Mapping[str, str],
    mistakes: Mistakes | None = None,
    status: int = 200,
    *,
    now: datetime,
) -> Response:
    upload = document.file.upload if document.file else None
    if upload is None:
        raise UploadUnknown
    return page(
        "desk/document.html",
        request,
        page_language(request),
        status=status,
        path=READ_IT.format(code=case.gate.tracking_code, upload_id=upload.id),
        tracking_code=case.gate.tracking_code,
        round=case.gate.round,
        document=document,
        upload_id=upload.id,
        pages=(upload.pages or 0) if document.is_shown(now) else 0,
        told=document.said(now),
        filled=FilledForm(_READING, typed, mistakes or {}, {}),
    )
