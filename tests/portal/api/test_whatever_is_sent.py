"""Whatever the document allows, and what it does not, is answered as it says."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import APIOperation, Case, GenerationMode, openapi
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlmodel import SQLModel, func, select

from desk.clock import utc_now
from models.database import transaction
from models.documents.documents import Upload
from models.payments import Bill
from models.requests import Decision, Request
from models.submission_jobs import SubmissionJob
from portal.api.document import document
from rules.accounts.machines import MachineKind
from support.api_server import serving
from support.machines import key_of
from support.people import register_people
from support.uploads import name_a_shelf

#: Of each operation and each way to make them: enough to meet every member of a body some times.
EXAMPLES = 6
#: The one operation that is for payment gateways; all others are for systems of the house.
PAYMENTS = "/payments"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]


def operations(kind: MachineKind) -> Iterator[APIOperation]:
    """Those that machines of this kind may ask for."""
    for found in openapi.from_dict(document()).get_all_operations():
        if (found.ok().path == PAYMENTS) is (kind is MachineKind.PAYMENTS):
            yield found.ok()


def send_whatever(one: APIOperation, mode: GenerationMode, api: str, key: str) -> list[int]:
    """Send what the document allows of this operation, or what it does not; the statuses."""
    statuses = []

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=one.as_strategy(generation_mode=mode))
    def send(case: Case) -> None:
        headers = {"Authorization": f"Bearer {key}", "Connection": "close"}
        answer = case.call(base_url=api, headers=headers)
        case.validate_response(answer, checks=CHECKS)
        statuses.append(answer.status_code)

    send()
    return statuses


async def kept(*tables: type[SQLModel]) -> int:
    """How many rows there are of these."""
    async with transaction() as session:
        found = [await session.exec(select(func.count()).select_from(each)) for each in tables]
    return sum(each.one() for each in found)


@pytest.mark.parametrize("kind", [MachineKind.HOUSE, MachineKind.PAYMENTS])
async def test_every_answer_is_one_that_the_document_has(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: MachineKind
) -> None:
    """No 5xx; and what was made is what was told to be made."""
    name_a_shelf(tmp_path, monkeypatch)
    await register_people()
    key = await key_of(kind=kind, now=utc_now())
    made: list[Any] = []

    def send_all(api: str) -> None:
        for one in operations(kind):
            for mode in GenerationMode:
                made.extend(send_whatever(one, mode, api, key))

    with serving() as api:
        await asyncio.to_thread(send_all, api)

    assert len(made) > len([*operations(kind)]) * EXAMPLES
    assert await kept(Request, Upload, Decision, Bill) <= made.count(201)
    assert await kept(SubmissionJob) <= made.count(202)
