"""Carrying files of submissions: each row once, whoever dies, and nobody else's people."""

import asyncio
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, func, select

from desk.accounts.machines import revoke_machine
from desk.clock import utc_now
from desk.machines import carrying
from desk.machines.carrying import carry_files, files_wait
from desk.machines.files import JobState, list_rows, read_job
from desk.machines.reading import read_request
from desk.policy import current_policy
from models.database import transaction
from models.letters import Letter
from models.machines import MachineRequest
from models.practitioners import find_practitioner
from models.requests import Request
from models.submission_jobs import (
    LEASE,
    SubmissionJob,
    SubmissionJobFile,
    SubmissionJobRow,
    take_job,
)
from rules.requests.file_forms import FileForm
from rules.requests.row_outcomes import RowOutcome
from support.dying import killed_at
from support.filing import HEADER, csv_of, handed_in, hospital, lines_of, others, told
from support.proofs import mostly_proofs
from support.requests import NOW

#: Where a process is killed: before or after each effect.
BOUNDARIES = [
    ("desk.machines.carrying:take_job", "before"),
    ("desk.machines.carrying:take_job", "after"),
    ("desk.requests.submitting_many:accept_set", "after"),
    ("desk.machines.carrying:keep_lease", "before"),
    ("desk.machines.carrying:note_rows", "after"),
    ("desk.requests.submitting_many:_one_transaction", "after"),
    ("desk.machines.carrying:end_job", "before"),
    ("desk.machines.carrying:end_job", "after"),
]


def at(now: datetime = NOW) -> Any:
    return lambda: now


async def counted(model: Any) -> int:
    async with transaction() as session:
        return (await session.exec(select(func.count()).select_from(model))).one()


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carrying, "TOGETHER", 2)


async def test_each_good_row_becomes_a_request_of_its_machine(people: None) -> None:
    """In bulk, with its letter; the bad ones are told, and the file is gone."""
    calling = await hospital(now=NOW)
    numbers = await others(3)
    content = csv_of(numbers) + b"20999999,0551112233,yes\n" + f"{numbers[0]},1,no\n".encode()
    job = await handed_in(calling, content, now=NOW)

    assert await files_wait()
    await carry_files(clock=at())

    done = await read_job(calling, job.id)
    assert (done.state, done.done_at) == (JobState.DONE, NOW)
    assert {name: count for name, count in done.counts.items() if count} == {
        RowOutcome.ACCEPTED: 3,
        RowOutcome.REFUSED: 2,
    }
    assert await told(calling, job) == [
        (2, "accepted"),
        (3, "accepted"),
        (4, "accepted"),
        (5, "refused registration_number_unknown"),
        (6, "refused not_confirmed mobile_form"),
    ]
    async with transaction() as session:
        requests = (await session.exec(select(Request))).all()
        noted = (await session.exec(select(MachineRequest.request_id))).all()
    assert {row.in_bulk for row in requests} == {True}
    assert set(noted) == {row.id for row in requests}
    assert await counted(Letter) == 3
    assert await counted(SubmissionJobFile) == 0
    page = await list_rows(calling, job.id, after=0, limit=1)
    code = page.rows[0].tracking_code or ""
    assert (await read_request(calling, code, now=NOW)).tracked.request.tracking_code == code


async def test_a_file_of_one_row_is_in_bulk(people: None) -> None:
    """Nobody waits for it at a page."""
    calling = await hospital(now=NOW)
    await handed_in(calling, csv_of(await others(1)), now=NOW)

    await carry_files(clock=at())

    async with transaction() as session:
        assert (await session.exec(select(Request.in_bulk))).all() == [True]


async def test_a_check_changes_nothing(people: None) -> None:
    """It says what would become of each row, beside the others of the file."""
    calling = await hospital(now=NOW)
    numbers = await others(2)
    content = csv_of([*numbers, numbers[0]]) + f"{numbers[0]},0551112299,yes\n".encode()
    job = await handed_in(calling, content, now=NOW, is_check=True)

    await carry_files(clock=at())

    assert await told(calling, job) == [
        (2, "valid"),
        (3, "valid"),
        (4, "valid"),
        (5, "refused request_already_open"),
    ]
    assert [await counted(each) for each in (Request, Letter, MachineRequest)] == [0, 0, 0]


