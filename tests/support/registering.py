"""Somebody who registers: what they type page by page, and how far they have come."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date, timedelta

from desk.documents.adding import add_for_newcomer
from desk.drafts.registration import attach_file, begin_correction, look, save_part
from desk.drafts.registration_sending import send
from desk.requests.review import Ruling, decide
from models.database import transaction
from models.requests import Request
from rules.registration.drafted import Chapter
from rules.requests.verdicts import Verdict
from rules.values.dates import parse_date, riyadh_day
from rules.values.document_kind import DocumentKind
from rules.values.typed_days import day_in
from support.document_files import EXAMPLES
from support.people import official_record
from support.requests import NOW
from support.walking import Names
from tasks.steps.validation import validate

#: A Saudi nurse whom no register knows.
IDENTITY_NUMBER = "1082334457"
_GRADUATED = {"day": "1", "month": "6", "year": "2018"}


def typed_by(today: date, *, identity: str = IDENTITY_NUMBER) -> Mapping[str, dict[str, str]]:
    """By part, what stands in the boxes of its page; right, and with its documents new enough."""
    letter = today - timedelta(days=20)
    return {
        "person": {
            "first_name_ar": "ليلى",
            "father_name_ar": "سعد",
            "grandfather_name_ar": "محمد",
            "family_name_ar": "الحربي",
            "first_name_en": "Layla",
            "father_name_en": "Saad",
            "grandfather_name_en": "Mohammed",
            "family_name_en": "Alharbi",
            **_in_boxes("birth_date", {"day": "1", "month": "9", "year": "1415"}, "hijri"),
        },
        "identity_details": {
            "identity_number": identity,
            "identity_kind": "national_id",
            "nationality": "SA",
        },
        "contact": {"mobile": "0501234567", "address": "7421 Olaya Street, Riyadh 12214"},
        "degree": {
            "title": "Bachelor of Nursing",
            "issuer": "King Saud University",
            **_in_boxes("issued_on", _GRADUATED),
        },
        "professional": {
            "category": "nursing",
            "specialty": "General Nursing",
            "rank": "Specialist",
        },
        "employer": {"employer": "King Salman Hospital"},
        "employer_letter": {
            "issuer": "King Salman Hospital",
            **_in_boxes("issued_on", _as_boxes(letter)),
        },
        "qualification": {
            "issuer": "King Saud University",
            **_in_boxes("issued_on", _GRADUATED),
        },
    }


def _as_boxes(day: date) -> dict[str, str]:
    return {"day": str(day.day), "month": str(day.month), "year": str(day.year)}


def _in_boxes(name: str, day: Mapping[str, str], calendar: str = "gregorian") -> dict[str, str]:
    return {f"{name}-{box}": text for box, text in {**day, "calendar": calendar}.items()}


async def known_officially(identity: str = IDENTITY_NUMBER) -> None:
    """The official register knows whoever types that."""
    parts = typed_by(riyadh_day(NOW), identity=identity)
    person = {**parts["person"], **parts["identity_details"]}
    born = parse_date(day_in(person, "birth_date").text)
    async with transaction() as session:
        session.add(official_record({**person, "birth_date": born}))


async def put(owner: str, part: str, typed: Mapping[str, str]) -> None:
    """Save this page as it is seen now."""
    await save_part(owner, part, typed, seen=(await look(owner, now=NOW)).seen, now=NOW)


async def file_of(owner: str, kind: DocumentKind = DocumentKind.EMPLOYER_LETTER) -> str:
    """A document of theirs, received and checked: its number."""
    file = EXAMPLES / "employer-letter.pdf"
    return (await add_for_newcomer(file, kind=kind, mailbox=owner, now=NOW)).id


async def written(owner: str, *, identity: str = IDENTITY_NUMBER) -> None:
    """All of it, with its documents: it can be sent."""
    for part, typed in typed_by(riyadh_day(NOW), identity=identity).items():
        await put(owner, part, typed)
    for kind in (DocumentKind.EMPLOYER_LETTER, DocumentKind.QUALIFICATION):
        await attach_file(owner, kind, await file_of(owner, kind), now=NOW)


async def sent(owner: str, *, confirmed: bool = True) -> Request:
    """Sent as it stands."""
    seen = (await look(owner, now=NOW)).seen
    assert seen.draft_id is not None
    return await send(
        owner,
        draft_id=seen.draft_id,
        version=seen.version,
        language="en",
        confirmed=confirmed,
        now=NOW,
    )


async def at_gate(owner: str, *, identity: str = IDENTITY_NUMBER) -> str:
    """Sent, and found right: it waits for an officer."""
    await known_officially(identity)
    await written(owner, identity=identity)
    code = (await sent(owner)).tracking_code
    await validate.task.fn(code)
    return code


async def returned(owner: str, *, identity: str = IDENTITY_NUMBER) -> str:
    """Returned by an officer, who marked its documents."""
    code = await at_gate(owner, identity=identity)
    ruling = Ruling(
        verdict=Verdict.RETURN,
        officer="amal",
        reason_code="unclear",
        note="1 < 2 <b>لا</b>",
        fields=["documents"],
    )
    await decide(code, ruling, now=NOW)
    return code


async def _half_written() -> tuple[str, Names]:
    owner = "half@example.org"
    await put(owner, "employer", {"employer": "A hospital"})
    await put(owner, "certificate-1", {"title": "A course"})
    await put(owner, "employer_letter", {"issuer": "A hospital"})
    return owner, {"part": [*Chapter, "certificate-1", "certificate-2", "employer_letter"]}


async def _all_written() -> tuple[str, Names]:
    await written("whole@example.org", identity="1000000016")
    return "whole@example.org", {}


async def _sent() -> tuple[str, Names]:
    return "sent@example.org", {"code": [await at_gate("sent@example.org", identity="1000000024")]}


async def _returned() -> tuple[str, Names]:
    owner = "returned@example.org"
    return owner, {"code": [await returned(owner, identity="1000000032")]}


async def _corrected() -> tuple[str, Names]:
    owner = "corrected@example.org"
    code = await returned(owner, identity="1000000040")
    await begin_correction(owner, now=NOW)
    return owner, {"code": [code], "part": [*Chapter, "employer_letter"]}


#: Each makes somebody, and says what the parameters of their paths are.
REGISTRATIONS: tuple[Callable[[], Awaitable[tuple[str, Names]]], ...] = (
    _half_written,
    _all_written,
    _sent,
    _returned,
    _corrected,
)
