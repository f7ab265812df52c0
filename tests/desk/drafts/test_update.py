"""A profile update that is being written."""

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import col, select

from desk.drafts.correcting import begin_correction
from desk.drafts.keeping import PartUnknown, RequestIsOpen, Seen
from desk.drafts.reviewing import drafted, review
from desk.drafts.sending import DraftGone, DraftRefused, send
from desk.drafts.update import (
    KIND,
    TooManyEntries,
    Written,
    add_entry,
    discard,
    look,
    remove_entry,
    save,
    sweep,
)
from desk.policy import current_policy
from desk.requests.review import Ruling, decide
from desk.requests.submission import accept, resubmit
from desk.requests.waiting import load_request
from desk.requests.withdrawal import withdraw
from models.database import transaction
from models.drafts import Draft, DraftMoved
from models.requests import Request
from rules.profile_update.drafted import Entry
from rules.requests.statuses import Status
from rules.requests.verdicts import Verdict
from support.people import Applicant, register_applicant, specialty_change
from support.requests import NOW, request_at_gate

MOBILE = {"mobile": "0551112233"}


async def written(person: Applicant) -> Written:
    return await look(person.registration_number, now=NOW)


async def put(person: Applicant, part: str = "contact", **typed: str) -> Written:
    """Save a page that was just opened, with these boxes changed."""
    page = await written(person)
    return await save(
        person.registration_number,
        part,
        page.boxes_of(part) | typed,
        seen=page.seen,
        now=NOW,
    )


async def drafts(person: Applicant) -> list[Draft]:
    row = await person.on_file()
    async with transaction() as session:
        query = select(Draft).where(col(Draft.practitioner_id) == row.id)
        return list((await session.exec(query)).all())


async def sent(person: Applicant) -> Request:
    page = await written(person)
    assert page.draft is not None
    return await send(
        person.registration_number,
        draft_id=page.draft.id,
        version=page.draft.version,
        confirmed=True,
        now=NOW,
    )


async def test_looking_begins_nothing(person: Applicant) -> None:
    """A page that is opened writes no row."""
    page = await written(person)

    assert page.boxes_of("contact")["email"] == person.email
    assert await drafts(person) == []


async def test_what_was_typed_is_kept_right_or_wrong(person: Applicant) -> None:
    """And shown again; what was left as on file is not kept."""
    await put(person, mobile="not a number")

    page = await written(person)
    reviewed = await review(page, now=NOW)

    assert page.content["contact"] == {"mobile": "not a number"}
    assert page.boxes_of("contact")["mobile"] == "not a number"
    assert [(each.part, each.box) for each in reviewed.problems] == [("contact", "mobile")]


@pytest.mark.parametrize("hostile", ["a\x00b", "\ud800", "\u202e12", "=1+1", "<b>", "x" * 10_000])
async def test_hostile_text_is_kept_and_refused_beside_its_box(
    person: Applicant, hostile: str
) -> None:
    """What PostgreSQL cannot keep as well: it stays refused."""
    await put(person, mobile=hostile)

    reviewed = await review(await written(person), now=NOW)

    assert [(each.part, each.box) for each in reviewed.problems] == [("contact", "mobile")]


async def test_of_two_windows_the_second_is_told(person: Applicant) -> None:
    """Where both typed into the same page; nothing is overwritten."""
    one = await written(person)
    await put(person, **MOBILE)

    with pytest.raises(DraftMoved):
        await save(
            person.registration_number,
            "contact",
            one.boxes_of("contact") | {"mobile": "0559998877"},
            seen=one.seen,
            now=NOW,
        )

    assert (await written(person)).content["contact"] == MOBILE


async def test_two_windows_on_two_pages_do_not_disturb_each_other(person: Applicant) -> None:
    """Both are kept, at once and one after the other; the same page twice is one."""
    page = await written(person)
    typed = {"contact": MOBILE, "employer": {"employer": "King Fahad Hospital"}}

    await asyncio.gather(
        *(
            save(
                person.registration_number,
                part,
                page.boxes_of(part) | typed[part],
                seen=page.seen,
                now=NOW,
            )
            for part in ("contact", "employer", "contact")
        )
    )

    assert (await written(person)).content == typed
    assert len(await drafts(person)) == 1


