"""What is answered: JSON with a tag that tells one version from another, or problems (RFC 9457)."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from math import ceil
from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel

from desk.accounts.machine_keys import MachineKeyRefused, NotForThisMachine
from desk.accounts.signed_in import NotForPractitioners, RoleMissing
from desk.machines.deciding import PersonNeeded
from desk.machines.files import FilesGoOn
from desk.requests.activation import NothingToResend
from desk.requests.payments import (
    AmountDiffers,
    NotAwaitingPayment,
    PaidOnImpossible,
    PaidOtherwise,
)
from desk.requests.submission import NotReturned
from desk.requests.withdrawal import WithdrawalTooLate
from models.cards import CardUnknown
from models.documents.documents import UploadUnknown
from models.payments import BillUnknown
from models.practitioners import PractitionerUnknown
from models.requests import RequestUnknown
from models.submission_jobs import JobUnknown
from portal.web.bearer import CHALLENGE
from portal.web.sentences import said, sentences
from rules.errors import MumarisError
from rules.findings.both_languages import InBoth
from rules.findings.problems import Problem
from rules.values.bill_number import NotABillNumber
from rules.values.document_id import NotADocumentId
from rules.values.tracking_code import NotATrackingCode

PROBLEM = "application/problem+json"
_NO_KEY, _OURS = 401, 500
#: What we answer where nothing more is known: a code by status, each with its sentence.
_BY_STATUS: Mapping[int, str] = {
    400: "malformed",
    401: "key_refused",
    403: "not_allowed",
    404: "unknown",
    405: "method_not_allowed",
    408: "too_slow",
    409: "conflict",
    413: "too_large",
    415: "not_json",
    422: "refused",
    429: "too_often",
    500: "broken",
    503: "away",
}
#: Codes of our errors: what programs tell apart. An error that is not here has its branch's.
_BY_ERROR: Mapping[type[MumarisError], tuple[int, str]] = {
    MachineKeyRefused: (401, "key_refused"),
    NotForThisMachine: (403, "not_for_this_machine"),
    PersonNeeded: (403, "person_needed"),
    RoleMissing: (403, "role_missing"),
    NotForPractitioners: (403, "role_missing"),
    # What is no number of ours is as unknown as one that nobody has.
    RequestUnknown: (404, "request_unknown"),
    NotATrackingCode: (404, "request_unknown"),
    JobUnknown: (404, "job_unknown"),
    UploadUnknown: (404, "document_unknown"),
    NotADocumentId: (404, "document_unknown"),
    PractitionerUnknown: (404, "practitioner_unknown"),
    CardUnknown: (404, "card_unknown"),
    BillUnknown: (404, "bill_unknown"),
    NotABillNumber: (404, "bill_unknown"),
    FilesGoOn: (429, "files_go_on"),
    NotReturned: (409, "not_returned"),
    WithdrawalTooLate: (409, "withdrawal_too_late"),
    NothingToResend: (409, "nothing_to_resend"),
    NotAwaitingPayment: (409, "not_awaiting_payment"),
    PaidOtherwise: (409, "paid_otherwise"),
    PaidOnImpossible: (422, "paid_on_impossible"),
    AmountDiffers: (422, "another_currency"),
}
_ENTITY_TAG = re.compile(r'(?:W/)?"[^"]*"')


def answer(
    request: Request,
    shape: BaseModel,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The shape as JSON; 304 where a GET names the version that it is."""
    content = shape.model_dump_json().encode()
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    told = {"ETag": tag, "Cache-Control": "private, no-cache", **(headers or {})}
    if request.method == "GET" and _is_known(request, tag):
        return Response(status_code=304, headers=told)
    return Response(content, status_code=status, media_type="application/json", headers=told)


def error_answer(
    _: Request,
    status: int,
    *,
    error_id: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """The problem of this status; what has no sentence of its own reads as malformed."""
    facts: dict[str, Any] = {} if error_id is None else {"error_id": error_id}
    code = _BY_STATUS.get(status, "malformed")
    return problem_answer(status, code, said(f"api.{code}"), headers=headers, **facts)


async def refusal(request: Request, error: Exception) -> Response:
    """The problem that one of our errors is; what says that we are at fault goes on."""
    if not isinstance(error, MumarisError) or error.page_status >= _OURS:
        raise error
    status, code = _BY_ERROR.get(type(error), (error.page_status, _BY_STATUS[error.page_status]))
    problems: tuple[Problem, ...] = tuple(getattr(error, "problems", ()))
    headers = dict(CHALLENGE) if status == _NO_KEY else {}
    again_at = getattr(error, "again_at", None)
    if again_at is not None:
        wait = (again_at - request.state.now).total_seconds()
        headers["Retry-After"] = f"{max(1, ceil(wait))}"
    if problems:
        # The first one's code is the whole's, where there is but one.
        sentence = problems[0].sentence if len(problems) == 1 else said("api.refused")
        code = problems[0].code if len(problems) == 1 else "refused"
        return problem_answer(status, code, sentence, headers=headers, problems=problems)
    return problem_answer(status, code, said(f"api.{code}"), headers=headers)


def problem_answer(
    status: int,
    code: str,
    sentence: InBoth,
    *,
    headers: Mapping[str, str] | None = None,
    problems: Iterable[Problem] = (),
    **facts: Any,
) -> JSONResponse:
    """A problem as RFC 9457 has it, with our code, its sentence in both languages, and fields."""
    content = problem_content(status, code, sentence, problems) | facts
    return JSONResponse(content, status_code=status, headers=headers, media_type=PROBLEM)


def problem_content(
    status: int, code: str, sentence: InBoth, problems: Iterable[Problem] = ()
) -> dict[str, Any]:
    """The members of such a problem."""
    return {
        "type": f"urn:mumaris:problem:{code}",
        "title": sentence.en,
        "title_ar": sentence.ar,
        "status": status,
        "code": code,
        "problems": [each.to_json() for each in problems],
    }


def codes() -> frozenset[str]:
    """The codes that have a sentence of the API's own."""
    return frozenset(name[4:] for name in sentences() if name.startswith("api."))


def _is_known(request: Request, tag: str) -> bool:
    sent = ", ".join(request.headers.getlist("if-none-match"))
    if sent.strip() == "*":
        return True
    return tag in {found.removeprefix("W/") for found in _ENTITY_TAG.findall(sent)}
