"""What is removed, what stays, and that each goes once, whatever happens to the run."""

import asyncio
import signal
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlmodel import SQLModel

from desk.requests.submission import accept
from desk.retention import removing
from desk.retention.removing import due, remove_due
from models.database import transaction
from models.documents.readings import DocumentReading
from models.reminders.reminders import Reminder, reminder_id
from models.requests import RequestUnknown, find_request
from models.retention.requests import DELETED
from models.statements import execute
from models.waves import Wave
from rules.keeping import OF_THE_RUN, Subject
from rules.policy.thresholds import Topic
from rules.reminders.decision import ReminderStatus
from rules.requests.statuses import Kind
from support.dying import killed_at
from support.keeping import (
    all_certificates,
    count,
    ended_request,
    just_due,
    look_at,
    not_yet_due,
    rows,
)
from support.people import NOURA, register_people, specialty_change
from support.proofs import mostly_proofs
from support.requests import NOW, request_at_gate
from support.uploads import upload_row

NUMBER = NOURA["registration_number"]


@pytest.fixture(autouse=True)
async def people(database: str) -> None:
    await register_people()


async def numbers() -> dict[Subject, int]:
    """What is due at NOW, where something is."""
    return {one.kept.subject: one.number for one in await due(NOW) if one.number}


async def test_an_old_request_is_emptied_and_its_numbers_stay() -> None:
    """Codes, times, statuses and verdicts are what figures are made of."""
    request = await ended_request(just_due(Subject.REQUESTS))
    events = await count("request_events", request.id)

    await remove_due(NOW)

    async with transaction() as session:
        left = await session.get_one(type(request), request.id)
    assert (left.submission, left.normalised, left.corrections) == ({}, {}, [])
    assert left.official_record is None
    assert left.idempotency_key == f"emptied:{request.id}"
    assert left.emptied_at == NOW
    assert (left.tracking_code, left.status) == (request.tracking_code, "rejected")
    assert left.submitted_at == request.submitted_at
    assert await count("request_events", request.id) == events
    ((verdict, note),) = await rows("SELECT verdict, note FROM decisions")
    assert (verdict, note) == ("reject", None)


async def test_nothing_that_was_written_of_it_is_anywhere() -> None:
    """Not its key either: what was a key of somebody else's system may be a person's number."""
    request = await ended_request(just_due(Subject.REQUESTS), key="1000000008-2021")
    upload = await upload_row()
    async with transaction() as session:
        session.add(
            DocumentReading(
                request_id=request.id,
                round=1,
                upload_id=upload.id,
                officer="amal",
                read_at=NOW,
                readable=True,
            )
        )

    await remove_due(NOW)

    assert {table: await count(table, request.id) for table in DELETED} == dict.fromkeys(DELETED, 0)
    for table in SQLModel.metadata.tables:
        found = await rows(
            f"SELECT FROM {table} WHERE {table}::text LIKE '%1000000008-2021%'".replace(":", "\\:")
        )
        assert not found, table


async def test_whoever_asks_for_it_is_told_as_of_one_that_never_was() -> None:
    """And its key is free: what is sent under it again is a new request."""
    request = await ended_request(just_due(Subject.REQUESTS))
    await remove_due(NOW)

    with pytest.raises(RequestUnknown):
        async with transaction() as session:
            await find_request(session, request.tracking_code)
    again = await accept(
        Kind.PROFILE_UPDATE, specialty_change(NOW.date(), idempotency_key="an-old-key"), now=NOW
    )
    assert again.id != request.id


@pytest.mark.parametrize(
    "still",
    ["status = 'under_review'", "run_state = 'ended'", "run_state = 'broken'"],
)
async def test_a_request_that_somebody_may_come_back_to_is_kept(still: str) -> None:
    """However old it is."""
    request = await ended_request(just_due(Subject.REQUESTS))
    async with transaction() as session:
        await execute(session, text(f"UPDATE requests SET {still}"))  # noqa: S608

    assert Subject.REQUESTS not in await numbers()
    assert Subject.EMAILS not in await numbers()
    await remove_due(NOW)
    assert await count("submission_keys", request.id) == 1


async def of(subject: Subject, at: object) -> None:
    """A row of this subject that began to count then."""
    if subject is Subject.ACCESS_LOG:
        await look_at(NUMBER, at)  # type: ignore[arg-type]
    elif subject is Subject.REMINDERS:
        await reminded(at.date())  # type: ignore[attr-defined]
    elif subject is Subject.WAVES:
        async with transaction() as session:
            session.add(
                Wave(
                    kind=Kind.PROFILE_UPDATE,
                    made_at=at,
                    expected=5,
                    checked_at=at,
                    ended_at=at,
                    ending="carried",
                )
            )
    else:
        await ended_request(at)  # type: ignore[arg-type]


async def reminded(day: object, status: ReminderStatus = ReminderStatus.SENT) -> None:
    """A reminder that was decided on this day."""
    async with transaction() as session:
        person = (await execute(session, text("SELECT id FROM practitioners"))).scalars().first()
        session.add(
            Reminder(
                id=reminder_id(person, Topic.CARD, day, 30),  # type: ignore[arg-type]
                practitioner_id=person,
                topic=Topic.CARD,
                anchor=day,
                threshold=30,
                status=status,
                letter="card_expires",
                address="noura@example.com",
                server_reply="250 for noura@example.com",
                examined_on=day,
                run="test",
                created_at=NOW,
                next_attempt_at=NOW,
            )
        )