async def test_a_page_that_is_sent_twice_adds_one_entry(person: Applicant) -> None:
    """A double click; another one with other words is another one."""
    page = await written(person)
    add = [
        await add_entry(
            person.registration_number, Entry.CERTIFICATE, {"title": title}, seen=page.seen, now=NOW
        )
        for title in ("A", "A", "B")
    ]

    assert add == ["certificate-1", "certificate-1", "certificate-2"]


async def test_entries_are_removed_and_limited(person: Applicant) -> None:
    """As many as policy allows in one request; what is gone cannot be saved."""
    limit = current_policy().limits.experience
    for number in range(limit):
        await add_entry(
            person.registration_number,
            Entry.EXPERIENCE,
            {"role": str(number)},
            seen=Seen(),
            now=NOW,
        )

    with pytest.raises(TooManyEntries):
        await add_entry(
            person.registration_number, Entry.EXPERIENCE, {"role": "more"}, seen=Seen(), now=NOW
        )
    await remove_entry(person.registration_number, "experience-3", now=NOW)
    await remove_entry(person.registration_number, "experience-3", now=NOW)
    with pytest.raises(PartUnknown):
        await put(person, "experience-3", role="again")
    assert len((await written(person)).content) == limit - 1


@pytest.mark.parametrize("part", ["certificate-1", "nothing", "preferred_language", "../x"])
async def test_a_part_that_is_none_is_unknown(person: Applicant, part: str) -> None:
    """Whatever an address names."""
    with pytest.raises(PartUnknown):
        await save(person.registration_number, part, {}, seen=Seen(), now=NOW)


async def test_what_was_written_is_sent_once_and_destroyed(person: Applicant) -> None:
    """However often Next is pressed, one after the other or at once."""
    await put(person, **MOBILE)
    page = await written(person)
    assert page.draft is not None
    press = {"draft_id": page.draft.id, "version": page.draft.version, "confirmed": True}

    requests = await asyncio.gather(
        *(send(person.registration_number, **press, now=NOW) for _ in range(4))
    )
    again = await send(person.registration_number, **press, now=NOW)

    assert len({request.tracking_code for request in (*requests, again)}) == 1
    assert again.submission["changes"]["mobile"] == "0551112233"
    assert await drafts(person) == []


async def test_what_was_saved_after_the_review_is_reviewed_first(person: Applicant) -> None:
    """Next in one window, Continue in the other."""
    await put(person, **MOBILE)
    page = await written(person)
    assert page.draft is not None
    await put(person, "employer", employer="King Fahad Hospital")

    with pytest.raises(DraftMoved):
        await send(
            person.registration_number,
            draft_id=page.draft.id,
            version=page.draft.version,
            confirmed=True,
            now=NOW,
        )

    assert len((await written(person)).content) == 2


async def test_what_is_saved_while_it_is_sent_stops_it(person: Applicant) -> None:
    """Between the look and the door: nothing is kept, and nothing that was typed is lost."""
    await put(person, **MOBILE)
    page = await written(person)
    made = drafted(page, confirmed=True)
    await put(person, "employer", employer="King Fahad Hospital")

    with pytest.raises(DraftMoved):
        await accept(KIND, made.document, now=NOW, draft=page.draft)

    after = await written(person)
    assert after.open_request is None
    assert len(after.content) == 2


async def test_nothing_is_sent_without_the_declaration(person: Applicant) -> None:
    """And the draft stays."""
    await put(person, **MOBILE)
    page = await written(person)
    assert page.draft is not None

    with pytest.raises(DraftRefused) as refused:
        await send(
            person.registration_number,
            draft_id=page.draft.id,
            version=page.draft.version,
            confirmed=False,
            now=NOW,
        )

    assert [each.problem.code for each in refused.value.problems] == ["not_confirmed"]
    assert len(await drafts(person)) == 1