async def test_somebody_else_s_people_are_as_unknown_as_nobody(people: None) -> None:
    """In a check, too; who moved to another employer since the file came is theirs no more."""
    calling = await hospital(now=NOW)
    (theirs,) = await others(1, employer="Another Hospital")
    (moved,) = await others(1)
    jobs = [
        await handed_in(
            calling, csv_of([theirs, "20999999", moved]), now=NOW, key=key, is_check=is_check
        )
        for key, is_check in (("file-0001", True), ("file-0002", False))
    ]
    async with transaction() as session:
        (await find_practitioner(session, moved)).employer = "Another Hospital"

    await carry_files(clock=at())

    unknown = "refused registration_number_unknown"
    for job in jobs:
        assert await told(calling, job) == [(2, unknown), (3, unknown), (4, unknown)]


async def test_the_same_rows_in_another_file_are_accepted_before(people: None) -> None:
    """By the row's content, or by the key that it names; two systems' are two."""
    calling, other = await hospital(now=NOW), await hospital("other", now=NOW)
    numbers = await others(2)
    for key in ("file-0001", "file-0002"):
        job = await handed_in(calling, csv_of(numbers), now=NOW, key=key)
        await carry_files(clock=at())
    theirs = await handed_in(other, csv_of(numbers), now=NOW)
    await carry_files(clock=at())

    assert [said for _, said in await told(calling, job)] == ["accepted_before"] * 2
    assert {said for _, said in await told(other, theirs)} == {"refused request_already_open"}
    assert await counted(Request) == 2


async def test_what_no_system_may_send_is_refused_row_by_row(people: None) -> None:
    """A new address, a key of another form, formulas, a NUL, other letters: no other row minds."""
    calling = await hospital(now=NOW)
    numbers = await others(5)
    head = f"{HEADER},email,idempotency_key\n"
    rows = [
        f"{numbers[0]},,yes,somebody@else.example,",
        f"{numbers[1]},0551112233,yes,,short",
        f"{numbers[2]},=HYPERLINK(1),yes,,",
        f"{numbers[3]},05511\0,yes,,",
        f"{numbers[4]},0551112233,yes,,row-of-theirs",
    ]
    job = await handed_in(calling, (head + "\n".join(rows)).encode(), now=NOW)

    await carry_files(clock=at())

    said = dict(await told(calling, job))
    assert said[2] == "refused email_by_owner_alone"
    assert said[3] == "refused idempotency_key_form"
    assert said[4].startswith("refused cell_formula")
    assert said[5].startswith("refused ")
    assert said[6] == "accepted"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("نورة\n".encode("cp1256"), "refused windows_arabic"),
        (b"PK\x03\x04 a workbook", "refused not_csv"),
        (b"\0" * 500, "refused "),
        (b'"' * 501, "refused "),
        (b"registration_number,mobile,salary\n1,2,3\n", "refused columns_missing columns_unknown"),
    ],
    ids=["other letters", "a workbook", "NULs", "quotes without end", "other columns"],
)
async def test_what_is_no_table_is_told_in_its_first_row(
    people: None, content: bytes, said: str
) -> None:
    """All of it at once; and the job is done."""
    calling = await hospital(now=NOW)
    job = await handed_in(calling, content, now=NOW)

    await carry_files(clock=at())

    rows = await told(calling, job)
    assert [line for line, _ in rows] == [1]
    assert rows[0][1].startswith(said)
    assert (await read_job(calling, job.id)).state is JobState.DONE


async def test_json_lines_are_each_told_by_themselves(people: None) -> None:
    """Nesting without end, NaN, other letters: refused, and the next row is accepted."""
    calling = await hospital(now=NOW)
    good = lines_of(await others(1))
    bad = b'{"changes": ' + b"[" * 900 + b"]" * 900 + b"}\n" + b'{"a": NaN}\n' + b"\xff\xfe{}\n"
    job = await handed_in(calling, bad + good, now=NOW, form=FileForm.JSON_LINES)

    await carry_files(clock=at())

    outcomes = [said.split()[0] for _, said in await told(calling, job)]
    assert outcomes == ["refused", "refused", "refused", "accepted"]


@pytest.mark.usefixtures("small_chunks")
async def test_two_at_once_never_settle_the_same_rows(people: None) -> None:
    """Each file has one carrier at a time, and every row is accepted once."""
    calling = await hospital(now=NOW)
    jobs = [
        await handed_in(calling, csv_of(await others(5)), now=NOW, key=f"file-000{number}")
        for number in (1, 2)
    ]

    await asyncio.gather(*(carry_files(clock=at()) for _ in range(4)))

    for job in jobs:
        assert {said for _, said in await told(calling, job)} == {"accepted"}
    assert await counted(Request) == await counted(Letter) == 10


