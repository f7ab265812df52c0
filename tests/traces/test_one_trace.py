"""A request's trace: from the press that made it to its last e-mail, and nobody in it."""

import httpx
import pytest
from fastapi import FastAPI

from desk.clock import utc_now
from desk.requests.waiting import load_request
from portal.app import build_app
from portal.web.clock import present
from rules.requests.statuses import Status
from support.api import system_of, wish
from support.collector import Collector, said_of
from support.machines import key_of
from support.people import NOURA, register_people
from support.personal import found_in
from support.portal import SURE, Clock
from support.requests import token_of
from support.smtp import SmtpRecorder
from tasks.letter_delivery import deliver_letters
from tasks.retrying import StepBroken
from tasks.steps.activation_email import send_activation_email
from tasks.steps.reference import issue_reference
from tasks.steps.validation import validate
from traces import spans

MOBILE = "+966559990001"


@pytest.fixture
async def portal(database: str) -> FastAPI:
    """The portal and its API, on a clock of the test's, and people on file."""
    await register_people()
    app, clock = build_app(), Clock()
    for each in (app, app.state.api):
        each.dependency_overrides[present] = clock.read
    return app


@pytest.fixture
async def submitted(portal: FastAPI, collector: Collector, mail_server: SmtpRecorder) -> str:
    """A hospital has pressed: the code of its request."""
    async with system_of(portal, await key_of()) as hospital:
        answer = await hospital.submit(wish(changes={"mobile": MOBILE}))
    assert answer.status_code == 201, answer.text
    code: str = answer.json()["tracking_code"]
    return code


async def press_activate(portal: FastAPI, code: str) -> str:
    token = await token_of(await load_request(code))
    transport = httpx.ASGITransport(portal)
    async with httpx.AsyncClient(transport=transport, base_url="http://portal.test") as browser:
        pressed = await browser.post(f"/activate/{token}?lang=en", data=SURE)
    assert pressed.status_code == 303
    return token


async def test_all_that_is_done_for_a_request_is_one_trace(
    portal: FastAPI, collector: Collector, submitted: str
) -> None:
    """The press is the first span; the others lie under it, whichever process made them."""
    for step in (validate, issue_reference, send_activation_email):
        await step.task.fn(submitted)
    await press_activate(portal, submitted)
    await deliver_letters(now=utc_now())
    assert (await load_request(submitted)).status == Status.ACTIVATED
    spans.provider().force_flush()

    told = collector.spans()
    first = told[0]
    assert [span.name for span in told] == [
        "POST /api/v1/profile-updates",
        "validate",
        "issue reference",
        "send activation e-mail",
        "send e-mail",
        "send e-mail",
        "POST /activate/{token}",
        "send e-mail",
    ]
    assert {span.trace_id for span in told} == {first.trace_id}
    assert not first.parent_span_id
    assert {span.parent_span_id for span in told[1:]} == {first.span_id}


async def test_no_span_says_who_it_is_about(
    portal: FastAPI, collector: Collector, submitted: str
) -> None:
    """Neither names nor numbers nor addresses, nor a code or token that opens a page."""
    for step in (validate, issue_reference, send_activation_email):
        await step.task.fn(submitted)
    token = await press_activate(portal, submitted)
    spans.provider().force_flush()

    personal = [str(value) for value in NOURA.values() if len(str(value)) > 2]
    sent = [(f"export {n}", body.decode("latin-1")) for n, body in enumerate(collector.bodies)]
    assert sent
    assert found_in(sent, [*personal, MOBILE, submitted, token]) == set()


async def test_what_goes_wrong_is_told_by_its_type_alone(
    collector: Collector, submitted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The words of an error may hold what somebody typed."""

    async def broken(*_: object, **__: object) -> None:
        raise LookupError(MOBILE)

    monkeypatch.setattr("tasks.steps.validation.prepare", broken)

    with pytest.raises(StepBroken):
        await validate.task.fn(submitted)
    spans.provider().force_flush()

    failed = collector.spans()[-1]
    assert (failed.name, failed.status.code) == ("validate", failed.status.STATUS_CODE_ERROR)
    assert said_of(failed)["error.type"] == "LookupError"
    assert not failed.events
    assert not failed.status.message
