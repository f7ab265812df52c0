"""What is answered in JSON: a document as it stands, or problems with their sentences."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse

from desk.documents.standing import DocumentStanding
from portal.web.sentences import sentences
from rules.findings.both_languages import InBoth
from rules.findings.problems import Problem

#: What a problem of the catalogue is answered with; any other with 422.
_STATUSES: Mapping[str, int] = {
    "file_too_big": 413,
    "file_too_big_by": 413,
    "file_wrong_type": 415,
    "file_two_types": 415,
    "too_many_uploads": 429,
    "document_in_hand": 409,
    "document_replaced_already": 409,
}
_UNUSABLE = 422


def said(code: str) -> Problem:
    """A problem of these pages' own, from ``templates/portal/sentences/documents.toml``."""
    sentence = sentences()[f"documents.{code}"]
    return Problem(code, "document", InBoth(sentence["ar"], sentence["en"]))


def status_of(found: Problem) -> int:
    """What this problem of the catalogue is answered with."""
    return _STATUSES.get(found.code, _UNUSABLE)


def refused(
    problems: Sequence[Problem], *, status: int | None = None, **facts: Any
) -> JSONResponse:
    """The problems, with the status of the first where none is given."""
    return _problems(status or status_of(problems[0]), problems, **facts)


def standing(document: DocumentStanding) -> JSONResponse:
    """The document as it stands."""
    return JSONResponse(shown(document))


def made(document: DocumentStanding) -> JSONResponse:
    """The document that was kept, and where to ask how it stands."""
    headers = {"Location": f"/documents/{document.id}"}
    return JSONResponse(shown(document), status_code=201, headers=headers)


def shown(document: DocumentStanding) -> dict[str, Any]:
    """The document as JSON; instants are in UTC."""
    return {
        "id": document.id,
        "kind": document.kind,
        "state": document.state,
        "pages": document.pages,
        "kept_until": None if document.kept_until is None else document.kept_until.isoformat(),
        "problems": [found.to_json() for found in document.problems],
    }


def error_answer(
    _: Request,
    status: int,
    *,
    error_id: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """What an error is told as; a status without a sentence of its own reads as 400."""
    code = f"{status}" if f"documents.{status}" in sentences() else "400"
    facts = {} if error_id is None else {"error_id": error_id}
    return _problems(status, [said(code)], headers=headers, **facts)


def _problems(
    status: int,
    found: Iterable[Problem],
    *,
    headers: Mapping[str, str] | None = None,
    **facts: Any,
) -> JSONResponse:
    content = {"problems": [each.to_json() for each in found], **facts}
    return JSONResponse(content, status_code=status, headers=headers)
