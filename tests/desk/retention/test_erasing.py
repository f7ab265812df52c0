"""A person is erased once and as a whole, or kept with the reasons."""

import asyncio
import signal
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from desk.kinds.reading import SubmissionRefused
from desk.requests.submission import accept
from desk.retention import removing
from desk.retention.erasing import Erased, PersonKept, erase, rehearse_erasing
from desk.retention.holding import hold_person, hold_request, lift
from documents.keys import new_master_key
from models.constraints import AlreadyTaken
from models.database import transaction
from models.practitioners import PractitionerUnknown, ProfileVersion, find_practitioner
from models.reminders.suppressions import suppress
from models.settings import DatabaseSettings
from models.statements import execute
from rules.documents.states import DocumentState
from rules.erasing import Duty
from rules.keeping import Subject
from rules.reminders.suppression import Why as NotWritten
from rules.requests.statuses import Kind
from support.accounts import Member, with_password
from support.cards import give_card
from support.dying import killed_at
from support.keeping import all_certificates, count, ended_request, just_due, look_at, rows
from support.people import NOURA, register_people, specialty_change
from support.personal import found_in, rows_of
from support.proofs import mostly_proofs
from support.racing import until_somebody_waits
from support.requests import NOW
from support.shelved import shelved
from support.uploads import load_upload

NUMBER = NOURA["registration_number"]
#: What nobody else in these tests has, so that finding it anywhere is finding her.
HESSA: dict[str, Any] = {
    "first_name_ar": "حصة",
    "family_name_en": "Aldossary",
    "birth_date": date(1961, 2, 3),
    "mobile": "+966531112233",
    "address": "4 Corniche Road, Dammam",
    "employer": "Harbour Clinic",
}


_A_DRAFT = """
INSERT INTO drafts (id, practitioner_id, kind, version, content, begun_at, saved_at)
VALUES (gen_random_uuid(), :id, 'profile_update', 1, '{}', :now, :now)
"""


