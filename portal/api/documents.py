"""Documents: sent as one form with one file, and asked after."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from starlette.requests import ClientDisconnect

from desk.accounts.machine_keys import Calling
from desk.documents.faults import UploadRefused
from desk.documents.standing import DocumentStanding
from desk.machines.documents import (
    read_document,
    send_document,
    send_document_of_newcomer,
)
from portal.api.answers import answer, problem_answer
from portal.api.calling import machine
from portal.api.shapes import DocumentShown
from portal.documents.answers import said as said_of_form
from portal.documents.answers import status_of
from portal.documents.bodies import body_of
from portal.documents.forms import FormRefused, SentForm
from portal.documents.rooms import UploadRooms
from portal.documents.uploading import refuse_by_its_head
from portal.web.clock import Now
from rules.accounts.machines import MachineAct
from rules.documents.states import WITHOUT_CONTENT
from rules.findings.problems import Problem, problem
from rules.values.document_id import parse_document_id
from rules.values.document_kind import DocumentKind

router = APIRouter()

_NUMBER, _EMAIL = "registration_number", "email"


@router.post("/documents")
async def upload_document(
    request: Request,
    calling: Annotated[Calling, Depends(machine("upload_document", MachineAct.HAND_IN))],
    now: Now,
) -> Response:
    """Take the one file of this form for a practitioner, or for who is to be registered."""
    rooms: UploadRooms = request.app.state.rooms
    try:
        with rooms.taken(calling.name):
            return await _take(request, calling, now)
    except FormRefused as found:
        return _refused(said_of_form(found.code), status=found.status)
    except UploadRefused as found:
        return _refused(found.problems[0])
    except ClientDisconnect:
        return Response()  # nobody is there to read it


@router.get("/documents/{document_id}")
async def read_uploaded_document(
    request: Request,
    document_id: str,
    calling: Annotated[Calling, Depends(machine("read_uploaded_document", MachineAct.READ))],
    now: Now,
) -> Response:
    """How a document stands."""
    found = await read_document(calling, parse_document_id(document_id), now=now)
    return answer(request, DocumentShown.of(found))


async def _take(request: Request, calling: Calling, now: datetime) -> Response:
    refuse_by_its_head(request)
    form = SentForm(
        request.headers.get("content-type", ""), body_of(request), also=frozenset({_NUMBER, _EMAIL})
    )
    fields = await form.fields()
    found = await _sent(calling, form, fields, now)
    if found.state in WITHOUT_CONTENT:
        return _refused(found.problems[0])
    headers = {"Location": f"{request.scope['root_path']}/documents/{found.id}"}
    return answer(request, DocumentShown.of(found), status=201, headers=headers)


async def _sent(
    calling: Calling, form: SentForm, fields: Mapping[str, str], now: datetime
) -> DocumentStanding:
    kind = _kind(fields)
    if _EMAIL not in fields:
        return await send_document(
            calling,
            form.file(),
            registration_number=fields.get(_NUMBER, ""),
            kind=kind,
            replaces=parse_document_id(fields["replaces"]) if fields.get("replaces") else None,
            now=now,
        )
    if beside := fields.keys() & {_NUMBER, "replaces"}:
        raise UploadRefused([problem("field_unknown", name) for name in sorted(beside)])
    email = fields[_EMAIL]
    return await send_document_of_newcomer(calling, form.file(), email=email, kind=kind, now=now)


def _kind(fields: Mapping[str, str]) -> DocumentKind:
    try:
        return DocumentKind(fields.get("kind", ""))
    except ValueError:
        raise UploadRefused([problem("document_kind_unknown", "kind")]) from None


def _refused(found: Problem, *, status: int | None = None) -> Response:
    code = "malformed" if found.code.isdigit() else found.code
    return problem_answer(status or status_of(found), code, found.sentence, problems=(found,))
