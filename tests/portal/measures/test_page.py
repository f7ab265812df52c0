"""What a monitoring system reads: only with the token, and nothing that names anybody."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from models.connections import CALLS, limited
from models.database import transaction
from models.requests import find_request
from models.statements import execute
from portal.web.settings import portal_settings
from support.people import contact_change, register_applicant, specialty_change
from support.portal import Clock, mailed_link
from support.requests import NOW, request_at_gate
from support.statements import statements
from tasks.last_times import note_sweep

TOKEN = "t" * 32
AUTHORIZED = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The installation is watched."""
    monkeypatch.setenv("MUMARIS_METRICS_TOKEN", TOKEN)
    portal_settings.cache_clear()
    yield
    portal_settings.cache_clear()


async def read(browser: httpx.AsyncClient) -> str:
    """The page."""
    answer = await browser.get("/metrics", headers=AUTHORIZED)
    assert answer.status_code == 200
    return answer.text


def sample(page: str, name: str, **labels: str) -> float | None:
    """The value of the one sample with these labels, whatever other labels it has."""
    found = [value for each, value in samples(page, name) if labels.items() <= each.items()]
    assert len(found) <= 1
    return found[0] if found else None


def samples(page: str, name: str) -> list[tuple[Mapping[str, str], float]]:
    """Labels and value of each sample of this name."""
    return [
        (each.labels, each.value)
        for family in text_string_to_metric_families(page)
        for each in family.samples
        if each.name == name
    ]


async def at_gate() -> str:
    """The code of a new applicant's request that waits for an officer."""
    applicant = await register_applicant()
    number = applicant.registration_number
    return await request_at_gate(
        specialty_change(NOW.date(), registration_number=number, idempotency_key=number)
    )


async def stood_since(code: str, *, days: float) -> None:
    """It came to its status so long before `NOW`."""
    async with transaction() as session:
        row = await find_request(session, code, lock=True)
        row.status_since = NOW - timedelta(days=days)


@pytest.mark.parametrize("said", [None, "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x"])
async def test_nobody_reads_it_without_the_token(
    said: str | None, browser: httpx.AsyncClient
) -> None:
    """The answer says what is wanted; the next reading counts it."""
    headers = {} if said is None else {"Authorization": said}

    refused = await browser.get("/metrics", headers=headers)

    assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (
        401,
        'Bearer realm="mumaris"',
    )
    assert "mumaris_requests" not in refused.text
    assert sample(await read(browser), "mumaris_metrics_refused_total") == 1


async def test_without_a_token_set_there_is_no_such_page(
    browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An installation that nobody watches shows nothing."""
    monkeypatch.delenv("MUMARIS_METRICS_TOKEN")
    portal_settings.cache_clear()

    assert (await browser.get("/metrics", headers=AUTHORIZED)).status_code == 404


async def test_requests_are_counted_by_how_long_they_wait(browser: httpx.AsyncClient) -> None:
    """By kind and status; the oldest one's age beside it."""
    for days in (0.01, 2, 40):
        await stood_since(await at_gate(), days=days)

    told = await read(browser)

    waits = {"kind": "profile_update", "status": "under_review"}
    assert sample(told, "mumaris_requests", **waits) == 3
    assert sum(value for _, value in samples(told, "mumaris_requests_waiting")) == 3
    assert sample(told, "mumaris_requests_waiting", **waits, under="more") == 1
    assert (sample(told, "mumaris_oldest_request_seconds", **waits) or 0) >= 40 * 86_400


async def test_how_long_a_pass_took_is_told_by_whoever_made_it(
    browser: httpx.AsyncClient, clock: Clock
) -> None:
    """The portal reads what the worker measured; before the first pass it says nothing."""
    before = sample(await read(browser), "mumaris_sweep_pass_seconds")
    await note_sweep(seconds=7.5)
    clock.forward(timedelta(minutes=1))

    assert before is None
    assert sample(await read(browser), "mumaris_sweep_pass_seconds") == 7.5


async def test_a_stage_is_told_once_and_half_a_minute_later(
    browser: httpx.AsyncClient, clock: Clock
) -> None:
    """Nothing of what ended before the first look; then each end, however often it is read."""
    code = await at_gate()
    async with transaction() as session:
        clock.now = (await find_request(session, code)).status_since
    await read(browser)
    stage = {"begun_in": "submitted", "ended_in": "under_review"}

    counts = []
    for seconds in (10, 31, 60):
        clock.forward(timedelta(seconds=seconds))
        counts.append(sample(await read(browser), "mumaris_stage_seconds_count", **stage))

    assert counts == [None, 1, 1]


async def test_an_activation_e_mail_that_is_not_taken_counts_as_ten_minutes(
    browser: httpx.AsyncClient, clock: Clock
) -> None:
    """So that mail which does not leave is seen in the same figures."""
    clock.now = NOW - timedelta(hours=1)
    await read(browser)
    await mailed_link(now=NOW)
    clock.now = NOW + timedelta(minutes=11)

    told = await read(browser)

    assert sample(told, "mumaris_activation_email_seconds_sum", kind="profile_update") == 600


async def test_an_activation_e_mail_that_is_taken_at_once_took_no_time(
    browser: httpx.AsyncClient, clock: Clock
) -> None:
    """Written and taken at one instant, as clocks may have it."""
    clock.now = NOW - timedelta(hours=1)
    await read(browser)
    await mailed_link(now=NOW)
    async with transaction() as session:
        await execute(session, text("UPDATE letters SET status = 'sent', settled_at = created_at"))
    clock.now = NOW + timedelta(minutes=11)

    told = await read(browser)

    kind = {"kind": "profile_update"}
    assert sample(told, "mumaris_activation_email_seconds_count", **kind) == 1
    assert sample(told, "mumaris_activation_email_seconds_sum", **kind) == 0


async def test_pages_are_counted_by_their_pattern(browser: httpx.AsyncClient) -> None:
    """An address holds tokens and numbers: none of it is told."""
    await browser.get(f"/activate/{'x' * 43}")
    await browser.get("/no/such/page/1012345674")
    await browser.get("/api/v1/requests/PU-2345-6789")

    told = await read(browser)

    counted = {
        (labels["route"], labels["status"])
        for labels, value in samples(told, "mumaris_page_seconds_count")
    }
    assert counted == {
        ("/activate/{token}", "404"),
        ("none", "404"),
        ("/api/v1/requests/{code}", "401"),
    }


async def test_no_label_names_anybody(browser: httpx.AsyncClient) -> None:
    """Neither the person, nor the request, nor an address."""
    applicant = await register_applicant()
    link = await mailed_link()
    await request_at_gate(
        contact_change(
            registration_number=applicant.registration_number,
            idempotency_key="key-of-jameela",
            changes={"email": "jameela@example.org"},
        )
    )

    told = await read(browser)

    assert "mumaris_emails" in told
    for secret in (link.code, link.token, applicant.registration_number, "example", "jameela"):
        assert secret not in told


async def test_the_database_is_asked_once_in_five_seconds(
    browser: httpx.AsyncClient, clock: Clock
) -> None:
    """However many systems read; a clock that was set back stops nothing."""
    await read(browser)
    asked = []
    for seconds in (4, 2, -60):
        clock.forward(timedelta(seconds=seconds))
        with limited(CALLS), statements() as said:
            await read(browser)
        asked.append(len(said) > 0)

    assert asked == [False, True, True]
