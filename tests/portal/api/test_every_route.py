"""Every route of the API against every kind of machine, and against keys that open nothing."""

from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI

from desk.accounts.machines import revoke_machine
from portal.api.operation import Operation
from portal.api.operations import OPERATIONS
from rules.accounts.machines import MachineKind
from support.api import BASE, problem_of, system_of
from support.machines import key_of
from support.portal import Clock, routes_of
from support.requests import NOW

EMPLOYER, HOUSE, PAYMENTS = MachineKind.EMPLOYER, MachineKind.HOUSE, MachineKind.PAYMENTS
_PEOPLES = {EMPLOYER, HOUSE}
MAY = {
    "submit_profile_update": _PEOPLES,
    "submit_card_renewal": _PEOPLES,
    "submit_registration": _PEOPLES,
    "list_changed_requests": _PEOPLES,
    "read_request": _PEOPLES,
    "correct_request": _PEOPLES,
    "withdraw_request": _PEOPLES,
    "resend_activation_link": _PEOPLES,
    "carry_officer_decision": {HOUSE},
    "submit_file": _PEOPLES,
    "read_job": _PEOPLES,
    "list_job_rows": _PEOPLES,
    "list_job_problems": _PEOPLES,
    "upload_document": _PEOPLES,
    "read_uploaded_document": _PEOPLES,
    "look_up_card": _PEOPLES,
    "check_cards": _PEOPLES,
    "check_card_eligibility": _PEOPLES,
    "report_payment_received": {PAYMENTS},
}


async def ask(client: httpx.AsyncClient, one: Operation) -> httpx.Response:
    """Ask for it, with nothing that it could take."""
    return await client.request(one.method, one.path.replace("{", "").replace("}", ""))


def test_every_route_is_an_operation(api: FastAPI) -> None:
    """But the document itself, which is for anybody."""
    routes = {(method.lower(), path) for method, path in routes_of(api.state.api)}

    assert routes - {("get", "/openapi.json")} == {(one.method, one.path) for one in OPERATIONS}
    assert {one.id for one in OPERATIONS} == MAY.keys()


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("kind", list(MachineKind))
async def test_each_kind_is_let_in_where_it_may(api: FastAPI, kind: MachineKind) -> None:
    """Elsewhere it is told so, whatever it has sent."""
    async with system_of(api, await key_of(kind=kind)) as system:
        answers = {one.id: await ask(system.client, one) for one in OPERATIONS}

    forbidden = {
        name
        for name, answer in answers.items()
        if answer.status_code == 403 and problem_of(answer) == (403, "not_for_this_machine")
    }
    assert forbidden == {name for name, kinds in MAY.items() if kind not in kinds}
    assert all(answer.status_code < 500 for answer in answers.values())


@pytest.mark.usefixtures("people")
async def test_nothing_opens_without_a_key_that_works(api: FastAPI, clock: Clock) -> None:
    """None, a wrong one, an ended one, a revoked one: the same answer to all, everywhere."""
    ended = await key_of("ended", days=1, now=NOW - timedelta(days=1))
    revoked = await key_of("revoked")
    await revoke_machine("revoked", by="ops", now=NOW)
    sent: list[dict[str, str]] = [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": f"Basic {revoked}"},
        {"Authorization": f"Bearer mumaris_{'0' * 16}_{'A' * 43}"},
        {"Authorization": f"Bearer {ended}"},
        {"Authorization": f"Bearer {revoked}"},
        {"Cookie": f"session={revoked}"},
    ]
    answers = []
    for headers in sent:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(api), base_url=BASE, headers=headers
        ) as client:
            answers += [await ask(client, one) for one in OPERATIONS]

    assert {problem_of(each) for each in answers} == {(401, "key_refused")}
    assert len({each.text for each in answers}) == 1
    assert all(each.headers["www-authenticate"].startswith("Bearer") for each in answers)


async def test_what_is_no_operation_is_a_problem_too(stranger: httpx.AsyncClient) -> None:
    """And no page for people."""
    assert problem_of(await stranger.get("/nothing")) == (404, "unknown")
    assert problem_of(await stranger.delete("/requests")) == (405, "method_not_allowed")
    assert problem_of(await stranger.get("/requests/a/b/c")) == (404, "unknown")


async def test_answers_carry_no_cookie_and_no_page_s_headers(stranger: httpx.AsyncClient) -> None:
    """A program reads them."""
    answer = await stranger.get("/requests")

    assert "set-cookie" not in answer.headers
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
