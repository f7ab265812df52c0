"""Requests: handed in, read, listed, corrected, withdrawn; and a new link for one."""

import re
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from desk.accounts.machine_keys import Calling
from desk.kinds.reading import SubmissionRefused
from desk.machines import handing_in, reading
from portal.api.answers import answer
from portal.api.bodies import code_of, idempotency_key, json_body, page_size
from portal.api.calling import machine
from portal.api.shapes import ChangedRequests, RequestInShort, RequestRead
from portal.web.clock import Now
from rules.accounts.machines import MachineAct
from rules.findings.problems import problem
from rules.requests.statuses import Kind

router = APIRouter()

_CURSOR = re.compile(r"e(0|[1-9][0-9]{0,17})", re.ASCII)
_FIRST = "e0"


@router.post("/profile-updates")
async def submit_profile_update(
    request: Request,
    calling: Annotated[Calling, Depends(machine("submit_profile_update", MachineAct.HAND_IN))],
    now: Now,
) -> Response:
    """Hand a profile update in."""
    return await _hand_in(request, calling, Kind.PROFILE_UPDATE, now)


@router.post("/card-renewals")
async def submit_card_renewal(
    request: Request,
    calling: Annotated[Calling, Depends(machine("submit_card_renewal", MachineAct.HAND_IN))],
    now: Now,
) -> Response:
    """Hand a card renewal in."""
    return await _hand_in(request, calling, Kind.CARD_RENEWAL, now)


@router.post("/registrations")
async def submit_registration(
    request: Request,
    calling: Annotated[Calling, Depends(machine("submit_registration", MachineAct.HAND_IN))],
    now: Now,
) -> Response:
    """Hand a first registration in."""
    return await _hand_in(request, calling, Kind.REGISTRATION, now)


@router.get("/requests")
async def list_changed_requests(
    request: Request,
    calling: Annotated[Calling, Depends(machine("list_changed_requests", MachineAct.READ))],
    now: Now,
) -> Response:
    """The requests that changed since ``cursor``; ``limit`` at most."""
    cursor = _CURSOR.fullmatch(request.query_params.get("cursor", _FIRST))
    if cursor is None:
        raise SubmissionRefused([problem("cursor_unknown", "cursor")])
    limit = page_size(request)
    found = await reading.list_changed(calling, cursor=int(cursor[1]), limit=limit, now=now)
    page = ChangedRequests(
        requests=tuple(map(RequestInShort.of, found.requests)),
        cursor=f"e{found.cursor}",
        more=found.more,
    )
    return answer(request, page)


@router.get("/requests/{code}")
async def read_request(
    request: Request,
    code: str,
    calling: Annotated[Calling, Depends(machine("read_request", MachineAct.READ))],
    now: Now,
) -> Response:
    """How a request stands."""
    return await _shown(request, calling, code_of(code), now)


@router.post("/requests/{code}/corrections")
async def correct_request(
    request: Request,
    code: str,
    calling: Annotated[Calling, Depends(machine("correct_request", MachineAct.HAND_IN))],
    now: Now,
) -> Response:
    """Hand the corrected submission of a returned request in, whole."""
    tracking_code = code_of(code)
    key, wish = idempotency_key(request), await json_body(request)
    await handing_in.correct(calling, tracking_code, wish, key=key, now=now)
    return await _shown(request, calling, tracking_code, now)


@router.post("/requests/{code}/withdrawal")
async def withdraw_request(
    request: Request,
    code: str,
    calling: Annotated[Calling, Depends(machine("withdraw_request", MachineAct.HAND_IN))],
    now: Now,
) -> Response:
    """Take a request back."""
    tracking_code = code_of(code)
    await handing_in.withdraw(calling, tracking_code, now=now)
    return await _shown(request, calling, tracking_code, now)


@router.post("/requests/{code}/activation-link")
async def resend_activation_link(
    request: Request,
    code: str,
    calling: Annotated[Calling, Depends(machine("resend_activation_link", MachineAct.HAND_IN))],
    now: Now,
) -> Response:
    """Have a new activation link e-mailed to the applicant."""
    tracking_code = code_of(code)
    await handing_in.resend(calling, tracking_code, now=now)
    return await _shown(request, calling, tracking_code, now)


async def _hand_in(request: Request, calling: Calling, kind: Kind, now: datetime) -> Response:
    key, wish = idempotency_key(request), await json_body(request)
    found = RequestRead.of_own(await handing_in.hand_in(calling, kind, wish, key=key, now=now))
    headers = {"Location": f"{request.scope['root_path']}/requests/{found.tracking_code}"}
    return answer(request, found, status=201, headers=headers)


async def _shown(request: Request, calling: Calling, code: str, now: datetime) -> Response:
    found = await reading.read_request(calling, code, now=now)
    return answer(request, RequestRead.of_own(found))
