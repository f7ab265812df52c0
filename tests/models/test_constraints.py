"""What must be one row's is told by its field, whichever of two sessions comes second."""

import asyncio
from collections.abc import Mapping
from typing import Any

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.cards import Card
from models.constraints import NOT_BY_PEOPLE, TAKEN, AlreadyTaken, taken_by
from models.database import engine, transaction
from models.documents.documents import Upload
from models.officers import Officer
from models.practitioners import Practitioner
from models.requests import Request
from models.settings import DatabaseSettings
from models.statements import execute
from support.people import NOURA, RAHUL, luhn_number, official_record, register_people
from support.racing import until_somebody_waits
from support.requests import NOW

_UNIQUE = """
SELECT index.relname FROM pg_index
JOIN pg_class index ON index.oid = pg_index.indexrelid
WHERE index.relnamespace = 'public'::regnamespace AND pg_index.indisunique
"""
#: What the second of two asks for, by the constraint that stands in its way.
CLASHES: Mapping[str, Mapping[str, Any]] = {
    "practitioners_registration_number_key": {"registration_number": "60000001"},
    "one_practitioner_per_identity_number": {"identity_number": luhn_number("70000001")},
    "official_records_pkey": {"identity_number": luhn_number("70000001")},
    "officers_pkey": {"user_name": "salma"},
    "cards_practitioner_id_key": {},
    "one_open_request_per_kind": {},
    "the_same_submission_is_one_request": {"idempotency_key": "the-same-key"},
    "requests_tracking_code_key": {"tracking_code": "K7Q2-M9XD"},
    "an_upload_is_replaced_once": {"replaces": "0" * 32},
}


@pytest.fixture(autouse=True)
async def people(database: str) -> None:
    await register_people()


def test_every_unique_constraint_is_told_or_said_to_be_nobody_s() -> None:
    """And none is named that the schema does not have."""
    with psycopg.connect(DatabaseSettings().libpq_url()) as connection:
        unique = {name for (name,) in connection.execute(_UNIQUE).fetchall()}

    assert TAKEN.keys() | NOT_BY_PEOPLE.keys() == unique
    assert not TAKEN.keys() & NOT_BY_PEOPLE.keys()
    assert all(NOT_BY_PEOPLE.values())


@pytest.mark.parametrize("constraint", TAKEN)
async def test_of_two_sessions_the_second_is_told_the_field(constraint: str) -> None:
    """It waits for the first, which nobody could see before; then it hears what is wrong."""
    async with transaction() as session:
        session.add(await row(constraint, 1))
        await session.flush()
        second = asyncio.create_task(keep(await row(constraint, 2)))
        await until_somebody_waits()

    with pytest.raises(AlreadyTaken) as refused:
        await second

    assert refused.value.constraint == constraint
    assert refused.value.problems == (TAKEN[constraint],)
    assert str(refused.value).startswith(f"{refused.value.field}: ")


@pytest.mark.parametrize("constraint", TAKEN)
async def test_where_the_first_of_two_sessions_fails_the_second_is_kept(constraint: str) -> None:
    """What was never kept stands in nobody's way."""
    async with AsyncSession(engine()) as session:
        session.add(await row(constraint, 1))
        await session.flush()
        second = asyncio.create_task(keep(await row(constraint, 2)))
        await until_somebody_waits()
        await session.rollback()

    await second


async def test_what_nobody_can_cause_stays_the_driver_s_error() -> None:
    """It is a fault of ours, and is not told to anybody as theirs."""
    with pytest.raises(IntegrityError, match="alembic_version_pkc") as met:
        await mark_the_schema_twice()

    assert taken_by(met.value) is None


async def mark_the_schema_twice() -> None:
    """No function of ours does."""
    async with transaction() as session:
        twice = text("INSERT INTO alembic_version SELECT version_num FROM alembic_version")
        await execute(session, twice)


async def keep(new: SQLModel) -> None:
    """Write the row in a session of its own."""
    async with transaction() as session:
        session.add(new)


async def row(constraint: str, number: int) -> SQLModel:
    """The first or the second row; they have in common what the constraint is about."""
    common = dict(CLASHES[constraint])
    table = {
        "practitioners_registration_number_key": Practitioner,
        "one_practitioner_per_identity_number": Practitioner,
        "officers_pkey": Officer,
        "cards_practitioner_id_key": Card,
    }.get(constraint, Request)
    if constraint == "official_records_pkey":
        return official_record(NOURA | common)
    if table is Officer:
        return Officer(**common)
    if table is Practitioner:
        own = {
            "registration_number": f"6000001{number}",
            "identity_number": luhn_number(f"7700001{number}"),
        }
        return Practitioner(**NOURA | own | common)
    noura, rahul = await ids()
    if constraint == "an_upload_is_replaced_once":
        await keep_replaced(upload_of(noura, "0"))
        return upload_of(noura, f"{number}", **common)
    if table is Card:
        facts = {"valid_from": NOW.date(), "expires_on": NOW.date()}
        return Card(practitioner_id=noura, status="active", category="nursing", **facts)
    # Of one person for what is open once; else of two, so that nothing else stands in the way.
    whose = noura if number == 1 or constraint == "one_open_request_per_kind" else rahul
    own = {"tracking_code": f"K7Q2-M9X{number}", "idempotency_key": f"key-number-{number}"}
    return Request(**request_of(whose) | own | common)


async def ids() -> tuple[Any, Any]:
    """Noura and Rahul."""
    async with transaction() as session:
        query = select(col(Practitioner.registration_number), col(Practitioner.id))
        found = dict((await session.exec(query)).all())
    return found[NOURA["registration_number"]], found[RAHUL["registration_number"]]


def upload_of(owner_id: Any, digit: str, **more: str) -> Upload:
    """One with this digit as its id."""
    times = dict.fromkeys(("state_since", "received_at", "checked_at"), NOW)
    facts = {"kind": "other", "sha256": "0" * 64, "size_bytes": 1, "media_type": "image/jpeg"}
    return Upload(id=digit * 32, owner_id=owner_id, wrapped_key="1", **times, **facts, **more)


async def keep_replaced(upload: Upload) -> None:
    """The one that both take the place of; written once."""
    async with transaction() as session:
        if await session.get(Upload, upload.id) is None:
            session.add(upload)


def request_of(practitioner_id: Any) -> dict[str, Any]:
    """What every request has."""
    return {
        "kind": "profile_update",
        "practitioner_id": practitioner_id,
        "language": "ar",
        "submission": {},
        "submitted_at": NOW,
        "status_since": NOW,
    }