@pytest.fixture(autouse=True)
async def people(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUMARIS_DOCUMENTS", (tmp_path / "documents").as_uri())
    monkeypatch.setenv("MUMARIS_DOCUMENT_KEYS", new_master_key())
    await register_people()


async def hessa() -> Member:
    """Somebody with an account, a card that is over, a document, an old request, and a past."""
    member = await with_password(**HESSA)
    number = member.registration_number
    await give_card(number, expires_on=(NOW - timedelta(days=1)).date())
    request = await ended_request(just_due(Subject.REQUESTS), number=number)
    await shelved(NOW, owner=number)
    await look_at(number, NOW)
    async with transaction() as session:
        person = await find_practitioner(session, number)
        await suppress(session, person.email.lower(), why=NotWritten.ASKED, now=NOW)
        session.add(
            ProfileVersion(
                practitioner_id=person.id,
                version=2,
                request_id=request.id,
                changed_by="applicant",
                changed_at=NOW,
                changes={"mobile": {"from": "+966530000000", "to": person.mobile}},
            )
        )
    return member


def about(member: Member) -> set[tuple[str, str]]:
    """Where anything that says who she is still stands."""
    secrets = {str(value) for value in HESSA.values()}
    secrets |= {member.registration_number, member.identity_number, member.email}
    return found_in(rows_of(DatabaseSettings().libpq_url()), secrets)


async def test_nothing_says_any_more_who_it_was() -> None:
    """In no row of any table; before, she stood in many."""
    member = await hessa()
    before = {table for table, _ in about(member)}

    done = await erase(member.registration_number, officer="amal", now=NOW)

    assert about(member) == set()
    assert before >= {"practitioners", "requests", "letters", "profile_versions"}
    assert before >= {"official_records", "suppressions", "sign_in_mailboxes"}
    assert before <= {*done.counts, "submission_keys"}
    assert done.documents == 1


async def test_what_happened_stays_and_names_nobody() -> None:
    """Numbers that were issued, times, statuses, verdicts and periods."""
    member = await hessa()
    (before,) = await rows("SELECT id, tracking_code, status, submitted_at FROM requests")
    kept = ("request_events", "decisions", "card_periods", "profile_versions", "upload_events")
    numbers = [await count(table) for table in kept]

    await erase(member.registration_number, officer="amal", now=NOW)

    (after,) = await rows("SELECT id, tracking_code, status, submitted_at FROM requests")
    assert after == before
    # The document's history has one line more: it was destroyed.
    assert [await count(table) for table in kept] == [*numbers[:-1], numbers[-1] + 1]


async def test_its_document_is_destroyed_with_a_certificate() -> None:
    """Its key is what was destroyed; who ordered it is said."""
    member = await with_password(**HESSA)
    upload = await shelved(NOW, owner=member.registration_number)

    await erase(member.registration_number, officer="amal", now=NOW)

    left = await load_upload(upload.id)
    ((rule, by),) = await rows("SELECT rule, ordered_by FROM destruction_certificates")
    assert (left.state, left.wrapped_key) == (DocumentState.DESTROYED, None)
    assert (rule, by) == ("ordered", "amal")


async def test_a_rehearsal_counts_the_same_and_changes_nothing() -> None:
    """But for its own line of the access log."""
    member = await hessa()
    before = about(member)

    found = await rehearse_erasing(member.registration_number, officer="basim", now=NOW)
    between = about(member)
    certificates = await all_certificates()
    done = await erase(member.registration_number, officer="amal", now=NOW)

    assert between == before
    assert certificates == []
    assert found.certificate is None
    assert dict(found.counts) == dict(done.counts)
    assert found.documents == done.documents
    lines = await rows("SELECT viewer, why FROM access_log WHERE what = 'erasure' ORDER BY id")
    assert [tuple(line) for line in lines] == [("basim", "rehearsed"), ("amal", "erased")]


async def test_its_certificate_says_how_many_rows_and_follows_the_others() -> None:
    """Numbers alone."""
    member = await hessa()

    done = await erase(member.registration_number, officer="amal", now=NOW)

    (one,) = await all_certificates()
    assert (one.id, one.subject, one.counts) == (done.certificate, "person", dict(done.counts))
    assert (await removing.certificates(limit=1)).first_broken is None


async def test_of_somebody_else_nothing_goes() -> None:
    """Also where both read one mailbox: whoever does not want to be written to, is not."""
    member = await hessa()
    async with transaction() as session:
        noura = await find_practitioner(session, NUMBER)
        noura.email = member.email
    other = await ended_request(just_due(Subject.REQUESTS), key="key-of-noura")

    await erase(member.registration_number, officer="amal", now=NOW)

    async with transaction() as session:
        noura = await find_practitioner(session, NUMBER)
    assert (noura.email, noura.erased_at) == (member.email, None)
    assert await count("suppressions") == 1
    assert await count("submission_keys", other.id) == 1


async def ended_yesterday() -> None:
    await ended_request(NOW - timedelta(days=1))


async def open_request() -> None:
    await accept(Kind.PROFILE_UPDATE, specialty_change(NOW.date()), now=NOW)


async def old_request_whose_run_goes_on() -> None:
    await ended_request(just_due(Subject.REQUESTS))
    async with transaction() as session:
        await execute(session, text("UPDATE requests SET run_state = 'ended'"))


async def card() -> None:
    await give_card(NUMBER, expires_on=NOW.date())


async def hold() -> None:
    await hold_person(NUMBER, reason="case 12", by="basim", now=NOW)


async def hold_on_a_request() -> None:
    request = await ended_request(just_due(Subject.REQUESTS))
    await hold_request(request.tracking_code, reason="case 12", by="basim", now=NOW)


async def desk() -> None:
    async with transaction() as session:
        seat = "UPDATE officers SET practitioner_id = (SELECT id FROM practitioners"
        mine = f"{seat} WHERE registration_number = :number) WHERE user_name = 'basim'"
        await execute(session, text(mine), {"number": NUMBER})


@pytest.mark.parametrize(
    ("stands", "why"),
    [
        (open_request, Duty.REQUEST_OPEN),
        (old_request_whose_run_goes_on, Duty.REQUEST_OPEN),
        (ended_yesterday, Duty.REQUEST_KEPT),
        (card, Duty.CARD_IN_FORCE),
        (hold, Duty.HELD),
        (hold_on_a_request, Duty.HELD),
        (desk, Duty.AT_THE_DESK),
    ],
)
async def test_who_has_to_be_kept_is_kept_with_the_reason(stands: Any, why: Duty) -> None:
    """Nothing is changed, and a rehearsal says the same."""
    await stands()

    with pytest.raises(PersonKept) as refused:
        await erase(NUMBER, officer="amal", now=NOW)
    with pytest.raises(PersonKept):
        await rehearse_erasing(NUMBER, officer="amal", now=NOW)

    assert why in [one.why for one in refused.value.reasons]
    assert await all_certificates() == []
    async with transaction() as session:
        assert (await find_practitioner(session, NUMBER)).email == NOURA["email"]


async def test_a_hold_that_was_lifted_keeps_nobody_and_loses_its_words() -> None:
    """That there was one stays."""
    held = await hold_person(NUMBER, reason="Noura's case", by="basim", now=NOW)
    await lift(held, by="basim", now=NOW)

    await erase(NUMBER, officer="amal", now=NOW)

    ((reason, by),) = await rows("SELECT reason, placed_by FROM holds")
    assert (reason, by) == ("", "basim")


async def test_a_second_time_finds_nobody() -> None:
    """And changes nothing."""
    await erase(NUMBER, officer="amal", now=NOW)

    with pytest.raises(PractitionerUnknown):
        await erase(NUMBER, officer="amal", now=NOW)

    assert len(await all_certificates()) == 1


async def test_of_two_at_once_one_finds_nobody() -> None:
    """One certificate says what went."""
    outcomes = await asyncio.gather(
        *(erase(NUMBER, officer=each, now=NOW) for each in ("amal", "basim")),
        return_exceptions=True,
    )

    assert {type(one) for one in outcomes} == {Erased, PractitionerUnknown}
    assert len(await all_certificates()) == 1


@pytest.mark.parametrize(
    ("boundary", "when"),
    mostly_proofs(
        [
            ("desk.retention.erasing:begin", "after"),
            ("desk.retention.erasing:move_upload", "after"),
            ("desk.retention.erasing:erase_rows", "after"),
            # Filled in, and its transaction is not through.
            ("desk.retention.erasing:close", "after"),
        ],
        but=[("desk.retention.erasing:close", "after")],
    ),
)
async def test_a_killed_one_has_done_nothing(boundary: str, when: str) -> None:
    """The next one does all of it."""
    upload = await shelved(NOW)

    code = await killed_at(boundary, when, work="support.dying:erase_noura")
    between = await load_upload(upload.id)
    certificates = await all_certificates()
    done = await erase(NUMBER, officer="amal", now=NOW)

    assert code == -signal.SIGKILL
    assert (between.state, certificates) == (DocumentState.READY, [])
    assert done.documents == 1


async def test_a_request_that_comes_meanwhile_finds_nobody() -> None:
    """It has read the person already, and waits for the row."""
    async with transaction() as session:
        gone = "UPDATE practitioners SET registration_number = 'erased', erased_at = :now"
        of = f"{gone} WHERE registration_number = :number"
        await execute(session, text(of), {"number": NUMBER, "now": NOW})
        wish = specialty_change(NOW.date())
        submitting = asyncio.create_task(accept(Kind.PROFILE_UPDATE, wish, now=NOW))
        await until_somebody_waits()

    with pytest.raises(SubmissionRefused) as refused:
        await submitting
    assert [one.code for one in refused.value.problems] == ["registration_number_unknown"]
    assert await count("requests") == 0


async def test_a_request_that_came_first_stands_against_it() -> None:
    """Erasing waits for whoever is about to name the person."""
    async with transaction() as session:
        person = await find_practitioner(session, NUMBER)
        look = (
            "INSERT INTO drafts (id, practitioner_id, kind, version, content, begun_at, saved_at)"
        )
        values = "VALUES (gen_random_uuid(), :id, 'profile_update', 1, '{}', :now, :now)"
        await execute(session, text(f"{look} {values}"), {"id": person.id, "now": NOW})
        erasing = asyncio.create_task(erase(NUMBER, officer="amal", now=NOW))
        await until_somebody_waits()

    done = await erasing

    assert done.counts["drafts"] == 1


@pytest.mark.parametrize("table", ["holds", "cards", "accounts"])
async def test_nothing_new_is_said_of_somebody_who_was_erased(table: str) -> None:
    """The database refuses, whoever has read the row before."""
    async with transaction() as session:
        person = await find_practitioner(session, NUMBER)
    await erase(NUMBER, officer="amal", now=NOW)
    values = {
        "holds": "(id, practitioner_id, reason, placed_at, placed_by)"
        " VALUES (gen_random_uuid(), :id, 'x', :now, 'amal')",
        "cards": "(id, practitioner_id, status, category, valid_from, expires_on)"
        " VALUES (gen_random_uuid(), :id, 'active', 'nursing', '2026-01-01', '2027-01-01')",
        "accounts": "(id, kind, practitioner_id, version, made_at)"
        " VALUES (gen_random_uuid(), 'practitioner', :id, 1, :now)",
    }[table]

    with pytest.raises(AlreadyTaken, match="No practitioner"):
        await _write(f"INSERT INTO {table} {values}", person.id)
    with pytest.raises(AlreadyTaken):
        await _write("UPDATE practitioners SET email = 'x@example.com' WHERE id = :id", person.id)


async def _write(statement: str, person: object) -> None:
    async with transaction() as session:
        await execute(session, text(statement), {"id": person, "now": NOW})
