"""Files of submissions that other systems hand in: taken once, and nobody else's."""

import asyncio
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlmodel import select

from desk.accounts.machine_keys import NotForThisMachine, whose_key
from desk.kinds.reading import SubmissionRefused
from desk.machines.carrying import carry_files
from desk.machines.files import FilesGoOn, JobState, list_rows, read_job
from desk.requests.accepting import IdempotencyKeyReused
from models.database import transaction
from models.submission_jobs import JobUnknown, SubmissionJob, SubmissionJobFile
from rules.accounts.machines import MachineKind
from rules.requests.file_forms import FileForm
from support.filing import csv_of, handed_in, hospital, lines_of, others
from support.machines import key_of
from support.policies import policy_with
from support.requests import NOW


async def kept(model: Any) -> list[Any]:
    async with transaction() as session:
        return list((await session.exec(select(model))).all())


async def test_a_file_is_a_job_that_waits(people: None) -> None:
    """Nothing is settled when it is taken."""
    calling = await hospital(now=NOW)

    job = await handed_in(calling, csv_of(["20104567"]), now=NOW)

    assert (job.state, job.lines, sum(job.counts.values())) == (JobState.WAITING, 2, 0)
    assert await read_job(calling, job.id) == job


async def test_the_same_file_at_once_is_one_job(people: None) -> None:
    """However many send it; also when it is done, and its file is gone."""
    calling = await hospital(now=NOW)
    content = csv_of(["20104567"])

    many = await asyncio.gather(*(handed_in(calling, content, now=NOW) for _ in range(8)))
    await carry_files(clock=lambda: NOW)
    again = await handed_in(calling, content, now=NOW)

    assert len({job.id for job in many}) == 1
    assert (again.id, again.state) == (many[0].id, JobState.DONE)
    assert (len(await kept(SubmissionJob)), await kept(SubmissionJobFile)) == (1, [])


@pytest.mark.parametrize(
    "other",
    [
        {"content": csv_of(["20104567"], mobile="0551112244")},
        {"form": FileForm.JSON_LINES},
        {"is_check": True},
    ],
    ids=["another file", "another form", "a check"],
)
async def test_a_key_is_one_files(people: None, other: dict[str, Any]) -> None:
    """How it is to be read is a part of it."""
    calling = await hospital(now=NOW)
    await handed_in(calling, csv_of(["20104567"]), now=NOW)

    with pytest.raises(IdempotencyKeyReused):
        await handed_in(calling, **{"content": csv_of(["20104567"]), "now": NOW} | other)


async def test_another_system_s_job_does_not_exist(people: None) -> None:
    """Its key is another key, too."""
    calling, other = await hospital(now=NOW), await hospital("other", now=NOW)
    job = await handed_in(calling, csv_of(["20104567"]), now=NOW)
    theirs = await handed_in(other, csv_of(["20104567"]), now=NOW)

    assert theirs.id != job.id
    for unknown in (job.id, uuid4()):
        with pytest.raises(JobUnknown):
            await read_job(other, unknown)
        with pytest.raises(JobUnknown):
            await list_rows(other, unknown, after=0, limit=1)


async def test_only_so_many_files_of_one_system_go_on(people: None, tmp_path: Path) -> None:
    """Another system's are not counted, nor what is done; nothing of the one too many is kept."""
    calling, other = await hospital(now=NOW), await hospital("other", now=NOW)
    with policy_with(tmp_path, ("files_open = 4", "files_open = 1")):
        await handed_in(calling, csv_of(["20104567"]), now=NOW)
        await handed_in(other, csv_of(["20104567"]), now=NOW)
        with pytest.raises(FilesGoOn):
            await handed_in(calling, csv_of(["20104567"]), now=NOW, key="file-0002")
        assert len(await kept(SubmissionJob)) == len(await kept(SubmissionJobFile)) == 2
        await carry_files(clock=lambda: NOW)
        second = await handed_in(calling, csv_of(["20104567"]), now=NOW, key="file-0002")

    assert second.state is JobState.WAITING


@pytest.mark.parametrize(
    ("content", "key", "code"),
    [
        (b"\n" * 50_001, "file-0001", "file_too_long"),
        (b"a" * 8_388_609, "file-0001", "file_too_big"),
        (b"", "file-0001", "file_empty"),
        (b" \r\n\n", "file-0001", "file_empty"),
        (b"a", "short", "idempotency_key_header"),
    ],
    ids=["two many lines", "too large", "empty", "blank", "no key"],
)
async def test_what_is_no_file_is_refused_at_sight(
    people: None, content: bytes, key: str, code: str
) -> None:
    """And not kept."""
    calling = await hospital(now=NOW)

    with pytest.raises(SubmissionRefused) as refused:
        await handed_in(calling, content, now=NOW, key=key)

    assert [one.code for one in refused.value.problems] == [code]
    assert await kept(SubmissionJob) == []


async def test_rows_come_in_pages_by_line(people: None) -> None:
    """All of them, or those with problems; what is settled later comes behind the cursor."""
    calling = await hospital(now=NOW)
    numbers = await others(5)
    numbers[1:1] = ["99999999"]
    job = await handed_in(calling, lines_of(numbers), now=NOW, form=FileForm.JSON_LINES)
    early = await list_rows(calling, job.id, after=0, limit=2)
    await carry_files(clock=lambda: NOW)

    first = await list_rows(calling, job.id, after=early.cursor, limit=4)
    rest = await list_rows(calling, job.id, after=first.cursor, limit=4)
    bad = await list_rows(calling, job.id, after=0, limit=4, with_problems=True)

    assert (early.rows, early.cursor, early.more) == ((), 0, True)
    assert [row.line for row in (*first.rows, *rest.rows)] == [1, 2, 3, 4, 5, 6]
    assert (first.more, rest.more) == (True, False)
    assert [(row.line, row.tracking_code) for row in bad.rows] == [(2, None)]
    assert [one.code for one in bad.rows[0].problems] == ["registration_number_unknown"]


async def test_a_gateway_hands_no_file_in(people: None) -> None:
    """Nor asks after one."""
    calling = await whose_key(await key_of(kind=MachineKind.PAYMENTS), for_what="a", now=NOW)

    with pytest.raises(NotForThisMachine):
        await handed_in(calling, csv_of(["20104567"]), now=NOW)
    with pytest.raises(NotForThisMachine):
        await read_job(calling, uuid4())
    with pytest.raises(NotForThisMachine):
        await list_rows(calling, uuid4(), after=0, limit=1)
