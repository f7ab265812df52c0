"""Clean cases approved several at a time: which are shown, and what becomes of each."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from desk.queues import bulk
from desk.queues.bulk import LineOutcome, Ticked, approve_clean, read_clean
from desk.queues.taking import hold, skip
from desk.requests.claims import claim
from desk.requests.landing import Done, land, take_back
from desk.requests.review import Ruling, decide
from desk.requests.ticked import what_to_tick
from desk.requests.withdrawal import withdraw
from models.absences import Absence
from models.access_log import Looked
from models.database import transaction
from models.officers import Officer, OfficerUnknown
from models.queues import Narrowed
from models.requests import Request, find_request
from models.ticks import ticks_of
from models.waiting_decisions import WaitingDecision
from rules.errors import MumarisError
from rules.findings.doubts import Doubt
from rules.register.fields import Field
from rules.requests.queues import Queue
from rules.requests.statuses import Kind, Status
from rules.requests.verdicts import Origin, Verdict
from rules.values.dates import riyadh_day
from support.at_the_desk import decisions, looks, row_of
from support.policies import policy_with
from support.requests import NOW

from .conftest import Clean

UPDATES = Narrowed(kind=Kind.PROFILE_UPDATE)
LANDS = NOW + timedelta(seconds=10)
Stage = Callable[[str], Awaitable[None]]


async def shown(officer: str = "amal", queue: Queue = Queue.ALL) -> list[str]:
    """The codes of the clean cases, as the page lists them."""
    return [case.tracking_code for case in await read_clean(officer, queue, UPDATES, now=NOW)]


async def outcome(code: str, *, round_: int = 1, officer: str = "amal") -> LineOutcome:
    """What becomes of this line."""
    [(_, found)] = await approve_clean(officer, [Ticked(code, round_)], now=NOW)
    return found


async def waiting() -> list[WaitingDecision]:
    """All decisions that were put down."""
    async with transaction() as session:
        return list((await session.exec(select(WaitingDecision))).all())


async def changed(code: str, **facts: object) -> None:
    """Its row, with other facts."""
    async with transaction() as session:
        row = await find_request(session, code, lock=True)
        for name, value in facts.items():
            setattr(row, name, value)


async def _to_basim(code: str) -> None:
    await claim(code, "basim", now=NOW)


async def _put_aside(code: str) -> None:
    await hold(code, "basim", "asked HR", riyadh_day(NOW) + timedelta(days=1), now=NOW)


async def _passed_on(code: str) -> None:
    await skip(code, "amal", "needs a pharmacist", now=NOW)


async def _four_eyes(code: str) -> None:
    await changed(code, approvals_needed=2)


async def _doubted(code: str) -> None:
    async with transaction() as session:
        row = await find_request(session, code, lock=True)
        doubt = Doubt("official_record_differs", Field.SPECIALTY).to_json()
        row.normalised = {**row.normalised, "warnings": [doubt]}


async def _late(code: str) -> None:
    await changed(code, review_reasons=["renewal_late"])


async def _computed_afresh(code: str) -> None:
    await changed(code, round=2)


async def _amal_s_own(code: str) -> None:
    async with transaction() as session:
        row = await find_request(session, code)
        officer = await session.get_one(Officer, "amal")
        officer.practitioner_id = row.practitioner_id


#: What speaks against a case, and what its line says all the same.
AGAINST: dict[str, tuple[Stage, LineOutcome]] = {
    "a colleague works on it": (_to_basim, LineOutcome.FASTER),
    "put aside": (_put_aside, LineOutcome.NOT_CLEAN),
    "passed on today": (_passed_on, LineOutcome.NOT_CLEAN),
    "two officers": (_four_eyes, LineOutcome.NOT_CLEAN),
    "a doubt": (_doubted, LineOutcome.NOT_CLEAN),
    "a reason that wants a look": (_late, LineOutcome.NOT_CLEAN),
    "another round": (_computed_afresh, LineOutcome.CHANGED),
    "one's own": (_amal_s_own, LineOutcome.OWN),
}


async def test_clean_cases_are_shown_with_what_changes(clean: Clean) -> None:
    """Most urgent first; each is a look, and nothing is claimed."""
    first, second = await clean(), await clean()
    await changed(second, review_due_at=NOW - timedelta(days=1))

    cases = await read_clean("amal", Queue.TO_TAKE, UPDATES, now=NOW)

    assert [case.tracking_code for case in cases] == [second, first]
    assert [change.field for change in cases[0].proposed.changes] == [Field.SPECIALTY]
    lines = await looks(Looked.CASE)
    people = [(await row_of(code)).practitioner_id for code in (second, first)]
    assert [(line.viewer, line.practitioner_id) for line in lines] == [
        ("amal", person) for person in people
    ]
    assert (await row_of(first)).claimed_by is None


@pytest.mark.parametrize(("stage", "said"), AGAINST.values(), ids=AGAINST)
async def test_what_is_not_clean_is_neither_shown_nor_approved(
    clean: Clean, stage: Stage, said: LineOutcome
) -> None:
    """Whoever ticks it all the same, as it was before, decides nothing."""
    code = await clean()
    assert await shown() == [code]
    await stage(code)

    assert await shown() == []
    assert await outcome(code) is said
    assert await waiting() == []
    assert await decisions(code) == []


async def test_no_look_is_noted_of_whom_nobody_was_shown(clean: Clean) -> None:
    """What the rule leaves out is looked through by nobody."""
    code = await clean()
    await _late(code)

    assert await shown() == []
    assert await looks(Looked.CASE) == []


async def test_what_one_works_on_oneself_is_shown(clean: Clean) -> None:
    """In the queue that it is in."""
    code = await clean()
    await claim(code, "amal", now=NOW)

    assert await shown(queue=Queue.MINE) == [code]
    assert await shown(queue=Queue.TO_TAKE) == []
    assert await shown("basim") == []


async def test_what_a_colleague_holds_who_is_away_is_shown_and_approved(clean: Clean) -> None:
    """It is in the queue, and keeps nobody away."""
    code = await clean()
    await claim(code, "basim", now=NOW)
    today = riyadh_day(NOW)
    async with transaction() as session:
        session.add(
            Absence(officer="basim", first_day=today, last_day=today, said_by="basim", said_at=NOW)
        )

    assert await shown() == [code]
    assert await outcome(code) is LineOutcome.PUT_DOWN


async def test_no_more_are_shown_than_policy_says(clean: Clean, tmp_path: Path) -> None:
    """The most urgent ones."""
    codes = [await clean() for _ in range(3)]
    for days, code in enumerate(codes):
        await changed(code, review_due_at=NOW + timedelta(days=days))

    with policy_with(tmp_path, ("bulk_at_most = 50", "bulk_at_most = 2")):
        assert await shown() == codes[:2]


async def test_policy_closes_a_kind(clean: Clean, tmp_path: Path) -> None:
    """For the list and for a press."""
    code = await clean()

    with policy_with(tmp_path, ("profile_update = true", "profile_update = false")):
        assert await shown() == []
        assert await outcome(code) is LineOutcome.NOT_CLEAN


async def test_each_is_put_down_as_by_its_own_page(clean: Clean) -> None:
    """It can be taken back, or lands as an approval of the desk's page in its round."""
    codes = [await clean(), await clean()]

    done = await approve_clean("amal", [Ticked(code, 1) for code in codes], now=NOW)
    await take_back(codes[0], "amal", now=NOW)
    for code in codes:
        await land(code, now=LANDS)

    assert done == tuple((code, LineOutcome.PUT_DOWN) for code in codes)
    assert [(await row_of(code)).status for code in codes] == [
        Status.UNDER_REVIEW,
        Status.APPROVED,
    ]
    [found] = await decisions(codes[1])
    assert (found.officer, found.verdict, found.origin, found.round) == (
        "amal",
        Verdict.APPROVE,
        Origin.DESK_LIST,
        1,
    )


