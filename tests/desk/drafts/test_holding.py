"""Documents that we hold already: which are offered, and what choosing one does."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from desk.drafts import renewal, update
from desk.drafts.holding import (
    MOST_OFFERED,
    HeldDocument,
    NotHeld,
    held_documents,
    kinds_held,
    replaced_by_a_new_file,
    use_in_renewal,
    use_in_update,
)
from desk.drafts.keeping import PartUnknown, RequestIsOpen, Seen
from desk.requests.document_reading import read_document
from desk.requests.review import Ruling, decide
from desk.requests.submission import accept, resubmit
from desk.requests.withdrawal import withdraw
from models.database import transaction
from models.documents.documents import Upload
from models.drafts import Draft
from models.practitioners import find_practitioner
from rules.documents.states import DocumentState
from rules.profile_update.drafted import Entry
from rules.requests.correctable import Correctable
from rules.requests.document_readings import UNREADABLE, DocumentRead
from rules.requests.statuses import Kind
from rules.requests.verdicts import Verdict
from rules.values.document_kind import DocumentKind
from support.cards import give_card
from support.naming import naming, ready, submission
from support.people import NOURA, RAHUL, register_people
from support.policies import policy_with
from support.requests import NOW, rejected, request_at_gate
from tasks.steps.validation import validate

NUMBER, TODAY = NOURA["registration_number"], NOW.date()
LETTER = DocumentKind.EMPLOYER_LETTER
APPROVE = Ruling(verdict=Verdict.APPROVE, officer="amal")
RETURN = Ruling(
    verdict=Verdict.RETURN,
    officer="amal",
    reason_code="document_not_accepted",
    fields=[Correctable("documents")],
)


@pytest.fixture(autouse=True)
async def people(database: str) -> None:
    await register_people()
    await give_card(NUMBER, expires_on=TODAY + timedelta(days=30))


async def offered(kind: DocumentKind = LETTER, *, days: int = 0) -> list[HeldDocument]:
    """What Noura's renewal is offered so many days later."""
    now = NOW + timedelta(days=days)
    written = await renewal.look(NUMBER, now=now)
    return list(await held_documents(NUMBER, kind, besides=written, now=now))


async def ids(**when: int) -> list[str]:
    return [held.upload_id for held in await offered(**when)]


async def at_gate(upload: Upload, **more: Any) -> str:
    """An update of Noura's that names it, before an officer."""
    return await request_at_gate(submission(Kind.PROFILE_UPDATE, naming(upload, **more)))


async def approved(**values: Any) -> Upload:
    """Her letter, which an update names that was approved."""
    upload = await ready(**values)
    await decide(await at_gate(upload), APPROVE, now=NOW)
    return upload


async def test_what_an_approved_request_names_is_offered_with_its_particulars() -> None:
    """Until the letter is too old by policy: three months."""
    upload = await approved()

    (held,) = await offered()

    assert (held.upload_id, held.sent_on) == (upload.id, TODAY)
    assert held.read == DocumentRead(issuer="King Salman Hospital", issued_on=TODAY)
    assert held.until == date(2027, 2, 23)
    assert await ids(days=92) == [upload.id]
    assert await ids(days=93) == []
    assert await kinds_held(NUMBER, list(DocumentKind), besides=await looked(), now=NOW) == {LETTER}


async def looked() -> renewal.Renewal:
    return await renewal.look(NUMBER, now=NOW)


async def test_what_no_request_names_is_offered_while_it_is_kept() -> None:
    """A month by policy; nobody knows its particulars."""
    upload = await ready()

    (held,) = await offered()

    assert held.read is None
    assert held.boxes == {"id": upload.id}
    assert held.until == TODAY + timedelta(days=29)
    assert await ids(days=29) == [upload.id]
    assert await ids(days=30) == []


@pytest.mark.parametrize("state", [each for each in DocumentState if each != "ready"])
async def test_only_what_is_ready_is_offered(state: DocumentState) -> None:
    """Not what is being checked, replaced, or gone."""
    await ready(state=state)

    assert await ids() == []


async def test_what_is_in_hand_is_not_offered() -> None:
    """Before an officer, nor while it waits for its correction; withdrawn, it is free."""
    code = await at_gate(await ready())
    before = await ids()
    await decide(code, RETURN, now=NOW)
    back = await ids()
    await withdraw(code, now=NOW)

    assert (before, back) == ([], [])
    assert len(await ids()) == 1


async def test_what_a_rejected_request_names_is_not_offered() -> None:
    """The officer may have found the document at fault."""
    await rejected(await at_gate(await ready()), NOW)

    assert await ids() == []


async def test_what_was_left_behind_by_a_correction_is_not_offered() -> None:
    """An officer did not accept it; what took its place is."""
    first, second = await ready(), await ready()
    code = await at_gate(first)
    await decide(code, RETURN, now=NOW)
    again = submission(Kind.PROFILE_UPDATE, naming(second))
    await resubmit(code, again, now=NOW)
    await validate.task.fn(code)
    await decide(code, APPROVE, now=NOW)

    assert await ids() == [second.id]


async def test_what_an_officer_read_is_what_it_shows() -> None:
    """Not what was stated; what could not be read is not offered."""
    upload, other = await ready(), await ready()
    read = DocumentRead(issuer="King Fahad Hospital", issued_on=TODAY - timedelta(days=5))
    code = await request_at_gate(
        submission(
            Kind.PROFILE_UPDATE, naming(upload), naming(other), idempotency_key="two-letters"
        )
    )
    await read_document(code, upload.id, "amal", read, now=NOW)
    await read_document(code, other.id, "amal", UNREADABLE, now=NOW)
    await withdraw(code, now=NOW)

    assert [(held.upload_id, held.read) for held in await offered()] == [(upload.id, read)]


