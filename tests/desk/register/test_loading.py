"""Loading the register into the tables."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlmodel import col, func, select

from desk.register.checks import IdentityNumbersOfOthers, OfficersNotOnRegister
from desk.register.files import read_register_files
from desk.register.loading import LoadReport, load_register
from models.database import transaction
from models.officers import Officer, find_officer
from models.official_register import OfficialEntry
from models.practitioners import Practitioner, find_practitioner
from rules.register.official_record import OfficialRecord

pytestmark = pytest.mark.usefixtures("database")

EXAMPLES = Path(__file__).parents[3] / "examples"
HUDA = "20150001"


async def load(practitioners: Path = EXAMPLES / "register.csv") -> LoadReport:
    """Load the examples, with this file of practitioners."""
    files = read_register_files(
        practitioners=practitioners,
        officers=EXAMPLES / "officers.csv",
        official=EXAMPLES / "official_records.csv",
        today=date(2026, 11, 23),
    )
    return await load_register(files)


def with_other_mobile(folder: Path) -> Path:
    """The register with another mobile for Huda."""
    text = (EXAMPLES / "register.csv").read_text(encoding="utf-8")
    changed = folder / "register.csv"
    changed.write_text(text.replace("+966550010001", "055 999 0001"), encoding="utf-8")
    return changed


async def test_what_is_loaded_is_normalised() -> None:
    """Numbers without dash, Gregorian dates, E.164."""
    await load()

    async with transaction() as session:
        faisal = await find_practitioner(session, "20150002")
        salma = await find_officer(session, "salma")
        record = await session.get_one(OfficialEntry, faisal.identity_number)
        doctor = await find_practitioner(session, "20150006")
    assert (faisal.birth_date, faisal.version) == (date(1982, 5, 14), 1)
    assert salma.practitioner_id == doctor.id
    assert OfficialRecord.from_json(record.record).birth_date == faisal.birth_date


async def test_loading_again_changes_nothing() -> None:
    """Every line is unchanged, and no row is there twice."""
    await load()
    report = await load()

    async with transaction() as session:
        count = (await session.exec(select(func.count()).select_from(Practitioner))).one()
    assert (report.practitioners.unchanged, report.practitioners.changed) == (12, 0)
    assert (report.officers.unchanged, report.official.unchanged) == (3, 14)
    assert count == 12


async def test_a_line_that_changed_is_brought_to_the_table(tmp_path: Path) -> None:
    """The one row, and no other."""
    await load()

    report = await load(with_other_mobile(tmp_path))

    async with transaction() as session:
        huda = await find_practitioner(session, HUDA)
    assert (report.practitioners.changed, report.practitioners.unchanged) == (1, 11)
    assert huda.mobile == "+966559990001"


async def test_what_a_request_brought_into_force_is_kept(tmp_path: Path) -> None:
    """An old file does not undo what an officer approved and the applicant confirmed."""
    await load()
    async with transaction() as session:
        await session.exec(
            update(Practitioner)
            .where(col(Practitioner.registration_number) == HUDA)
            .values(mobile="+966551112233", version=2)
        )

    report = await load(with_other_mobile(tmp_path))

    async with transaction() as session:
        huda = await find_practitioner(session, HUDA)
    assert (report.practitioners.kept, report.practitioners.changed) == (1, 0)
    assert huda.mobile == "+966551112233"


async def test_a_day_of_confirmation_is_loaded_where_it_is_newer(tmp_path: Path) -> None:
    """The file of an old register does not undo what somebody has confirmed here."""
    sara = "20150004"
    await load()
    async with transaction() as session:
        loaded = (await find_practitioner(session, sara)).confirmed_at
    here = datetime(2026, 11, 1, tzinfo=UTC)
    async with transaction() as session:
        (await find_practitioner(session, sara)).confirmed_at = here

    report = await load()

    async with transaction() as session:
        kept = (await find_practitioner(session, sara)).confirmed_at
    assert loaded == datetime(2025, 8, 16, 21, tzinfo=UTC)
    assert report.practitioners.unchanged == 12
    assert kept == here


async def test_an_officer_whom_the_register_does_not_know_stops_all(tmp_path: Path) -> None:
    """Nobody could be kept from deciding their own request; nothing is loaded."""
    officers = tmp_path / "officers.csv"
    officers.write_text("user_name,registration_number\namal,\nrami,99-999999\n")
    files = read_register_files(
        practitioners=EXAMPLES / "register.csv", officers=officers, today=date(2026, 11, 23)
    )

    with pytest.raises(OfficersNotOnRegister, match="rami"):
        await load_register(files)

    async with transaction() as session:
        assert (await session.exec(select(Practitioner))).all() == []
        assert (await session.exec(select(Officer))).all() == []


async def of(folder: Path, *changes: tuple[str, str]) -> LoadReport:
    """Load the example register with these texts replaced."""
    text = (EXAMPLES / "register.csv").read_text(encoding="utf-8")
    for from_, to in changes:
        assert from_ in text
        text = text.replace(from_, to)
    changed = folder / "register.csv"
    changed.write_text(text, encoding="utf-8")
    return await load(changed)


async def test_the_identity_number_of_another_practitioner_stops_all(tmp_path: Path) -> None:
    """A row of somebody who is not in the file has it already; nothing is loaded."""
    await load()

    with pytest.raises(IdentityNumbersOfOthers) as refused:
        await of(tmp_path, ("20-150001", "20-150099"), ("+966550010002", "+966559990002"))

    async with transaction() as session:
        faisal = await find_practitioner(session, "20150002")
    assert refused.value.owners == {"20150099": HUDA}
    assert faisal.mobile == "+966550010002"


async def test_two_practitioners_may_exchange_their_identity_numbers(tmp_path: Path) -> None:
    """A register that had them the wrong way round is corrected by one file."""
    await load()
    numbers = await identities("20150001", "20150002")

    report = await of(tmp_path, (numbers[0], "X"), (numbers[1], numbers[0]), ("X", numbers[1]))

    assert report.practitioners.changed == 2
    assert await identities("20150002", "20150001") == numbers


async def test_a_number_that_two_had_before_does_not_stop_a_file() -> None:
    """The file changes nothing about it; the register is to be corrected by people."""
    await load()
    async with transaction() as session:
        huda = await find_practitioner(session, HUDA)
        twin = huda.model_dump(exclude={"id"}) | {"registration_number": "20150098"}
        session.add(Practitioner(**twin | {"identity_number_shared": True}))

    report = await load()

    assert report.practitioners.unchanged == 12


async def test_an_identity_number_that_a_request_brought_is_not_given_away(tmp_path: Path) -> None:
    """The row of a practitioner whose data are newer than the file keeps its number."""
    await load()
    huda, _ = await identities("20150001", "20150002")
    async with transaction() as session:
        await session.exec(
            update(Practitioner)
            .where(col(Practitioner.registration_number) == HUDA)
            .values(version=2)
        )

    with pytest.raises(IdentityNumbersOfOthers):
        await of(tmp_path, (huda, "1000000008"), ("20-150002", "20-150098"))


async def identities(*numbers: str) -> list[str]:
    """The identity numbers of these practitioners."""
    async with transaction() as session:
        return [(await find_practitioner(session, number)).identity_number for number in numbers]


async def test_an_officer_can_be_retired(tmp_path: Path) -> None:
    """The row stays, for the decisions that bear its name."""
    await load()
    officers = tmp_path / "officers.csv"
    officers.write_text("user_name,active\namal,no\n")

    report = await load_register(read_register_files(officers=officers, today=date(2026, 11, 23)))

    async with transaction() as session:
        amal = await session.get_one(Officer, "amal")
    assert (report.officers.changed, amal.active) == (1, False)
