"""Sending a file: one POST, one file, one kind."""

import re
from collections.abc import Mapping
from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.requests import ClientDisconnect

from desk.documents.adding import add
from desk.documents.faults import UploadRefused, why_unusable
from desk.documents.standing import standing_of_new
from desk.policy import current_policy
from documents.faults import Fault, Unusable
from models.constraints import AlreadyTaken
from models.documents.documents import UploadUnknown
from portal.documents.answers import made, refused, said, shown
from portal.documents.asking import owner
from portal.documents.bodies import body_of
from portal.documents.forms import MOST_BEFORE, FormRefused, SentForm
from portal.documents.rooms import UploadRooms
from portal.web.clock import Now
from rules.documents.states import WITHOUT_CONTENT
from rules.findings.problems import problem
from rules.values.document_id import NotADocumentId, parse_document_id
from rules.values.document_kind import DocumentKind

router = APIRouter()

_LENGTH = re.compile(r"[0-9]{1,15}", re.ASCII)


@router.post("/documents")
async def upload(request: Request, now: Now) -> Response:
    """Take the one file of this form: 201 with the document as it stands.

    Answers 413, 415, 422, 409 or 429 with the problem and its sentences; then nothing is kept. Who
    goes away before the form has ended gets no answer, and nothing is kept either.
    """
    registration_number = await owner(request)
    rooms: UploadRooms = request.app.state.rooms
    try:
        with rooms.taken(registration_number):
            return await _take(request, registration_number, now)
    except FormRefused as found:
        return refused([said(found.code)], status=found.status)
    except (UploadUnknown, NotADocumentId):
        return refused([problem("document_unknown", "replaces")])
    except (UploadRefused, AlreadyTaken) as found:
        return refused(found.problems)
    except ClientDisconnect:
        return Response()  # nobody is there to read it


async def _take(request: Request, registration_number: str, now: datetime) -> Response:
    refuse_by_its_head(request)
    form = SentForm(request.headers.get("content-type", ""), body_of(request))
    fields = await form.fields()
    kept = await add(
        form.file(),
        kind=_kind(fields),
        owner=registration_number,
        replaces=_replaced(fields),
        now=now,
    )
    document = standing_of_new(kept, now=now)
    if document.state in WITHOUT_CONTENT:
        return refused(document.problems, document=shown(document))
    return made(document)


def refuse_by_its_head(request: Request) -> None:
    """Raise what can be said before a byte of the body is read: `FormRefused`, `UploadRefused`."""
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise FormRefused("form_not_multipart", status=415)
    limit = current_policy().limits.document_bytes
    announced = request.headers.get("content-length", "0")
    if not _LENGTH.fullmatch(announced) or int(announced) > limit + MOST_BEFORE:
        raise UploadRefused([why_unusable(Unusable(Fault.TOO_BIG, {"limit_bytes": limit}))])


def _kind(fields: Mapping[str, str]) -> DocumentKind:
    try:
        return DocumentKind(fields.get("kind", ""))
    except ValueError:
        raise UploadRefused([problem("document_kind_unknown", "kind")]) from None


def _replaced(fields: Mapping[str, str]) -> str | None:
    named = fields.get("replaces")
    return parse_document_id(named) if named else None
