"""Names are searched by an index, folded by the database as the rules fold what is typed."""

from functools import partial

import psycopg
import pytest
from sqlalchemy import text

from models.connections import LONG
from models.database import transaction
from models.people_search import people_found
from models.practitioners import find_practitioner
from models.settings import DatabaseSettings
from rules.findings.problems import ValueRefused
from rules.requests.reference_number import format_reference
from rules.requests.searched import By, Searched, read_search
from rules.requests.statuses import Kind
from rules.values.name_words import name_words
from rules.values.text import clean_arabic_name, clean_latin_name
from support.people import NOURA, register_applicant, register_people
from support.plans import analysed, blocks_touched

REFERENCE = format_reference(Kind.PROFILE_UPDATE, 1448, 123)
MANY = 100_000
#: Of somebody rare, and of what all of them have.
SEARCHES = (
    "Noura Alq",
    "مينون",
    "محمد",
    "mohammed al",
    "mohammed salem hamad",
    "50000007",
    "1@example.com",
    REFERENCE,
)
#: Blocks of 8 kB that a search may touch, of the 7,000 that so many people fill.
FEW = 300

COPIES = """
INSERT INTO practitioners (id, registration_number, identity_number, email, first_name_ar,
    father_name_ar, grandfather_name_ar, family_name_ar, first_name_en, father_name_en,
    grandfather_name_en, family_name_en, identity_kind, nationality, birth_date, mobile, address,
    employer, specialty, rank, preferred_language, version, on_file_since, examine_on)
SELECT gen_random_uuid(), 50000000 + n, 3000000000 + n, n || '@example.com', 'محمد', 'سالم', 'حمد',
    'آل ' || md5(n::text), 'Mohammed', 'Salem', 'Hamad', 'Al-' || md5(n::text), 'gcc_id', 'KW',
    '1990-01-01', '', '', '', '', '', 'ar', 1, '2026-01-01', '2026-01-01'
FROM generate_series(1, :many) AS n
"""
_FOLDED = "SELECT array_to_string(tsvector_to_array(name_words(%s,'','','','','','','')), ' ')"


def allowed_letters() -> list[str]:
    """Every letter that a name may hold, by the rules that clean names."""
    found = []
    for letter in map(chr, range(0x2000)):
        for clean in (clean_arabic_name, clean_latin_name):
            try:
                found.append(clean(letter, max_length=9))
            except ValueRefused:
                continue
    return sorted(set(found))


MARKS = "\u00ad\u034f\u061c\u064b\u0640\u200c\u200f\u202e\u2066\u2069\ufe0f\ufeff"


async def named(typed: str) -> list[str]:
    """The registration numbers that a search by name finds."""
    searched = Searched({}, name_words(typed))
    async with transaction() as session:
        found = await people_found(session, searched, By.NAME, limit=9)
    return sorted(person.registration_number for person in found)


def test_the_database_folds_every_letter_as_the_rules_do(database: str) -> None:
    """Alone and with marks; else somebody is on file whom nobody finds."""
    letters = allowed_letters()
    marked = {f"{letter}{mark}{letter}" for letter in "سN" for mark in MARKS}
    tried = {*letters, *marked, *(f"{letter}\u0301" for letter in letters)}

    with psycopg.connect(DatabaseSettings().libpq_url()) as connection:
        folded = {
            letter: connection.execute(_FOLDED, [letter]).fetchall()[0][0] for letter in tried
        }

    assert len(letters) > 900
    assert {letter: words for letter, words in folded.items() if words != _words(letter)} == {}


def _words(letter: str) -> str:
    return " ".join(name_words(letter))


@pytest.mark.parametrize(
    "typed",
    [
        "نورة القحطاني",
        "نوره القحطانى",
        "نُورَة الْقَحْطَانِي",
        "نـــورة",
        "القحط نور",
        "noura alqahtani",
        "NOURA AL-QAHTANI",
        "Noura Al Qahtani",
        "Nóura al\u2019qahtani",
        "alqah salem",
        "salem القحطاني",
    ],
)
async def test_a_name_is_found_however_it_is_written(database: str, typed: str) -> None:
    """Words in any order, their beginnings, with or without marks, hyphens and capitals."""
    await register_people()

    assert await named(typed) == [NOURA["registration_number"]]


@pytest.mark.parametrize(
    ("on_file", "typed"),
    [
        ("القحطاني", "قحطاني"),
        ("قحطاني", "القحطاني"),
        ("السعود", "آل سعود"),
        ("آل سعود", "السعود"),
        ("عبدالرحمن", "عبد الرحمن"),
        ("عبد الرحمن", "عبدالرحمن"),
        ("عبد-الرحمن", "عبد الرحمن"),
        ("إسماعيل", "اسماعيل"),
        ("اسماعيل", "أسماعيل"),
        ("آمنة", "امنه"),
        ("مصطفى", "مصطفي"),
        ("رؤى", "روي"),
        ("هبة", "هبه"),
        ("Al-Qahtani", "qahtani"),
        ("Al Qahtani", "alqahtani"),
        ("Łukasz", "lukasz"),
    ],
)
async def test_letters_written_one_for_the_other_are_one(
    database: str, on_file: str, typed: str
) -> None:
    """On either side."""
    applicant = await register_applicant(grandfather_name_ar=on_file)

    assert await named(typed) == [applicant.registration_number]


@pytest.mark.parametrize("typed", ["ahtani", "نورة مينون", "noura menon", "noura salem x"])
async def test_who_has_not_all_words_is_not_found(database: str, typed: str) -> None:
    """Each word begins a word of one and the same person."""
    await register_people()

    assert await named(typed) == []


async def test_another_name_in_force_is_found_at_once(database: str) -> None:
    """And the one before no longer: nobody has to keep the index."""
    await register_people()
    async with transaction() as session:
        noura = await find_practitioner(session, NOURA["registration_number"], lock=True)
        noura.family_name_ar = "الحربي"

    assert await named("نورة الحربي") == [NOURA["registration_number"]]
    assert await named("نورة القحطاني") == []


async def test_a_name_of_any_length_comes_on_file(database: str) -> None:
    """Found by its beginning; longer ones than the database can index, too."""
    applicant = await register_applicant(father_name_en="Q" * 5000)

    assert await named("q" * 100) == [applicant.registration_number]


async def crowd() -> None:
    """A hundred thousand people of one first name, and two others."""
    await register_people()
    async with transaction(LONG) as session:
        await session.exec(text("ALTER TABLE practitioners DISABLE TRIGGER ALL"))
        await session.exec(text(COPIES), params={"many": MANY})
    await analysed("practitioners")


async def test_a_search_among_a_hundred_thousand_reads_indexes(database: str) -> None:
    """Each way, somebody rare and a name that all have: a few blocks, and never the whole table."""
    await crowd()
    ways = [(found, by) for found in map(_read, SEARCHES) for by in found.ways]

    touched = {}
    for searched, by in ways:
        asked = partial(people_found, searched=searched, by=by, limit=51)
        touched[by, str(searched.exact.get(by) or searched.name)] = await blocks_touched(asked)

    assert {by for by, _ in touched} == set(By)
    assert max(touched.values()) < FEW, touched


def _read(typed: str) -> Searched:
    return read_search(typed, registration_pattern="[0-9]{8}")
