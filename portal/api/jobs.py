"""Files of submissions: taken as jobs, and asked after."""

import re
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from desk.accounts.machine_keys import Calling
from desk.documents.faults import UploadRefused
from desk.kinds.reading import SubmissionRefused
from desk.machines import files
from desk.machines.files import SentFile
from desk.policy import current_policy
from desk.requests.submission_files import takes
from models.connections import CALLS, limited
from models.submission_jobs import JobUnknown
from portal.api.answers import answer, problem_answer
from portal.api.bodies import idempotency_key, page_size
from portal.api.calling import machine
from portal.api.job_shapes import JobRead, JobRows
from portal.documents.answers import said as said_of_form
from portal.documents.bodies import body_of
from portal.documents.forms import FormRefused
from portal.documents.rooms import UploadRooms
from portal.web.clock import Now
from rules.accounts.machines import MachineAct
from rules.findings.problems import problem
from rules.requests.file_forms import FileForm
from rules.requests.statuses import Kind
from rules.values.sizes import Size

router = APIRouter()

#: By form: the type, and the charsets that it may be said to be in; a file is read as what it is.
_TYPES = (
    (FileForm.CSV, r"text/csv", r"utf-(?:8|16)"),
    (FileForm.JSON_LINES, r"application/(?:x-ndjson|jsonl)", r"utf-8"),
)
_TYPE = r"{type}\s*(?:;\s*charset\s*=\s*\"?{charset}\"?\s*)?"
_FORMS = {
    form: re.compile(_TYPE.format(type=name, charset=charset), re.ASCII | re.IGNORECASE)
    for form, name, charset in _TYPES
}
_LENGTH = re.compile(r"[0-9]{1,15}", re.ASCII)
_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)
_CURSOR = re.compile(r"l(0|[1-9][0-9]{0,8})", re.ASCII)
_FIRST = "l0"
_NOT_ACCEPTED, _TOO_LARGE = 415, 413
_SAID = {"true": True, "false": False}


@router.post("/submission-files")
async def submit_file(
    request: Request,
    calling: Annotated[Calling, Depends(machine("submit_file", MachineAct.HAND_IN))],
    now: Now,
) -> Response:
    """Take a file of submissions as a job."""
    rooms: UploadRooms = request.app.state.file_rooms
    try:
        with rooms.taken(calling.name):
            return await _take(request, calling, now)
    except FormRefused as slow:
        found = said_of_form(slow.code)
        return problem_answer(slow.status, slow.code, found.sentence, problems=(found,))
    except UploadRefused as large:
        (found,) = large.problems
        return problem_answer(_TOO_LARGE, found.code, found.sentence, problems=(found,))
    except ClientDisconnect:
        return Response()  # nobody is there to read it


@router.get("/jobs/{job_id}")
async def read_job(
    request: Request,
    job_id: str,
    calling: Annotated[Calling, Depends(machine("read_job", MachineAct.READ))],
) -> Response:
    """How far a file is."""
    return answer(request, JobRead.of(await files.read_job(calling, _job_id(job_id))))


@router.get("/jobs/{job_id}/rows")
async def list_job_rows(
    request: Request,
    job_id: str,
    calling: Annotated[Calling, Depends(machine("list_job_rows", MachineAct.READ))],
) -> Response:
    """What became of the rows behind ``cursor``; ``limit`` at most."""
    return await _rows(request, calling, job_id, with_problems=False)


@router.get("/jobs/{job_id}/problems")
async def list_job_problems(
    request: Request,
    job_id: str,
    calling: Annotated[Calling, Depends(machine("list_job_problems", MachineAct.READ))],
) -> Response:
    """Those of them that are to be put right."""
    return await _rows(request, calling, job_id, with_problems=True)


async def _take(request: Request, calling: Calling, now: datetime) -> Response:
    kind, is_check, day_first = _kind(request), _said(request, "check"), _said(request, "day_first")
    form = _form(request)
    if not takes(form, kind):
        raise HTTPException(_NOT_ACCEPTED)
    sent = SentFile(
        content=await _content(request),
        form=form,
        kind=kind,
        is_check=is_check,
        day_first=day_first,
    )
    with limited(CALLS):
        key = idempotency_key(request)
        found = JobRead.of(await files.hand_file_in(calling, sent, key=key, now=now))
    headers = {"Location": f"{request.scope['root_path']}/jobs/{found.id}"}
    return answer(request, found, status=202, headers=headers)


async def _rows(
    request: Request, calling: Calling, job_id: str, *, with_problems: bool
) -> Response:
    cursor = _CURSOR.fullmatch(request.query_params.get("cursor", _FIRST))
    if cursor is None:
        raise SubmissionRefused([problem("cursor_unknown", "cursor")])
    found = await files.list_rows(
        calling,
        _job_id(job_id),
        after=int(cursor[1]),
        limit=page_size(request),
        with_problems=with_problems,
    )
    return answer(request, JobRows.of(found))


async def _content(request: Request) -> bytes:
    """All of the file; no further than it is wanted."""
    most = current_policy().api.file_bytes
    announced = request.headers.get("content-length", "0")
    too_large = UploadRefused([problem("file_too_big", "file", limit=Size(most))])
    if not _LENGTH.fullmatch(announced) or int(announced) > most:
        raise too_large
    pieces, size = [], 0
    async for piece in body_of(request):
        pieces.append(piece)
        size += len(piece)
        if size > most:
            raise too_large
    return b"".join(pieces)


def _form(request: Request) -> FileForm:
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise HTTPException(_NOT_ACCEPTED)
    sent = request.headers.get("content-type", "")
    for form, types in _FORMS.items():
        if types.fullmatch(sent):
            return form
    raise HTTPException(_NOT_ACCEPTED)


def _kind(request: Request) -> Kind:
    try:
        return Kind(request.query_params.get("kind", Kind.PROFILE_UPDATE))
    except ValueError:
        raise SubmissionRefused([problem("wrong_type", "kind")]) from None


def _said(request: Request, name: str) -> bool:
    said = request.query_params.get(name, "false")
    if said not in _SAID:
        raise SubmissionRefused([problem("wrong_type", name)])
    return _SAID[said]


def _job_id(typed: str) -> UUID:
    if _ID.fullmatch(typed) is None:
        raise JobUnknown
    return UUID(typed)