async def test_a_draft_of_somebody_else_is_gone(person: Applicant) -> None:
    """Before it is sent and afterwards."""
    other = await register_applicant()
    await put(other, **MOBILE)
    theirs = await written(other)
    assert theirs.draft is not None
    press = {"draft_id": theirs.draft.id, "version": theirs.draft.version, "confirmed": True}

    with pytest.raises(DraftGone):
        await send(person.registration_number, **press, now=NOW)
    await send(other.registration_number, **press, now=NOW)
    with pytest.raises(DraftGone):
        await send(person.registration_number, **press, now=NOW)


async def test_beside_an_open_request_nothing_is_written(person: Applicant) -> None:
    """It says which request is open; withdrawn, it is in nobody's way."""
    await put(person, **MOBILE)
    request = await sent(person)

    with pytest.raises(RequestIsOpen) as refused:
        await put(person, mobile="0559998877")
    await withdraw(request.tracking_code, now=NOW)
    await put(person, mobile="0559998877")

    assert refused.value.tracking_code == request.tracking_code
    assert (await written(person)).content == {"contact": {"mobile": "0559998877"}}


async def test_a_draft_ends_by_policy(person: Applicant) -> None:
    """Unseen from that instant on, whether it is swept or not; saving it keeps it longer."""
    kept = timedelta(days=current_policy().drafts.kept_days)
    await put(person, **MOBILE)

    before = await look(person.registration_number, now=NOW + kept - timedelta(seconds=1))
    after = await look(person.registration_number, now=NOW + kept)
    assert before.content
    assert not after.content
    assert len(await drafts(person)) == 1
    await sweep(now=NOW + kept - timedelta(seconds=1), limit=100)
    assert len(await drafts(person)) == 1
    await sweep(now=NOW + kept, limit=100)

    assert await drafts(person) == []


async def test_what_is_discarded_is_gone(person: Applicant) -> None:
    """And discarding nothing is no error."""
    await put(person, **MOBILE)

    await discard(person.registration_number)
    await discard(person.registration_number)

    assert await drafts(person) == []


async def returned(person: Applicant) -> str:
    """A request of theirs that an officer returned for its specialty."""
    code = await request_at_gate(
        specialty_change(
            NOW.date(),
            registration_number=person.registration_number,
            idempotency_key=person.registration_number,
        )
    )
    await decide(
        code,
        Ruling(verdict=Verdict.RETURN, officer="amal", reason_code="unclear", fields=["specialty"]),
        now=NOW,
    )
    return code


async def test_a_correction_begins_with_what_was_submitted(person: Applicant) -> None:
    """It is saved like any draft, sent once, and is a new round of the same request."""
    code = await returned(person)
    await begin_correction(person.registration_number, code, now=NOW)
    await put(person, "professional", specialty="intensive care")
    await begin_correction(person.registration_number, code, now=NOW)
    page = await written(person)
    assert page.draft is not None

    first = await sent(person)
    again = await send(
        person.registration_number,
        draft_id=page.draft.id,
        version=page.draft.version,
        confirmed=True,
        now=NOW,
    )

    request = await load_request(code)
    assert first.tracking_code == again.tracking_code == code
    assert request.status == Status.SUBMITTED
    assert request.round == 2
    assert request.submission["changes"]["specialty"] == "intensive care"
    assert len(request.submission["certificates"]) == 1
    assert await drafts(person) == []


async def test_a_correction_of_what_was_corrected_elsewhere_is_not_shown(
    person: Applicant,
) -> None:
    """What was typed for a round that is over corrects nothing."""
    code = await returned(person)
    await begin_correction(person.registration_number, code, now=NOW)
    await resubmit(code, (await load_request(code)).submission, now=NOW)

    page = await written(person)

    assert page.draft is None
    with pytest.raises(RequestIsOpen):
        await put(person, **MOBILE)


async def test_nobody_corrects_the_request_of_somebody_else(person: Applicant) -> None:
    """It is not there for them."""
    code = await returned(await register_applicant())

    with pytest.raises(PartUnknown):
        await begin_correction(person.registration_number, code, now=NOW)
