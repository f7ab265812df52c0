"""A registration is written under a mailbox, by whoever reads it, and sent once."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import func, select

from desk.drafts.keeping import PartUnknown, RequestIsOpen, Seen
from desk.drafts.registration import (
    attach_file,
    begin_correction,
    discard,
    look,
    remove_part,
    save_part,
)
from desk.drafts.registration_sending import review, send
from desk.drafts.sending import DraftGone, DraftRefused
from desk.drafts.update import forget_newcomers, sweep
from desk.policy import current_policy
from models.database import transaction
from models.drafts import Draft, DraftMoved
from models.newcomers import Newcomer
from models.requests import Request, find_request
from rules.requests.statuses import Kind, Status
from rules.values.document_kind import DocumentKind
from support.people import register_people
from support.registering import file_of, put, returned, sent, written
from support.requests import NOW
from support.uploads import name_a_shelf

LAYLA, OTHER = "layla@example.org", "other@example.org"

pytestmark = pytest.mark.usefixtures("database", "shelf")


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A place for documents."""
    name_a_shelf(tmp_path, monkeypatch)


async def count(table: type[Draft | Request | Newcomer]) -> int:
    """How many rows there are."""
    async with transaction() as session:
        return (await session.exec(select(func.count()).select_from(table))).one()


async def test_looking_begins_nothing() -> None:
    """Whoever comes in and reads leaves no row behind."""
    registration = await look(LAYLA, now=NOW)

    assert (registration.draft, registration.content) == (None, {})
    assert (await count(Draft), await count(Newcomer)) == (0, 0)


async def test_what_is_typed_is_kept_right_or_wrong() -> None:
    """Also what no rule would take; under another mailbox there is nothing of it."""
    await put(LAYLA, "person", {"first_name_ar": "x\x00\ud800"})

    assert (await look(LAYLA, now=NOW)).content["person"]["first_name_ar"] == "x\uffff\uffff"
    assert (await look(OTHER, now=NOW)).content == {}


async def test_two_tabs_do_not_overwrite_each_other() -> None:
    """The second one is told, and its next press says so knowingly."""
    seen = Seen()
    await save_part(LAYLA, "employer", {"employer": "One"}, seen=seen, now=NOW)

    with pytest.raises(DraftMoved):
        await save_part(LAYLA, "employer", {"employer": "Two"}, seen=seen, now=NOW)
    await put(LAYLA, "employer", {"employer": "Two"})

    assert (await look(LAYLA, now=NOW)).content["employer"] == {"employer": "Two"}


async def test_two_who_begin_at_once_write_one_draft() -> None:
    """Each saves another part of it."""
    await asyncio.gather(
        *(
            save_part(LAYLA, part, {}, seen=Seen(), now=NOW)
            for part in ("person", "contact", "employer", "degree")
        )
    )

    assert (await count(Draft), await count(Newcomer)) == (1, 1)
    assert len((await look(LAYLA, now=NOW)).content) == 4


@pytest.mark.parametrize("part", ["no", "certificate-2", "certificate-0", "employer_letter-2", ""])
async def test_what_is_no_part_is_refused(part: str) -> None:
    """Whatever stands in an address."""
    with pytest.raises(PartUnknown):
        await put(LAYLA, part, {})


async def test_there_are_as_many_certificates_as_policy_takes() -> None:
    """One more is no part."""
    most = current_policy().limits.certificates
    for number in range(1, most + 1):
        await put(LAYLA, f"certificate-{number}", {"title": "A course"})

    with pytest.raises(PartUnknown):
        await put(LAYLA, f"certificate-{most + 1}", {})


async def test_a_certificate_and_a_document_can_be_taken_out() -> None:
    """Again, it is the same; a group of fields cannot."""
    await put(LAYLA, "certificate-1", {"title": "A course"})
    await put(LAYLA, "medical_report", {"issuer": "A hospital"})
    for _ in range(2):
        await remove_part(LAYLA, "certificate-1", now=NOW)
        await remove_part(LAYLA, "medical_report", now=NOW)

    assert (await look(LAYLA, now=NOW)).content == {}
    with pytest.raises(PartUnknown):
        await remove_part(LAYLA, "person", now=NOW)


async def test_an_empty_registration_lacks_something_on_every_page() -> None:
    """All problems at once, each where it is put right, and the documents that are asked for."""
    await put(LAYLA, "employer", {"employer": ""})

    reviewed = await review(await look(LAYLA, now=NOW), now=NOW)

    parts = {each.part for each in reviewed.problems}
    assert parts >= {"person", "identity_details", "contact", "degree", "professional", "employer"}
    assert DocumentKind.EMPLOYER_LETTER in reviewed.asked


