"""Invented people, and what they submit."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from sqlmodel import col, select
from stdnum import luhn

from models.database import transaction
from models.officers import Officer
from models.official_register import OfficialEntry
from models.practitioners import CpdEntry, Practitioner, find_practitioner

#: Strings that must never show where personal data have no place.
NOURA: dict[str, Any] = {
    "registration_number": "20104567",
    "first_name_ar": "نورة",
    "father_name_ar": "سالم",
    "grandfather_name_ar": "حمد",
    "family_name_ar": "القحطاني",
    "first_name_en": "Noura",
    "father_name_en": "Salem",
    "grandfather_name_en": "Hamad",
    "family_name_en": "Alqahtani",
    "identity_number": "1000000008",
    "identity_kind": "national_id",
    "nationality": "SA",
    "birth_date": date(1988, 4, 17),
    "mobile": "+966501234567",
    "email": "noura.alqahtani@example.com",
    "address": "12 Olaya Street, Riyadh",
    "employer": "King Salman Hospital",
    "specialty": "nursing",
    "rank": "specialist",
}
RAHUL: dict[str, Any] = NOURA | {
    "registration_number": "30207788",
    "first_name_ar": "راهول",
    "father_name_ar": "كومار",
    "grandfather_name_ar": "داس",
    "family_name_ar": "مينون",
    "first_name_en": "Rahul",
    "father_name_en": "Kumar",
    "grandfather_name_en": "Das",
    "family_name_en": "Menon",
    "identity_number": "2000000006",
    "identity_kind": "iqama",
    "nationality": "IN",
    "birth_date": date(1979, 11, 2),
    "mobile": "+966559876543",
    "email": "rahul.menon@example.com",
    "preferred_language": "en",
}


async def register_people() -> None:
    """Put two practitioners and three officers on file, one of them a practitioner as well."""
    async with transaction() as session:
        noura, rahul = Practitioner(**NOURA), Practitioner(**RAHUL)
        session.add_all([noura, rahul])
        await session.flush()
        session.add_all(
            [
                Officer(user_name="amal"),
                Officer(user_name="basim"),
                Officer(user_name="rahul", practitioner_id=rahul.id),
                Officer(user_name="retired", active=False),
            ]
        )
        session.add_all(official_record(person) for person in (NOURA, RAHUL))


def official_record(person: dict[str, Any]) -> OfficialEntry:
    """The official record that equals what is on file."""
    names = [name for name in person if "_name_" in name]
    return OfficialEntry(
        identity_number=person["identity_number"],
        record={
            "identity_number": person["identity_number"],
            "nationality": person["nationality"],
            "birth_date": person["birth_date"].isoformat(),
            **{name: person[name] for name in names},
        },
    )


def contact_change(**more: Any) -> dict[str, Any]:
    """Noura's new mobile: the gate opens for it by policy."""
    return {
        "registration_number": "2010-4567",
        "changes": {"mobile": "0551112233"},
        "confirmed_by_applicant": True,
        "idempotency_key": "noura-mobile-1",
        **more,
    }


def specialty_change(today: date, **more: Any) -> dict[str, Any]:
    """Noura's new specialty and a certificate: an officer decides."""
    return {
        "registration_number": "٢٠١٠-٤٥٦٧",
        "changes": {"specialty": "critical care nursing"},
        "certificates": [
            {
                "title": "Critical care course",
                "issuer": "Saudi Heart Association",
                "issued_on": today.isoformat(),
                "cpd_hours": "11",
            }
        ],
        "documents": [employer_letter(today)],
        "confirmed_by_applicant": True,
        "idempotency_key": "noura-specialty-1",
        **more,
    }


def employer_letter(day: date) -> dict[str, Any]:
    """An introduction letter issued on this day."""
    return {
        "kind": "employer_letter",
        "issuer": "King Salman Hospital",
        "issued_on": day.isoformat(),
        "sha256": "ab" * 32,
    }


@dataclass(frozen=True)
class Applicant:
    """Somebody on the register whom no other test knows."""

    registration_number: str
    email: str

    async def on_file(self) -> Practitioner:
        """The row as it stands now."""
        async with transaction() as session:
            return await find_practitioner(session, self.registration_number)

    async def cpd_hours(self) -> Decimal:
        """The hours in the ledger."""
        practitioner = await self.on_file()
        async with transaction() as session:
            query = select(CpdEntry).where(col(CpdEntry.practitioner_id) == practitioner.id)
            entries = (await session.exec(query)).all()
        return sum((entry.hours for entry in entries), Decimal(0))


_applicants = count(40_000_001)


async def register_applicant(**facts: Any) -> Applicant:
    """Put one more person on the register, and the officers where they are not there yet."""
    number = str(next(_applicants))
    person = NOURA | {
        "registration_number": number,
        "identity_number": luhn_number(number),
        "email": f"noura.{number}@example.com",
        **facts,
    }
    async with transaction() as session:
        session.add(Practitioner(**person))
        for name in ("amal", "basim"):
            if await session.get(Officer, name) is None:
                session.add(Officer(user_name=name))
        session.add(official_record(person))
    return Applicant(number, person["email"])


def luhn_number(seed: str) -> str:
    """An identity number of a citizen that no other seed has."""
    stem = "1" + seed[-8:].zfill(8)
    return stem + luhn.calc_check_digit(stem)
