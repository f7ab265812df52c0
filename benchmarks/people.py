"""Invented practitioners, one for each submission: nobody has two open requests of a kind."""

import asyncio
from collections.abc import Mapping
from datetime import date, timedelta
from itertools import count
from typing import Any

from stdnum import luhn

from cli.demo.examples import read_example
from desk.clock import utc_now
from models.database import close_engine, transaction
from models.officers import Officer
from models.official_register import OfficialEntry
from models.practitioners import Practitioner
from rules.profile_update.submission import ProfileChanges, ProfileUpdateSubmission
from rules.register.fields import ARABIC_NAMES, ENGLISH_NAMES
from rules.requests.submitted import Document
from rules.values.dates import riyadh_day
from rules.values.document_kind import DocumentKind

#: The officer who decides.
OFFICER = "benchmark"

_FIRST = 50_000_001
_numbers = count(_FIRST)


async def register_officer() -> None:
    """Put the officer on file, once for each database."""
    async with transaction() as session:
        session.add(Officer(user_name=OFFICER))


async def register_practitioners(how_many: int) -> list[ProfileUpdateSubmission]:
    """Put so many people on file; returns a wish of each that an officer has to decide on."""
    numbers = [str(next(_numbers)) for _ in range(how_many)]
    today = riyadh_day(utc_now())
    async with transaction() as session:
        session.add_all(_practitioner(number) for number in numbers)
    return [_new_specialty(number, today) for number in numbers]


async def invite_newcomers(how_many: int) -> list[dict[str, Any]]:
    """Let the official register know so many people; returns the registration of each.

    They have one name and a birth date each, so that nobody may be another one of them.
    """
    wish = read_example("15-registration.json", riyadh_day(utc_now()))
    newcomers = [_newcomer(wish, next(_numbers)) for _ in range(how_many)]
    async with transaction() as session:
        session.add_all(_official_record(each["profile"]) for each in newcomers)
    return newcomers


def _newcomer(wish: Mapping[str, Any], number: int) -> dict[str, Any]:
    own = {
        "identity_number": identity_number(str(number)),
        "email": f"newcomer.{number}@example.com",
        "birth_date": str(date(1970, 1, 1) + timedelta(days=number - _FIRST)),
    }
    key = f"benchmark-{number}"
    return {**wish, "profile": wish["profile"] | own, "idempotency_key": key}


def _official_record(profile: Mapping[str, str]) -> OfficialEntry:
    said = ("identity_number", "nationality", "birth_date", *ARABIC_NAMES, *ENGLISH_NAMES)
    record = {name: profile[name] for name in said}
    return OfficialEntry(identity_number=profile["identity_number"], record=record)


def register_owners(how_many: int) -> list[str]:
    """Put so many people on file who send documents; returns their registration numbers."""
    numbers = [str(next(_numbers)) for _ in range(how_many)]

    async def register() -> None:
        async with transaction() as session:
            session.add_all(_practitioner(number) for number in numbers)
        await close_engine()

    asyncio.run(register())
    return numbers


def identity_number(registration_number: str) -> str:
    """The identity number of whoever has this registration number."""
    stem = f"1{registration_number}"
    return stem + luhn.calc_check_digit(stem)


def _practitioner(number: str) -> Practitioner:
    return Practitioner(
        registration_number=number,
        first_name_ar="نورة",
        father_name_ar="سالم",
        grandfather_name_ar="حمد",
        family_name_ar="القحطاني",
        first_name_en="Noura",
        father_name_en="Salem",
        grandfather_name_en="Hamad",
        family_name_en="Alqahtani",
        identity_number=identity_number(number),
        identity_kind="national_id",
        nationality="SA",
        birth_date=date(1988, 4, 17),
        mobile="+966501234567",
        email=f"noura.{number}@example.com",
        address="12 Olaya Street, Riyadh",
        employer="King Salman Hospital",
        specialty="nursing",
        rank="specialist",
    )


def _new_specialty(number: str, today: date) -> ProfileUpdateSubmission:
    letter = Document(
        kind=DocumentKind.EMPLOYER_LETTER,
        issuer="King Salman Hospital",
        issued_on=str(today - timedelta(days=20)),
        sha256="ab" * 32,
    )
    return ProfileUpdateSubmission(
        registration_number=number,
        changes=ProfileChanges(specialty="critical care nursing"),
        documents=(letter,),
        confirmed_by_applicant=True,
        idempotency_key=f"benchmark-{number}",
    )
