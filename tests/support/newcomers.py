"""Layla, who is not on the register, and what she asks for."""

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from desk.requests.review import Ruling, decide
from desk.requests.submission import accept
from models.database import transaction
from models.practitioners import Practitioner
from models.requests import Request
from rules.requests.statuses import Kind
from rules.requests.verdicts import Verdict
from support.people import NOURA, luhn_number, official_record
from support.requests import NOW, awaiting_activation, token_of
from tasks.steps.validation import validate

TODAY = NOW.date()
#: Strings that must never show where personal data have no place.
LAYLA: dict[str, Any] = {
    "first_name_ar": "ليلى",
    "father_name_ar": "ماجد",
    "grandfather_name_ar": "فهد",
    "family_name_ar": "الحربي",
    "first_name_en": "Layla",
    "father_name_en": "Majed",
    "grandfather_name_en": "Fahad",
    "family_name_en": "Alharbi",
    "identity_number": "1098765439",
    "identity_kind": "national_id",
    "nationality": "SA",
    "birth_date": "1996-02-11",
    "mobile": "0551112233",
    "email": "layla.alharbi@example.org",
    "address": "4 King Fahd Road, Dammam",
    "employer": "Eastern Hospital",
    "specialty": "nursing",
    "rank": "specialist",
}


#: What makes Layla's registration one of Noura, who is on the register.
FROM_NOURA = {
    **{name: NOURA[name] for name in NOURA if "_name_" in name},
    "identity_number": NOURA["identity_number"],
    "birth_date": NOURA["birth_date"].isoformat(),
}


def registration(today: date = TODAY, *, profile: Any = (), **more: Any) -> dict[str, Any]:
    """Layla's registration, with every document that it needs; ``profile`` changes some of it."""
    return {
        "profile": LAYLA | dict(profile),
        "category": "nursing",
        "qualification": {
            "title": "Bachelor of Nursing",
            "issuer": "Imam Abdulrahman University",
            "issued_on": "2019-06-20",
        },
        "certificates": [
            {
                "title": "Basic life support",
                "issuer": "Saudi Heart Association",
                "issued_on": today.isoformat(),
                "cpd_hours": "٨",
            }
        ],
        "documents": [
            document("employer_letter", "Eastern Hospital", today),
            document("qualification", "Imam Abdulrahman University", date(2019, 6, 20)),
        ],
        "preferred_language": "en",
        "confirmed_by_applicant": True,
        "idempotency_key": "layla-registers-1",
        **more,
    }


def document(kind: str, issuer: str, issued_on: date) -> dict[str, Any]:
    """A document's particulars, without its file."""
    return {
        "kind": kind,
        "issuer": issuer,
        "issued_on": issued_on.isoformat(),
        "sha256": "ab" * 32,
        "size_bytes": 50_000,
    }


async def known_officially(person: dict[str, Any] = LAYLA) -> None:
    """The official register knows the person."""
    born = date.fromisoformat(person["birth_date"])
    async with transaction() as session:
        session.add(official_record(person | {"birth_date": born}))


@dataclass(frozen=True)
class Stranger:
    """Somebody on no register whom no other test knows, but the official one does."""

    identity_number: str
    email: str
    birth_date: str

    def registration(self, today: date, **more: Any) -> dict[str, Any]:
        """What they hand in; as `registration`."""
        return registration(today, profile=asdict(self), **more)


async def stranger(seed: str) -> Stranger:
    """One who is told from others by eight digits.

    Those whose digits follow each other are not born on one day, or each would be a doubt about the
    others: approving one asks for another look once another is on the register.
    """
    born = date(1988, 1, 1) + timedelta(days=int(seed) % 3_000)
    made = Stranger(luhn_number(seed), f"layla.{seed}@example.org", born.isoformat())
    await known_officially(LAYLA | asdict(made))
    return made


async def registration_at_gate(wish: dict[str, Any] | None = None) -> str:
    """A registration that waits for an officer; its tracking code."""
    request = await accept(Kind.REGISTRATION, wish or registration(), now=NOW)
    await validate.task.fn(request.tracking_code)
    return request.tracking_code


async def approve(tracking_code: str) -> None:
    """An officer approves it."""
    await decide(tracking_code, Ruling(verdict=Verdict.APPROVE, officer="amal"), now=NOW)


async def registration_to_activate(
    wish: dict[str, Any] | None = None, *, now: datetime = NOW
) -> tuple[Request, str]:
    """An approved registration whose link is mailed, and a token of it."""
    code = await registration_at_gate(wish)
    await approve(code)
    row = await awaiting_activation(code, now=now)
    return row, await token_of(row)


async def practitioner_of(request: Request) -> Practitioner:
    """Whom the request has put on the register."""
    async with transaction() as session:
        row = await session.get_one(Request, request.id)
        return await session.get_one(Practitioner, row.practitioner_id)
