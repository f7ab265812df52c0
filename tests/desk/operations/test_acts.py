"""What operators do by hand is done once, by who may, and with a reason that is kept."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col

from desk.accounts.signed_in import RoleMissing
from desk.mail.resending import Undelivered, undelivered
from desk.operations.acts import (
    NoRunToRestart,
    OperatorAsks,
    RunAtWork,
    acts_done,
    release_claims,
    remind_again,
    restart_run,
    send_again,
)
from desk.requests.claims import claim
from desk.requests.reasons import ReasonNotSaid
from desk.requests.waiting import load_request
from models.database import transaction
from models.letters import Letter
from models.officers import OfficerUnknown
from models.requests import find_request, history
from models.run_states import RunState
from models.runs import carrying
from models.setbacks import Work, note_setback, setbacks
from rules.accounts.kinds import Role
from rules.findings.problems import ValueRefused
from rules.requests.events import EventName
from rules.requests.letter_status import LetterStatus
from rules.requests.operator_acts import OperatorAct
from rules.requests.statuses import ActorKind
from support.faults import set_row
from support.operating import an_operator
from support.people import register_people
from support.racing import until_somebody_waits
from support.requests import NOW, request_at_gate
from support.staff import has_left


@pytest.fixture(autouse=True)
async def people(database: str) -> None:
    await register_people()


async def failed() -> tuple[str, list[Undelivered]]:
    """A request whose e-mail failed; its code, and what is to be sent again."""
    code = await request_at_gate()
    async with transaction() as session:
        await session.exec(
            update(Letter)
            .where(col(Letter.request_id).is_not(None))
            .values(status=LetterStatus.FAILED)
        )
    return code, await undelivered()


async def held_by_who_has_left() -> str:
    """A request that Amal holds, who is gone."""
    code = await request_at_gate()
    await claim(code, "amal", now=NOW)
    await has_left("amal")
    return code


async def kept() -> list[tuple[OperatorAct, str, str, int]]:
    """Which acts are kept, newest first."""
    return [(one.act, one.operator, one.reason, one.number) for one in await acts_done(limit=5)]


async def last_line(code: str) -> tuple[str, str, str | None]:
    """The last line of the request's history: what, of whom, and their name."""
    request = await load_request(code)
    async with transaction() as session:
        line = (await history(session, request.id))[-1]
    return line.what, line.actor_kind, line.actor


async def test_e_mails_are_sent_again_once() -> None:
    """Who and why is kept, and the request's history says who."""
    code, found = await failed()
    asked = await an_operator()

    resent = [await send_again(found, asked, now=NOW) for _ in range(2)]
    none = await send_again(await undelivered(), asked, now=NOW)

    assert [one.queued for one in (*resent, none)] == [1, 0, 0]
    assert (OperatorAct.SEND_AGAIN, "omar", asked.reason, 1) in await kept()
    assert await last_line(code) == (EventName.LETTER_RESENT, ActorKind.OPERATIONS, "omar")


async def test_two_operators_at_once_send_it_once() -> None:
    """Both said why, and the sum is what was sent."""
    _, found = await failed()
    both = [await an_operator("omar"), await an_operator("olga")]

    resent = await asyncio.gather(*(send_again(found, asked, now=NOW) for asked in both))

    assert sorted(one.queued for one in resent) == [0, 1]
    assert sum(number for *_, number in await kept()) == 1


