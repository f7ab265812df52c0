"""Whoever reaches Prefect's API opens no gate: where the form is off, its answers are not read."""

import json
from typing import Any

import httpx
import pytest

from models.database import transaction
from models.requests import Request, decisions_of_round
from rules.requests.statuses import Status
from support.faults import Parts, approve, stands_at, submit_specialty, until, waits
from support.prefect_window import PrefectWindow

APPROVES = {"decision": "approve", "officer": "amal", "reason": "none", "fields": []}


async def forge(parts: Parts, request: Request, answer: dict[str, Any]) -> None:
    """What a stranger can do: file an answer under the wait's key, and set the run going."""
    key = request.pause_key
    filed = {"key": f"suspended-{key}-response", "value": json.dumps(answer)}
    async with httpx.AsyncClient(base_url=parts.prefect.api_url, timeout=60) as client:
        run = f"/flow_runs/{request.flow_run_id}"
        await client.post(f"{run}/input", json=filed)
        state = {"type": "SCHEDULED", "name": "Resuming"}
        await client.post(f"{run}/set_state", json={"state": state, "force": True})
        await client.post(f"{run}/resume", json={"run_input": answer})


async def officers_of(request: Request) -> list[str]:
    """Who has decided, as our table says."""
    async with transaction() as session:
        row = await session.get_one(Request, request.id)
        return [one.officer for one in await decisions_of_round(session, row)]


async def waits_anew(request: Request) -> Request:
    """The request, once its run has gone through its body and waits again."""
    seen = request.pause_count

    async def again() -> bool:
        return (await waits(request)).pause_count > seen

    await until(again, "the run waits again")
    return await waits(request)


@pytest.mark.timeout(1200)
async def test_a_forged_answer_is_never_read_where_the_form_is_off(parts: Parts) -> None:
    """Twice, by two officers' names: nobody has decided."""
    with parts.worker():
        request = await submit_specialty("forged")
        await stands_at(request.tracking_code, Status.UNDER_REVIEW)
        for officer in ("amal", "basim"):
            stands = await waits(request)
            await forge(parts, stands, {**APPROVES, "officer": officer})
            stands = await waits_anew(stands)

            assert stands.status == Status.UNDER_REVIEW
        assert await officers_of(request) == []
        await approve(request.tracking_code)
        await stands_at(request.tracking_code, Status.AWAITING_ACTIVATION)


@pytest.mark.timeout(1200)
async def test_the_form_decides_where_it_is_on(parts: Parts) -> None:
    """What the door refuses is on the run for all to see, and asked again."""
    window = PrefectWindow(parts.prefect.api_url)
    with parts.worker(**parts.form_on()):
        request = await submit_specialty("form")
        await stands_at(request.tracking_code, Status.UNDER_REVIEW)
        asked = await window.resume(
            request.tracking_code, {"decision": "approve", "officer": "nobody-we-know"}
        )
        assert "answer-refused" in (await tags_of(window, request, "answer-refused"))
        again = await window.resume(request.tracking_code, APPROVES, after=asked)
        assert "no active officer has this user name" in again.description
        await stands_at(request.tracking_code, Status.AWAITING_ACTIVATION)


async def tags_of(window: PrefectWindow, request: Request, wanted: str) -> list[str]:
    """The run's tags, once this one is among them."""

    async def there() -> bool:
        return wanted in (await window.run(request.tracking_code))["tags"]

    await until(there, f"the run bears {wanted}")
    return list((await window.run(request.tracking_code))["tags"])