async def test_a_line_s_tick_is_that_of_all_that_it_shows(clean: Clean) -> None:
    """Not of its document, which nobody has looked at; nor of anybody else."""
    code = await clean()

    assert await outcome(code) is LineOutcome.PUT_DOWN

    async with transaction() as session:
        row = await find_request(session, code)
        assert await ticks_of(session, row, "amal") == {"specialty", "certificates"}
        assert await ticks_of(session, row, "basim") == frozenset()
        assert what_to_tick(row) == ("specialty", "certificates", "documents[0]")


async def test_what_is_not_approved_is_not_ticked(clean: Clean) -> None:
    """Whoever opens it by itself begins anew."""
    code = await clean()
    await _late(code)

    await outcome(code)

    async with transaction() as session:
        assert await ticks_of(session, await find_request(session, code), "amal") == frozenset()


async def test_without_its_ticks_a_line_is_not_approved(
    clean: Clean, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The decision asks for them, as it does on a case's own page."""
    code = await clean()

    monkeypatch.setattr(bulk, "in_a_line", lambda _: ())

    assert await outcome(code) is LineOutcome.REFUSED
    assert await waiting() == []


async def test_where_nothing_can_be_taken_back_each_is_approved(
    clean: Clean, tmp_path: Path
) -> None:
    """Then it says so."""
    code = await clean()

    with policy_with(tmp_path, ("take_back_seconds = 10", "take_back_seconds = 0")):
        assert await outcome(code) is LineOutcome.APPROVED
        assert await outcome(code) is LineOutcome.GONE

    assert (await row_of(code)).status == Status.APPROVED
    assert len(await decisions(code)) == 1


async def test_pressed_twice_each_is_done_once(clean: Clean) -> None:
    """Also where a line comes twice in one press, and after it has landed."""
    code = await clean()
    line = Ticked(code, 1)

    first = await approve_clean("amal", [line, line], now=NOW)
    again = await outcome(code)
    await land(code, now=LANDS)
    later = await outcome(code)

    assert first == ((code, LineOutcome.PUT_DOWN),)
    assert (again, later) == (LineOutcome.ALREADY, LineOutcome.GONE)
    assert len(await decisions(code)) == 1


async def test_of_two_who_press_at_once_one_decides_each(clean: Clean) -> None:
    """The other one reads that a colleague was faster."""
    lines = [Ticked(await clean(), 1) for _ in range(4)]

    both = await asyncio.gather(
        approve_clean("amal", lines, now=NOW), approve_clean("basim", lines[::-1], now=NOW)
    )

    amal, basim = (dict(each) for each in both)
    for line in lines:
        said = {amal[line.tracking_code], basim[line.tracking_code]}
        assert said == {LineOutcome.PUT_DOWN, LineOutcome.FASTER}
    assert len(await waiting()) == 4


async def test_a_round_that_was_not_shown_is_not_approved(clean: Clean) -> None:
    """Nor one that no round is."""
    code = await clean()

    assert await outcome(code, round_=2) is LineOutcome.CHANGED
    assert await outcome(code, round_=0) is LineOutcome.CHANGED
    assert await waiting() == []


async def test_what_has_left_the_gate_or_never_was_is_told(clean: Clean) -> None:
    """It stops no other."""
    withdrawn, decided, fine = await clean(), await clean(), await clean()
    await withdraw(withdrawn, now=NOW)
    await decide(decided, Ruling(verdict=Verdict.APPROVE, officer="basim"), now=NOW)
    lines = [withdrawn, decided, "0000-0000", fine]

    done = await approve_clean("amal", [Ticked(code, 1) for code in lines], now=NOW)

    assert [said for _, said in done] == [
        LineOutcome.GONE,
        LineOutcome.GONE,
        LineOutcome.UNKNOWN,
        LineOutcome.PUT_DOWN,
    ]


async def test_a_fault_in_one_line_leaves_the_others(
    clean: Clean, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What was decided before it stays, what comes behind it is decided, and nothing of it."""
    codes = [await clean() for _ in range(3)]
    put_down = bulk.put_down_in

    async def failing(
        session: AsyncSession, rulings: Mapping[str, Ruling], *, now: datetime
    ) -> dict[str, Done | MumarisError]:
        done = await put_down(session, rulings, now=now)
        if codes[1] in rulings:
            raise ZeroDivisionError
        return done

    monkeypatch.setattr(bulk, "put_down_in", failing)

    done = await approve_clean("amal", [Ticked(code, 1) for code in codes], now=NOW)

    assert [said for _, said in done] == [
        LineOutcome.PUT_DOWN,
        LineOutcome.FAILED,
        LineOutcome.PUT_DOWN,
    ]
    async with transaction() as session:
        query = select(Request.tracking_code).join(
            WaitingDecision, col(WaitingDecision.request_id) == col(Request.id)
        )
        assert set((await session.exec(query)).all()) == {codes[0], codes[2]}
    assert codes[1] not in caplog.text


async def test_who_is_no_officer_is_shown_and_approves_nothing(clean: Clean) -> None:
    """Nor who has left."""
    code = await clean()

    for name in ("nobody", "retired"):
        with pytest.raises(OfficerUnknown):
            await read_clean(name, Queue.ALL, UPDATES, now=NOW)
        with pytest.raises(OfficerUnknown):
            await approve_clean(name, [Ticked(code, 1)], now=NOW)


async def test_a_clean_case_shows_nobody_in_its_repr(clean: Clean) -> None:
    """It may stand in a log."""
    await clean(family_name_en="Secretname")

    [case] = await read_clean("amal", Queue.ALL, UPDATES, now=NOW)

    assert "Secretname" not in repr(case)