async def test_what_is_right_is_sent_and_becomes_one_request() -> None:
    """With the mailbox by which they came in; pressed again it is the same."""
    await written(LAYLA)
    seen = (await look(LAYLA, now=NOW)).seen
    assert seen.draft_id is not None

    request = await sent(LAYLA)
    again = await send(
        LAYLA, draft_id=seen.draft_id, version=1, language="en", confirmed=True, now=NOW
    )

    assert (request.kind, request.language) == (Kind.REGISTRATION, "en")
    assert request.submission["profile"]["email"] == LAYLA
    assert again.id == request.id
    assert (await count(Draft), await count(Request)) == (0, 1)
    assert (await look(LAYLA, now=NOW)).is_sent


async def test_somebody_else_cannot_find_what_was_sent() -> None:
    """Not even with the draft's number."""
    await written(LAYLA)
    seen = (await look(LAYLA, now=NOW)).seen
    await sent(LAYLA)
    assert seen.draft_id is not None

    with pytest.raises(DraftGone):
        await send(OTHER, draft_id=seen.draft_id, version=1, language="en", confirmed=True, now=NOW)


async def test_it_is_sent_as_it_was_reviewed() -> None:
    """Saved since, it is reviewed anew; without the declaration it is refused."""
    await written(LAYLA)
    seen = (await look(LAYLA, now=NOW)).seen
    assert seen.draft_id is not None
    with pytest.raises(DraftRefused):
        await sent(LAYLA, confirmed=False)
    await put(LAYLA, "employer", {"employer": "Another hospital"})

    with pytest.raises(DraftMoved):
        await send(
            LAYLA,
            draft_id=seen.draft_id,
            version=seen.version,
            language="en",
            confirmed=True,
            now=NOW,
        )


async def test_somebody_else_s_file_is_unknown() -> None:
    """A draft that names it cannot be sent."""
    await written(LAYLA)
    await attach_file(LAYLA, "employer_letter", await file_of(OTHER), now=NOW)

    with pytest.raises(DraftRefused) as refused:
        await sent(LAYLA)

    assert {each.problem.code for each in refused.value.problems} == {"document_unknown"}


async def test_nothing_is_written_while_a_request_waits_for_us() -> None:
    """It can be withdrawn, or corrected when it is returned."""
    await written(LAYLA)
    await sent(LAYLA)

    with pytest.raises(RequestIsOpen):
        await put(LAYLA, "employer", {"employer": "Another hospital"})


async def test_a_returned_registration_is_corrected_where_it_was_marked() -> None:
    """The rest stays as it was sent; what comes of it is the same request in another round."""
    await register_people()
    code = await returned(LAYLA)

    await begin_correction(LAYLA, now=NOW)
    await begin_correction(LAYLA, now=NOW)
    registration = await look(LAYLA, now=NOW)
    with pytest.raises(PartUnknown):
        await put(LAYLA, "employer", {"employer": "Another hospital"})
    letter = registration.content["employer_letter"] | {"issuer": "Human Resources"}
    await put(LAYLA, "employer_letter", letter)
    request = await sent(LAYLA)

    assert registration.correction is not None
    assert registration.correction.open_parts == {"employer_letter", "qualification"}
    assert request.tracking_code == code
    async with transaction() as session:
        found = await find_request(session, code)
    assert (found.status, found.round) == (Status.SUBMITTED, 2)
    assert found.submission["documents"][0]["issuer"] == "Human Resources"


async def test_nothing_of_nobody_s_is_corrected() -> None:
    """Where nothing was returned there is nothing to begin."""
    with pytest.raises(PartUnknown):
        await begin_correction(LAYLA, now=NOW)


async def test_what_nobody_sends_is_destroyed_when_policy_says_so() -> None:
    """With the newcomer; discarded, it is gone at once."""
    await put(LAYLA, "employer", {"employer": "A hospital"})
    await put(OTHER, "employer", {"employer": "A hospital"})
    await discard(OTHER)
    kept = timedelta(days=current_policy().drafts.kept_days)

    await sweep(now=NOW + kept - timedelta(seconds=1), limit=10)
    before = await count(Draft)
    await sweep(now=NOW + kept, limit=10)
    await forget_newcomers(now=NOW + kept, limit=10)

    assert (before, await count(Draft), await count(Newcomer)) == (1, 0, 0)
