"""Two systems that hand in at the same moment: each for its own people, and each sees its own."""

import asyncio

from sqlmodel import select

from desk.accounts.machine_keys import Calling
from desk.cases.own import MyRequest
from desk.kinds.reading import SubmissionRefused
from desk.machines.handing_in import hand_in
from models.access_log import AccessLine, Looked
from models.database import transaction
from models.machines import MachineRequest
from rules.requests.statuses import Kind
from support.filing import hospital, others
from support.people import contact_change
from support.requests import NOW
from support.statements import statements


async def handed_in(calling: Calling, number: str) -> MyRequest:
    """A new mobile for this person."""
    wish = contact_change(registration_number=number)
    key = wish.pop("idempotency_key")
    return await hand_in(calling, Kind.PROFILE_UPDATE, wish, key=f"{key}-{number}", now=NOW)


async def test_each_system_has_its_own(people: None) -> None:
    """Noted as its own, with its look at the answer; one transaction is of one system."""
    first, second = await hospital(now=NOW), await hospital("clinic", now=NOW)
    numbers = await others(6)

    callers = [first, second] * 3

    with statements() as told:
        await asyncio.gather(*map(handed_in, callers, numbers))

    assert sum("INSERT INTO request_events" in each for each in told) == 4
    async with transaction() as session:
        noted = (await session.exec(select(MachineRequest.machine_id))).all()
        looks = (
            await session.exec(select(AccessLine.viewer).where(AccessLine.what == Looked.CASE))
        ).all()
    assert sorted(noted) == sorted(each.machine_id for each in callers)
    assert sorted(looks) == sorted(each.looker.name for each in callers)


async def test_nobody_is_handed_in_beside_others(people: None) -> None:
    """Another employer's people are as unknown in a crowd as alone."""
    calling = await hospital(now=NOW)
    mine, (stranger,) = await others(3), await others(1, employer="Another Hospital")

    found = await asyncio.gather(
        *(handed_in(calling, each) for each in (*mine, stranger)), return_exceptions=True
    )

    refused = found.pop()
    assert isinstance(refused, SubmissionRefused)
    assert [each.code for each in refused.problems] == ["registration_number_unknown"]
    assert all(isinstance(each, MyRequest) for each in found)