async def test_a_file_in_hand_is_nobody_else_s_until_its_lease_is_over(people: None) -> None:
    """Whoever lost it keeps nothing, however late it goes on."""
    calling = await hospital(now=NOW)
    job = await handed_in(calling, csv_of(await others(1)), now=NOW)
    async with transaction() as session:
        taken = await take_job(session, job.id, now=NOW)
    assert taken is not None

    await carry_files(clock=at(NOW + LEASE))
    in_hand = (await read_job(calling, job.id)).state
    late = NOW + LEASE + timedelta(seconds=1)
    async with transaction() as session:  # it is taken by somebody else, who has not begun
        assert await take_job(session, calling.machine_id, now=late) is not None
    await carrying._Carrying(*taken, clock=at(late), until=float("inf")).go_on()

    assert in_hand is JobState.RUNNING
    assert await counted(Request) == await counted(SubmissionJobRow) == 0
    await carry_files(clock=at(late + 2 * LEASE))
    assert (await read_job(calling, job.id)).counts[RowOutcome.ACCEPTED] == 1


@pytest.mark.usefixtures("small_chunks")
async def test_a_turn_that_is_over_hands_on_where_it_stopped(people: None) -> None:
    """A worker can leave, and other files have their turn."""
    calling = await hospital(now=NOW)
    jobs = [
        await handed_in(calling, csv_of(await others(3)), now=NOW, key=f"file-000{number}")
        for number in (1, 2)
    ]

    for second in range(1, 9):
        async with transaction() as session:
            taken = await take_job(session, job_lease := calling.machine_id, now=at_second(second))
        if taken is not None:
            assert taken[0].lease == job_lease
            await carrying._Carrying(*taken, clock=at(at_second(second)), until=0).go_on()
            if second == 2:  # each has had one turn
                counts = [sum((await read_job(calling, job.id)).counts.values()) for job in jobs]

    assert counts == [2, 2]
    for job in jobs:
        done = await read_job(calling, job.id)
        assert (done.state, done.counts[RowOutcome.ACCEPTED]) == (JobState.DONE, 3)


def at_second(second: int) -> datetime:
    return NOW + timedelta(seconds=second)


@pytest.mark.parametrize(("boundary", "when"), mostly_proofs(BOUNDARIES, but=BOUNDARIES[4:6]))
async def test_killed_anywhere_each_row_is_accepted_once(
    people: None, boundary: str, when: str
) -> None:
    """And is told as accepted, whoever did it."""
    now = utc_now()
    calling = await hospital(now=now)
    job = await handed_in(calling, csv_of(await others(5)), now=now)

    ended = await killed_at(boundary, when, work="support.dying_file:carry")
    await carry_files(clock=lambda: utc_now() + 2 * LEASE)

    assert ended == -9
    assert [said for _, said in await told(calling, job)] == ["accepted"] * 5
    async with transaction() as session:
        letters = Counter((await session.exec(select(Letter.request_id))).all())
    assert (len(letters), set(letters.values())) == (5, {1})
    assert (await read_job(calling, job.id)).state is JobState.DONE


async def test_a_revoked_system_s_file_is_ended(people: None) -> None:
    """Nothing of it is accepted any more, and its file is gone."""
    calling = await hospital(now=NOW)
    await handed_in(calling, csv_of(await others(1)), now=NOW)
    await revoke_machine("hospital", by="ops", now=NOW)

    await carry_files(clock=at())

    async with transaction() as session:
        (job,) = (await session.exec(select(SubmissionJob))).all()
    assert (job.done_at, job.has_failed) == (NOW, True)
    assert [await counted(each) for each in (Request, SubmissionJobFile)] == [0, 0]


async def test_what_became_of_rows_is_forgotten_by_policy(people: None) -> None:
    """The requests stay."""
    calling = await hospital(now=NOW)
    await handed_in(calling, csv_of(await others(1)), now=NOW)
    await carry_files(clock=at())
    days = timedelta(days=current_policy().api.file_result_days)

    await carry_files(clock=at(NOW + days))
    before = await counted(SubmissionJob)
    await carry_files(clock=at(NOW + days + timedelta(seconds=1)))

    assert (before, await counted(SubmissionJob), await counted(SubmissionJobRow)) == (1, 0, 0)
    async with transaction() as session:
        query = select(func.count()).select_from(Request).where(col(Request.in_bulk))
        assert (await session.exec(query)).one() == 1