async def test_why_is_kept_also_where_sending_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is written before the first e-mail."""
    _, found = await failed()
    asked = await an_operator()

    async def dies(*_: object, **__: object) -> None:
        raise ConnectionResetError

    monkeypatch.setattr("desk.operations.acts.resend_letters", dies)
    with pytest.raises(ConnectionResetError):
        await send_again(found, asked, now=NOW)

    assert await kept() == [(OperatorAct.SEND_AGAIN, "omar", asked.reason, 0)]


async def test_claims_of_who_has_left_are_put_back_once() -> None:
    """Where there are none, nothing is kept; of two at once, one does it."""
    code = await held_by_who_has_left()
    both = [await an_operator("omar"), await an_operator("olga")]

    done = await asyncio.gather(*(release_claims(asked, now=NOW) for asked in both))
    again = await release_claims(both[0], now=NOW)

    assert sorted(done) == [(), (code,)]
    assert (again, len(await kept())) == ((), 1)
    assert (await load_request(code)).claimed_by is None


async def test_reminders_that_did_not_fail_are_no_act() -> None:
    """Nothing was done, so there is nothing to explain."""
    assert await remind_again(await an_operator(), now=NOW) == 0
    assert await kept() == []


async def stuck() -> str:
    """A request whose run is suspended, and cannot be woken; its code."""
    code = await request_at_gate()
    await set_row(code, run_state=RunState.WAITING)
    request = await load_request(code)
    async with transaction() as session:
        for _ in range(3):
            await note_setback(
                session, request.id, Work.RUN, reason="unforeseen", detail=None, now=NOW
            )
    return code


async def test_a_run_is_restarted_once() -> None:
    """The sweep is to make another one at once, however often it failed before."""
    code = await stuck()
    asked = await an_operator()

    twice = [await restart_run(code, asked, now=NOW) for _ in range(2)]

    assert twice == [True, False]
    assert (await load_request(code)).run_state == RunState.WANTED
    async with transaction() as session:
        assert await setbacks(session, tries=1) == []
    assert await kept() == [(OperatorAct.RESTART_RUN, "omar", asked.reason, 1)]
    assert await last_line(code) == (EventName.RUN_RESTARTED, ActorKind.OPERATIONS, "omar")


async def test_two_operators_at_once_restart_it_once() -> None:
    """And a minute later it is another restart."""
    code = await stuck()
    both = [await an_operator("omar"), await an_operator("olga")]

    async with transaction() as session:
        await find_request(session, code, lock=True)
        pressed = [asyncio.create_task(restart_run(code, asked, now=NOW)) for asked in both]
        await until_somebody_waits()
        await until_somebody_waits("tuple")
    done = await asyncio.gather(*pressed)
    early = await restart_run(code, both[0], now=NOW + timedelta(seconds=59))
    later = await restart_run(code, both[0], now=NOW + timedelta(minutes=1))

    assert (sorted(done), early, later) == ([False, True], False, True)


async def test_a_run_at_work_is_left_alone() -> None:
    """Some process carries it: it is not stuck."""
    code = await stuck()
    asked = await an_operator()

    async with carrying((await load_request(code)).id):
        with pytest.raises(RunAtWork):
            await restart_run(code, asked, now=NOW)

    assert (await load_request(code)).run_state == RunState.WAITING
    assert await kept() == []


async def test_a_request_that_has_ended_needs_no_run() -> None:
    """Prefect shows its outcome."""
    code = await stuck()
    await set_row(code, run_state=RunState.SETTLED)

    with pytest.raises(NoRunToRestart):
        await restart_run(code, await an_operator(), now=NOW)

    assert await kept() == []


Act = Callable[[OperatorAsks, str], Awaitable[object]]


async def _send(asked: OperatorAsks, _: str) -> object:
    return await send_again(await undelivered(), asked, now=NOW)


async def _remind(asked: OperatorAsks, _: str) -> object:
    return await remind_again(asked, now=NOW)


async def _release(asked: OperatorAsks, _: str) -> object:
    return await release_claims(asked, now=NOW)


async def _restart(asked: OperatorAsks, code: str) -> object:
    return await restart_run(code, asked, now=NOW)


ACTS: list[Act] = [_send, _remind, _release, _restart]


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("role", [Role.OFFICER, Role.AUDITOR])
async def test_who_may_not_operate_does_nothing(act: Act, role: Role) -> None:
    """Asked in the transaction that acts, whatever the page let pass."""
    code, _ = await failed()
    asked = await an_operator("omar", role)

    with pytest.raises(RoleMissing):
        await act(asked, code)

    assert await kept() == []


@pytest.mark.parametrize("act", ACTS)
async def test_who_has_left_does_nothing(act: Act) -> None:
    """Their session may still be open."""
    code, _ = await failed()
    asked = await an_operator()
    await has_left("omar")

    with pytest.raises(OfficerUnknown):
        await act(asked, code)


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("reason", ["", " \u200b ", "x" * 501])
async def test_without_a_reason_nothing_is_done(act: Act, reason: str) -> None:
    """Nor with one that nobody would read."""
    code, found = await failed()
    asked = await an_operator()

    with pytest.raises((ReasonNotSaid, ValueRefused)):
        await act(OperatorAsks(asked.operator, reason), code)

    assert (await kept(), await undelivered()) == ([], found)