@pytest.mark.parametrize("subject", OF_THE_RUN)
async def test_each_is_kept_for_its_days_and_no_longer(subject: Subject) -> None:
    """At the bound it stays, and goes a moment later; what has a day only, the day after."""
    bound = not_yet_due(subject)
    await of(subject, bound)

    before = await numbers()
    await remove_due(NOW)
    kept = await all_certificates()
    later = NOW + (timedelta(days=1) if subject is Subject.REMINDERS else timedelta(microseconds=1))
    done = await remove_due(later)

    assert subject not in before
    assert [one for one in kept if one.subject is subject] == []
    assert done.counts[subject].total() >= 1
    (certificate,) = [one for one in await all_certificates() if one.subject is subject]
    assert certificate.counts == +done.counts[subject]
    assert done.failed == []


async def test_that_somebody_was_reminded_is_not_forgotten() -> None:
    """The address goes; the row stays, so that nobody is reminded twice."""
    await reminded(just_due(Subject.REMINDERS).date() - timedelta(days=1))
    await reminded(just_due(Subject.REMINDERS).date() - timedelta(days=2), ReminderStatus.QUEUED)

    await remove_due(NOW)

    found = await rows("SELECT status, address, server_reply FROM reminders ORDER BY status")
    assert [tuple(one) for one in found] == [
        ("queued", "noura@example.com", "250 for noura@example.com"),
        ("sent", None, None),
    ]


async def test_an_e_mail_that_waits_is_kept() -> None:
    """It was not sent yet."""
    request = await ended_request(just_due(Subject.EMAILS))
    letters = await count("letters", request.id)
    async with transaction() as session:
        one = "UPDATE letters SET status = 'queued' WHERE id = (SELECT min(id\\:\\:text)\\:\\:uuid"
        await execute(session, text(f"{one} FROM letters)"))

    done = await remove_due(NOW)

    assert done.counts[Subject.EMAILS] == {"letters": letters - 1}


async def test_a_wave_that_a_request_names_is_kept() -> None:
    """It says by which run the request came there."""
    await of(Subject.WAVES, just_due(Subject.WAVES))
    code = await request_at_gate()
    async with transaction() as session:
        named = "UPDATE requests SET wave_id = (SELECT id FROM waves) WHERE tracking_code = :code"
        await execute(session, text(named), {"code": code})

    assert await numbers() == {}
    await remove_due(NOW)
    assert await count("waves") == 1


async def test_a_rehearsal_counts_and_changes_nothing() -> None:
    """The same numbers as the run's own."""
    await ended_request(just_due(Subject.REQUESTS))
    await of(Subject.WAVES, just_due(Subject.WAVES))
    letters = await count("letters")

    expected = await numbers()

    assert expected[Subject.REQUESTS] == expected[Subject.WAVES] == 1
    assert expected[Subject.EMAILS] == letters
    assert (await count("letters"), await all_certificates()) == (letters, [])


async def looks(number: int) -> None:
    for _ in range(number):
        await look_at(NUMBER, just_due(Subject.ACCESS_LOG))


async def test_a_run_goes_on_in_chunks_and_a_second_one_finds_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each chunk with its certificate."""
    monkeypatch.setattr(removing, "CHUNK", 2)
    await looks(5)

    done = await remove_due(NOW)
    again = await remove_due(NOW)

    assert [one.counts for one in await all_certificates()] == [
        {"access_log": 2},
        {"access_log": 2},
        {"access_log": 1},
    ]
    assert (done.certificates, done.total) == (3, 5)
    assert (again.certificates, again.total) == (0, 0)


async def test_two_runs_at_once_remove_each_row_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Together as much as there was, and the certificates follow each other."""
    monkeypatch.setattr(removing, "CHUNK", 3)
    await looks(20)

    one, other = await asyncio.gather(remove_due(NOW), remove_due(NOW))

    found = await all_certificates()
    assert one.total + other.total == 20
    assert sum(each.counts["access_log"] for each in found) == 20
    assert (await removing.certificates(limit=1)).first_broken is None
    assert await count("access_log") == 0


@pytest.mark.parametrize(
    ("boundary", "when", "certificates"),
    mostly_proofs(
        [
            ("desk.retention.removing:begin", "after", 0),
            ("desk.retention.removing:close", "before", 0),
            # Filled in, and its transaction is not through.
            ("desk.retention.removing:close", "after", 0),
            # Between two chunks.
            ("desk.retention.removing:_log", "before", 1),
        ],
        but=[("desk.retention.removing:_log", "before", 1)],
    ),
)
async def test_a_killed_run_leaves_certificates_that_are_true(
    boundary: str, when: str, certificates: int
) -> None:
    """What it removed has one, what it did not has none, and the next run does the rest."""
    await looks(7)

    code = await killed_at(boundary, when, work="support.dying:forget")
    left, found = await count("access_log"), await all_certificates()
    await remove_due(NOW)

    assert code == -signal.SIGKILL
    assert len(found) == certificates
    assert left == 7 - sum(one.counts["access_log"] for one in found)
    assert sum(one.counts["access_log"] for one in await all_certificates()) == 7
    assert (await removing.certificates(limit=1)).first_broken is None


async def test_what_cannot_be_removed_holds_up_nothing_else() -> None:
    """The run says so; the log has the sort of error and no row."""
    await of(Subject.WAVES, just_due(Subject.WAVES))
    await looks(1)
    async with transaction() as session:
        await execute(
            session,
            text(
                "CREATE FUNCTION stays() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN RAISE 'no'; END $$"
            ),
        )
        await execute(
            session,
            text("CREATE TRIGGER t BEFORE DELETE ON access_log EXECUTE FUNCTION stays()"),
        )

    done = await remove_due(NOW)

    assert done.failed == [Subject.ACCESS_LOG]
    assert (await count("waves"), await count("access_log")) == (0, 1)
    assert [one.subject for one in await all_certificates()] == [Subject.WAVES]
