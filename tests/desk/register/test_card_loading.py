"""Loading cards and the CPD ledger: hostile until every line was judged."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlmodel import select

from desk.register.cards import extend_cards
from desk.register.checks import HoldersNotOnRegister
from desk.register.files import RegisterRefused, read_register_files
from desk.register.loading import LoadReport, load_register
from models.database import transaction
from models.practitioners import CpdEntry
from support.cards import card_of, periods
from support.people import NOURA, register_people, specialty_change
from support.requests import NOW

CARD = "registration_number,status,category,valid_from,expires_on\n"
HOURS = "registration_number,kind,title,issuer,completed_on,hours,activity_code\n"
NUMBER = NOURA["registration_number"]


@pytest.fixture(autouse=True)
async def people(database: str) -> None:
    await register_people()


async def load(folder: Path, *, cards: str = "", hours: str = "") -> LoadReport:
    """Load files of these lines."""
    card_file, hours_file = folder / "cards.csv", folder / "hours.csv"
    card_file.write_text(CARD + cards, encoding="utf-8")
    hours_file.write_text(HOURS + hours, encoding="utf-8")
    files = read_register_files(cards=card_file, ledger=hours_file, today=NOW.date())
    return await load_register(files, now=NOW)


async def test_a_card_is_loaded_with_its_first_period(tmp_path: Path) -> None:
    """Dates may be Hijri, the number may have its dash; loaded again it changes nothing."""
    line = "2010-4567,active,nursing,2024-12-24,1448-07-14\n"

    first = await load(tmp_path, cards=line)
    again = await load(tmp_path, cards=line)

    (period,) = await periods(NUMBER)
    assert (first.cards.added, again.cards.unchanged) == (1, 1)
    assert (period.made_by, period.expires_on, period.recorded_at) == (
        "loaded",
        date(2026, 12, 23),
        NOW,
    )


async def test_status_and_category_follow_the_file_and_validity_does_not(tmp_path: Path) -> None:
    """A card has a history, and is never shortened."""
    await load(tmp_path, cards=f"{NUMBER},active,nursing,2024-12-24,2026-12-23\n")

    suspended = await load(tmp_path, cards=f"{NUMBER},suspended,technician,2024-12-24,2025-12-23\n")
    other = await load(tmp_path, cards=f"{NUMBER},suspended,technician,2024-12-24,2029-12-23\n")

    card = await card_of(NUMBER)
    assert (suspended.cards.changed, other.cards.kept) == (1, 1)
    assert (card.status, card.category) == ("suspended", "technician")
    assert card.expires_on == date(2026, 12, 23)


async def test_an_old_file_does_not_undo_an_extension(tmp_path: Path) -> None:
    """The day that the authority gave stays."""
    line = f"{NUMBER},active,nursing,2024-12-24,2026-12-23\n"
    await load(tmp_path, cards=line)
    expiry, to = date(2026, 12, 23), date(2027, 3, 1)
    await extend_cards(first=expiry, last=expiry, to=to, actor="ops", now=NOW)

    again = await load(tmp_path, cards=line)

    assert again.cards.kept == 1
    assert (await card_of(NUMBER)).expires_on == to


async def test_an_activity_counts_once_however_it_came(tmp_path: Path) -> None:
    """By a file twice, and by a profile update as well."""
    submission = specialty_change(NOW.date())
    certificate = submission["certificates"][0]
    line = (
        f"{NUMBER},course,{certificate['title']},{certificate['issuer']},"
        f"{certificate['issued_on']},{certificate['cpd_hours']},\n"
    )

    first = await load(tmp_path, hours=line)
    again = await load(tmp_path, hours=line)

    async with transaction() as session:
        (entry,) = (await session.exec(select(CpdEntry))).all()
    assert (first.ledger.added, again.ledger.unchanged) == (1, 1)
    assert (entry.kind, entry.source) == ("course", "loaded")


async def test_holders_whom_the_register_does_not_know_stop_all(tmp_path: Path) -> None:
    """Nothing is loaded; the numbers are named."""
    lines = (
        f"{NUMBER},active,nursing,2024-12-24,2026-12-23\n99999999,,nursing,2024-12-24,2026-12-23\n"
    )

    with pytest.raises(HoldersNotOnRegister, match="99999999"):
        await load(tmp_path, cards=lines)

    assert (await load(tmp_path, cards=lines.splitlines()[0])).cards.added == 1


async def test_every_problem_of_every_line_is_told(tmp_path: Path) -> None:
    """In both files, by line and column."""
    cards = f"{NUMBER},lost,nursing,2026-12-24,2026-12-23\nabc,active,dentist,2024-13-01,x\n"
    hours = f"{NUMBER},nap,T,I,2030-01-01,NaN,\n{NUMBER},course,<b>,I,2026-01-01,x,\u202eA\n"

    with pytest.raises(RegisterRefused) as refused:
        await load(tmp_path, cards=cards, hours=hours)

    assert [(each.file, each.line, each.problem.field) for each in refused.value.problems] == [
        ("cards.csv", 2, "status"),
        ("cards.csv", 2, "expires_on"),
        ("cards.csv", 3, "registration_number"),
        ("cards.csv", 3, "category"),
        ("cards.csv", 3, "valid_from"),
        ("cards.csv", 3, "expires_on"),
        ("hours.csv", 2, "kind"),
        ("hours.csv", 2, "completed_on"),
        ("hours.csv", 2, "hours"),
        ("hours.csv", 3, "title"),
        ("hours.csv", 3, "activity_code"),
        ("hours.csv", 3, "hours"),
    ]


async def test_hours_are_read_in_any_digits(tmp_path: Path) -> None:
    """With the Arabic decimal sign and the marks of a spreadsheet."""
    line = f"\u2066{NUMBER}\u2069,course,T,I,\u200e2026-01-01,\u200f١٢٫٥,\n"

    await load(tmp_path, hours=line)

    async with transaction() as session:
        assert (await session.exec(select(CpdEntry.hours))).one() == Decimal("12.5")


async def test_a_file_from_a_spreadsheet_is_read(tmp_path: Path) -> None:
    """Capitals, a decimal comma, and more hours than one activity may count: policy cuts later."""
    cards = f"{NUMBER},Active,Nursing,24/12/2024,2026-12-23 00:00:00\n,,,,\n"
    hours = f'{NUMBER},Course,Wound care,Academy,2026-05-04,"45,5",BDA-1\n'

    report = await load(tmp_path, cards=cards, hours=hours)

    async with transaction() as session:
        (entry,) = (await session.exec(select(CpdEntry))).all()
    assert (report.cards.added, (await card_of(NUMBER)).category) == (1, "nursing")
    assert entry.hours == Decimal("45.5")


async def test_an_activity_twice_is_told_by_its_code(tmp_path: Path) -> None:
    """Whatever its title and capitals; by its title where it has no code."""
    hours = "".join(
        f"{NUMBER},course,{title},Academy,2026-05-04,5,{code}\n"
        for title, code in (("A", "BDA-1"), ("B", "bda-1"), ("C", ""), ("c", ""))
    )

    with pytest.raises(RegisterRefused) as refused:
        await load(tmp_path, hours=hours)

    told = [(each.line, each.problem.field, each.value) for each in refused.value.problems]
    assert told == [(3, "activity_code", "bda-1"), (5, "title", "c")]


@pytest.mark.parametrize("hours", ["0", "-1", "1.234", "1E+999999", "Infinity", "abc"])
async def test_hours_that_cannot_be_are_refused(tmp_path: Path, hours: str) -> None:
    """An activity without hours has no place in a ledger of hours."""
    with pytest.raises(RegisterRefused):
        await load(tmp_path, hours=f"{NUMBER},course,T,I,2026-01-01,{hours},\n")
