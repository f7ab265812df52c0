"""A queue as the rows of a file: what is in it, and whose looks are noted."""

from datetime import timedelta
from pathlib import Path

import pytest

from desk.queues import exporting
from desk.queues.exporting import HEADINGS, Wanted, export_queue
from desk.queues.filtering import narrowed_by
from desk.requests.claims import claim
from desk.requests.reasons import ReasonNotSaid
from models.absences import Absence
from models.access_log import Looked
from models.database import transaction
from models.officers import Officer, OfficerUnknown
from models.queues import ALL_OF_IT, Narrowed
from models.requests import find_request
from rules.findings.problems import ValueRefused
from rules.requests.queue_filters import DueWhen, QueueFilters
from rules.requests.queues import Queue
from rules.requests.statuses import Kind
from rules.values.dates import riyadh_day
from support.at_the_desk import looks, row_of
from support.policies import policy_with
from support.requests import NOW

from .conftest import Clean

FORMULA = "=HYPERLINK(1)"


def wanted(
    queue: Queue = Queue.ALL,
    narrowed: Narrowed = ALL_OF_IT,
    *,
    reason: str = "weekly report",
    identity_numbers: bool = False,
) -> Wanted:
    """All of the desk."""
    return Wanted(queue=queue, narrowed=narrowed, reason=reason, identity_numbers=identity_numbers)


async def exported(what: Wanted | None = None, officer: str = "amal") -> list[tuple[str, ...]]:
    """All rows, with the headings."""
    return [row async for rows in export_queue(what or wanted(), officer, now=NOW) for row in rows]


async def due(code: str, *, hours: int) -> None:
    """Due so many hours from now."""
    async with transaction() as session:
        (await find_request(session, code, lock=True)).review_due_at = NOW + timedelta(hours=hours)


async def test_a_row_says_where_a_case_stands_and_whose_it_is(clean: Clean) -> None:
    """Most urgent first; days are Riyadh's."""
    second, first = await clean(), await clean(family_name_en="Alharbi")
    await due(first, hours=-1)
    await claim(first, "basim", now=NOW)

    headings, row, other = await exported()

    assert headings == HEADINGS
    told = dict(zip(headings, row, strict=True))
    assert told["tracking_code"] == first
    assert (told["kind"], told["officer"], told["late"]) == ("profile_update", "basim", "yes")
    assert told["why"] == "specialty_or_rank_changed certificates_added"
    assert told["waiting_since"].endswith("+03:00")
    assert told["due"] == "2026-11-23"
    assert "Alharbi" in told["name_en"]
    assert other[0] == second


async def test_identity_numbers_are_left_out_unless_asked_for(clean: Clean) -> None:
    """Then they are the last column."""
    code = await clean()
    async with transaction() as session:
        row = await find_request(session, code)
        person = await exporting.practitioners_of(session, [row.practitioner_id])
    (number,) = [one.identity_number for one in person.values()]

    without = await exported()
    asked = await exported(wanted(identity_numbers=True))

    assert number not in str(without)
    assert [row[-1] for row in asked] == ["identity_number", number]


async def test_every_row_is_a_look_with_the_reason(clean: Clean) -> None:
    """Of the person, for the request, by the officer."""
    codes = [await clean(), await clean()]

    await exported(wanted(reason="  weekly report "))

    lines = await looks(Looked.EXPORT)
    rows = [await row_of(code) for code in codes]
    assert {(line.practitioner_id, line.request_id) for line in lines} == {
        (row.practitioner_id, row.id) for row in rows
    }
    assert {(line.viewer, line.why) for line in lines} == {("amal", "weekly report")}


@pytest.mark.parametrize("reason", ["", " \u200b\t", "\x00", "x" * 501])
async def test_without_a_reason_nothing_is_read(clean: Clean, reason: str) -> None:
    """Nor noted."""
    await clean()

    with pytest.raises((ReasonNotSaid, ValueRefused)):
        await exported(wanted(reason=reason))

    assert await looks(Looked.EXPORT) == []


async def test_what_people_call_themselves_computes_nothing(clean: Clean) -> None:
    """In each of their names."""
    await clean(first_name_en=FORMULA, first_name_ar="＝1+1")

    _, row = await exported()

    assert f"'{FORMULA}" in row[-1]
    assert row[-1].startswith("'=")
    assert row[-2].startswith("'＝1+1")


async def test_the_file_is_of_the_list(clean: Clean) -> None:
    """Its queue and its filters."""
    late, other = await clean(), await clean()
    await due(late, hours=-1)
    await claim(other, "basim", now=NOW)

    by_due = narrowed_by(QueueFilters(due=DueWhen.LATE), now=NOW)
    found = {
        "late": await exported(wanted(Queue.LATE)),
        "due": await exported(wanted(narrowed=by_due)),
        "to take": await exported(wanted(Queue.TO_TAKE)),
        "kind": await exported(wanted(narrowed=Narrowed(kind=Kind.CARD_RENEWAL))),
    }

    assert {name: [row[0] for row in rows[1:]] for name, rows in found.items()} == {
        "late": [late],
        "due": [late],
        "to take": [late],
        "kind": [],
    }


async def test_no_more_rows_than_policy_says(clean: Clean, tmp_path: Path) -> None:
    """The most urgent ones; and nobody else is looked at."""
    codes = [await clean() for _ in range(3)]
    for hours, code in enumerate(codes):
        await due(code, hours=hours)

    with policy_with(tmp_path, ("export_at_most = 10000", "export_at_most = 2")):
        rows = await exported()

    assert [row[0] for row in rows[1:]] == codes[:2]
    assert len(await looks(Looked.EXPORT)) == 2


async def test_whoever_stops_on_the_way_has_looked_at_no_more(
    clean: Clean, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pieces follow each other without a gap, and each is noted before it is handed on."""
    monkeypatch.setattr(exporting, "_AT_ONCE", 2)
    codes = [await clean() for _ in range(5)]
    for hours, code in enumerate(codes):
        await due(code, hours=hours)

    rows = export_queue(wanted(), "amal", now=NOW)
    first = await anext(rows)
    noted = len(await looks(Looked.EXPORT))
    rest = [row async for piece in rows for row in piece]

    assert noted == 2
    assert [row[0] for row in [*first, *rest]] == ["tracking_code", *codes]
    assert len(await looks(Looked.EXPORT)) == 5


async def test_one_s_own_requests_are_left_out(clean: Clean) -> None:
    """And not looked at."""
    own, other = await clean(), await clean()
    async with transaction() as session:
        row = await find_request(session, own)
        (await session.get_one(Officer, "amal")).practitioner_id = row.practitioner_id

    rows = await exported()

    assert [row[0] for row in rows[1:]] == [other]
    assert len(await looks(Looked.EXPORT)) == 1


async def test_who_is_no_officer_gets_nothing(clean: Clean) -> None:
    """Nor who has left."""
    await clean()

    for name in ("nobody", "retired"):
        with pytest.raises(OfficerUnknown):
            await exported(officer=name)


async def test_whoever_is_away_works_on_nothing(clean: Clean) -> None:
    """As the list that was exported says it."""
    await claim(await clean(), "basim", now=NOW)
    today = riyadh_day(NOW)
    async with transaction() as session:
        session.add(
            Absence(officer="basim", first_day=today, last_day=today, said_by="basim", said_at=NOW)
        )

    headings, row = await exported()

    assert row[headings.index("officer")] == ""
