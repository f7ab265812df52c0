"""An invented register of cards for benchmarks: seeded, and loaded with COPY."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from random import Random
from uuid import UUID

import psycopg

from models.columns import EXAMINE_NOW

SEED = 1447
#: Rows that one write hands to COPY.
_ROWS = 5_000
_FIRST = ("Salma", "Omar", "Rahul", "Maria", "Yusuf", "Huda", "Chen", "Fatima")
_FAMILY = ("Alharbi", "Menon", "Santos", "Alqahtani", "Khan", "Alshehri", "Osman", "Lee")
_FIRST_AR = ("سلمى", "عمر", "راهول", "ماريا", "يوسف", "هدى", "تشن", "فاطمة")
_FAMILY_AR = ("الحربي", "مينون", "سانتوس", "القحطاني", "خان", "الشهري", "عثمان", "لي")
_PEOPLE = (
    "COPY practitioners (id, registration_number, first_name_ar, father_name_ar, "
    "grandfather_name_ar, family_name_ar, first_name_en, father_name_en, grandfather_name_en, "
    "family_name_en, identity_number, identity_kind, nationality, birth_date, mobile, email, "
    "address, employer, specialty, rank, preferred_language, version) FROM STDIN"
)
_CARDS = (
    "COPY cards (id, practitioner_id, status, category, valid_from, expires_on, examine_on) "
    "FROM STDIN"
)


def fill_register(
    address: str, *, cards: int, due: int, day: date, thresholds: tuple[int, ...]
) -> None:
    """Empty the register, then load so many cards, of which ``due`` are due on this day.

    The due ones are spread over the thresholds; the others expire later than the first threshold,
    or have expired long ago, and have never been examined.
    """
    with psycopg.connect(address) as connection:
        # History refuses to be emptied; nobody's is here.
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute(
            "TRUNCATE profile_confirmations, reminder_tokens, suppressions, reminders, cards, "
            "practitioners CASCADE"
        )
        connection.execute("SET LOCAL session_replication_role = origin")
        for statement, lines in (
            (_PEOPLE, _people(cards)),
            (_CARDS, _cards(cards, due, day, thresholds)),
        ):
            with connection.cursor().copy(statement) as copy:
                while block := "".join(islice(lines, _ROWS)):
                    copy.write(block)
    vacuum(address)


def vacuum(address: str) -> None:
    """What the database's own autovacuum does sooner or later, now."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def _people(cards: int) -> Iterator[str]:
    chance = Random(SEED)  # noqa: S311 - invented people, the same ones every time
    for number in range(cards):
        draw = chance.getrandbits(30)
        names = [_FIRST_AR, _FIRST_AR, _FIRST_AR, _FAMILY_AR, _FIRST, _FIRST, _FIRST, _FAMILY]
        parts = "\t".join(each[draw >> 3 * at & 7] for at, each in enumerate(names))
        yield (
            f"{_person(number)}\t{20_000_000 + number}\t{parts}\t1{number:09}\tnational_id\tSA\t"
            f"1988-04-17\t+9665{number:08}\tp{number}@mail{number % 50}.example.org\t"
            f"12 Olaya Street\tExample Hospital\tnursing\tspecialist\t{'ar' if draw % 3 else 'en'}"
            "\t1\n"
        )


def _cards(cards: int, due: int, day: date, thresholds: tuple[int, ...]) -> Iterator[str]:
    chance = Random(SEED + 1)  # noqa: S311 - as above
    for number in range(cards):
        examine_on = day if number < due else EXAMINE_NOW
        if number < due:
            expires_on = day + timedelta(days=thresholds[number % len(thresholds)])
        elif number % 10:
            expires_on = day + timedelta(days=chance.randint(max(thresholds) + 2, 730))
        else:
            expires_on = day - timedelta(days=chance.randint(60, 400))
        valid_from = expires_on - timedelta(days=730)
        yield (
            f"{UUID(int=chance.getrandbits(128))}\t{_person(number)}\tactive\tnursing\t"
            f"{valid_from}\t{expires_on}\t{examine_on}\n"
        )


def _person(number: int) -> UUID:
    return UUID(int=number + 1)