async def test_of_the_same_file_the_one_of_which_more_is_known_is_offered() -> None:
    """And not more than anybody chooses from."""
    known = await approved(sha256="ab" * 32)
    await ready(sha256="ab" * 32, received_at=NOW + timedelta(hours=1))
    newer = [await ready(received_at=NOW + timedelta(hours=2 + n)) for n in range(5)]

    found = await ids()

    assert found == [upload.id for upload in reversed(newer)]
    assert len(found) == MOST_OFFERED
    assert known.id not in found


async def test_a_file_of_somebody_else_is_neither_offered_nor_taken() -> None:
    """Nor one of another kind."""
    others = await ready(owner=RAHUL["registration_number"])
    report = await ready(kind=DocumentKind.MEDICAL_REPORT)
    await renewal.begin(NUMBER, now=NOW)

    assert await ids() == []
    for upload in (others, report):
        with pytest.raises(NotHeld):
            await use_in_renewal(NUMBER, LETTER, upload.id, now=NOW)
        with pytest.raises(NotHeld):
            await use_in_update(NUMBER, LETTER, upload.id, now=NOW)
    assert (await looked()).content == {}


async def test_a_renewal_takes_the_document_with_its_particulars() -> None:
    """Over what was typed; chosen twice it is the same; the rules accept it, and it is named."""
    upload = await approved()
    await renewal.begin(NUMBER, now=NOW)
    await renewal.save_document(NUMBER, LETTER, {"issuer": "typed"}, seen=Seen(), now=NOW)
    for _ in range(2):
        await use_in_renewal(NUMBER, LETTER, upload.id, now=NOW)

    written = await looked()
    assert written.draft is not None
    again = await ids()
    sent = await renewal.send(
        NUMBER,
        draft_id=written.draft.id,
        version=written.draft.version,
        confirmed=True,
        now=NOW,
    )

    assert written.content[LETTER]["issuer"] == "King Salman Hospital"
    assert again == []
    (document,) = sent.submission["documents"]
    assert document["id"] == upload.id
    assert await ids() == []


async def test_an_update_takes_the_document_once() -> None:
    """Into a document that waits for its file, else as one more."""
    upload, other = await ready(), await ready()
    await withdraw(await at_gate(upload), now=NOW)
    typed = {"kind": "employer_letter", "issuer": "typed"}
    await update.add_entry(NUMBER, Entry.DOCUMENT, typed, seen=Seen(), now=NOW)

    parts = [await use_in_update(NUMBER, LETTER, upload.id, now=NOW) for _ in range(2)]
    parts.append(await use_in_update(NUMBER, LETTER, other.id, now=NOW))

    content = (await update.look(NUMBER, now=NOW)).content
    assert parts == ["document-1", "document-1", "document-2"]
    assert content["document-1"]["issuer"] == "King Salman Hospital"
    assert content["document-2"] == {"kind": "employer_letter", "id": other.id}


async def test_an_update_takes_no_more_than_one_request_may_have(tmp_path: Path) -> None:
    """And says how many that is."""
    first, second = await ready(), await ready()
    with policy_with(tmp_path, ("documents = 20 ", "documents = 1 ")):
        await use_in_update(NUMBER, LETTER, first.id, now=NOW)
        with pytest.raises(update.TooManyEntries, match="1 of these"):
            await use_in_update(NUMBER, LETTER, second.id, now=NOW)


async def test_beside_an_open_request_nothing_is_used_again() -> None:
    """Nor in a part that the renewal does not have."""
    upload = await ready()
    with pytest.raises(PartUnknown):
        await use_in_renewal(NUMBER, "medical_report", upload.id, now=NOW)
    await accept(Kind.CARD_RENEWAL, submission(Kind.CARD_RENEWAL, naming(await ready())), now=NOW)

    with pytest.raises(RequestIsOpen):
        await use_in_renewal(NUMBER, LETTER, upload.id, now=NOW)


async def test_a_new_file_takes_the_place_of_one_that_no_other_request_names() -> None:
    """What is used again stays what it is for the request that named it first."""
    used, own = await approved(), await ready()
    await renewal.begin(NUMBER, now=NOW)
    await renewal.attach_file(NUMBER, LETTER, own.id, now=NOW)
    own_is = await replaced_by_a_new_file(await looked(), LETTER, now=NOW)
    await use_in_renewal(NUMBER, LETTER, used.id, now=NOW)
    used_is = await replaced_by_a_new_file(await looked(), LETTER, now=NOW)
    await renewal.remove_document(NUMBER, LETTER, now=NOW)
    nothing_is = await replaced_by_a_new_file(await looked(), LETTER, now=NOW)

    assert (own_is, used_is, nothing_is) == (own.id, None, None)


async def test_what_a_draft_names_is_kept_for_as_long_as_the_draft() -> None:
    """Saved again on the twentieth day, it is there on the fortieth; no other file is."""
    upload, other = await ready(), await ready()
    async with transaction() as session:
        person = await find_practitioner(session, NUMBER)
        draft = Draft(
            practitioner_id=person.id,
            kind=Kind.PROFILE_UPDATE,
            content={"document-1": {"version": 1, "typed": {"id": upload.id, "issuer": "A"}}},
            begun_at=NOW,
            saved_at=NOW + timedelta(days=20),
        )
        session.add(draft)

    assert await ids(days=40) == [upload.id]
    assert await ids(days=50) == []
    assert other.id not in await ids(days=40)
