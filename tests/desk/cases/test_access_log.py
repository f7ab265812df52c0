"""The access log as auditors read it."""

from datetime import timedelta

import pytest

from desk.cases.access_log import MOST, LogLine, Sought, read_access_log
from desk.cases.case import read_case
from desk.looks import Looker, note_look
from models.access_log import Looked, Viewer
from models.database import transaction
from models.officers import OfficerUnknown
from models.practitioners import PractitionerUnknown, find_practitioner
from rules.values.dates import riyadh_day
from support.looking import look_at_card
from support.people import NOURA, RAHUL, register_people
from support.requests import NOW, request_at_gate

ALL = Sought()
LATER = NOW + timedelta(hours=1)


@pytest.fixture(autouse=True)
async def people(database: str) -> None:
    """Noura and Rahul, and officers."""
    await register_people()


async def look(number: str, by: str, *, days_ago: int = 0) -> None:
    """Somebody of the house looks at a card."""
    await look_at_card(number, by, at=NOW - timedelta(days=days_ago))


def said(lines: tuple[LogLine, ...]) -> list[tuple[str | None, str | None]]:
    """Who looked at whose, but for looks at the log itself."""
    return [(line.viewer, line.registration_number) for line in lines if line.what == Looked.CARD]


async def three_looks() -> None:
    """Of two officers at two people, on two days."""
    await look(NOURA["registration_number"], "amal", days_ago=1)
    await look(NOURA["registration_number"], "basim")
    await look(RAHUL["registration_number"], "amal")


async def test_the_log_is_read_newest_first() -> None:
    """With who, whose, and the request."""
    code = await request_at_gate()
    await read_case(code, by=Looker.officer("amal"), now=NOW)

    (line,) = await read_access_log(ALL, "basim", now=LATER)

    assert (line.viewer_kind, line.viewer, line.what) == (Viewer.OFFICER, "amal", Looked.CASE)
    assert (line.registration_number, line.tracking_code, line.at) == (
        NOURA["registration_number"],
        code,
        NOW,
    )


async def test_it_is_narrowed_by_person_officer_and_day() -> None:
    """Each by itself, and together; a user name however it is written."""
    await three_looks()
    noura, rahul = NOURA["registration_number"], RAHUL["registration_number"]
    today, yesterday = riyadh_day(NOW), riyadh_day(NOW) - timedelta(days=1)

    async def found(**sought: object) -> list[tuple[str | None, str | None]]:
        return said(await read_access_log(Sought(**sought), "basim", now=LATER))

    assert await found() == [("amal", rahul), ("basim", noura), ("amal", noura)]
    assert await found(registration_number=noura) == [("basim", noura), ("amal", noura)]
    assert await found(officer=" AMAL") == [("amal", rahul), ("amal", noura)]
    assert await found(day=yesterday) == [("amal", noura)]
    assert await found(day=today) == [("amal", rahul), ("basim", noura)]
    assert await found(day=today, officer="amal", registration_number=noura) == []


async def test_a_day_is_one_of_riyadh() -> None:
    """From its first instant to the first of the next."""
    midnight = NOW.replace(hour=21, minute=0, second=0, microsecond=0)
    async with transaction() as session:
        person = await find_practitioner(session, NOURA["registration_number"])
        for at in (midnight - timedelta(seconds=1), midnight):
            await note_look(
                session,
                Looked.CARD,
                by=Looker.officer("amal"),
                now=at,
                practitioner_id=person.id,
            )

    before = await read_access_log(Sought(day=NOW.date()), "basim", now=LATER)
    after = await read_access_log(
        Sought(day=NOW.date() + timedelta(days=1)), "basim", now=NOW + timedelta(days=9)
    )

    assert [line.at for line in before if line.what == Looked.CARD] == [
        midnight - timedelta(seconds=1)
    ]
    assert [line.at for line in after if line.what == Looked.CARD] == [midnight]


async def test_a_look_at_the_log_is_a_line_itself() -> None:
    """About the person whose lines were asked for, or about nobody."""
    number = NOURA["registration_number"]

    first = await read_access_log(Sought(registration_number=number), "basim", now=NOW)
    second = await read_access_log(ALL, "amal", now=NOW)
    third = await read_access_log(ALL, "amal", now=LATER)

    assert first == ()
    assert [(line.viewer, line.what, line.registration_number) for line in second] == [
        ("basim", Looked.ACCESS_LOG, number)
    ]
    assert [(line.viewer, line.registration_number) for line in third] == [
        ("amal", None),
        ("basim", number),
    ]


async def test_pages_follow_each_other() -> None:
    """Each line once, also of one instant, whatever is written meanwhile."""
    for _ in range(MOST + 20):
        await look(NOURA["registration_number"], "amal")
    sought = Sought(officer="amal")

    first = await read_access_log(sought, "basim", now=NOW)
    await look(NOURA["registration_number"], "amal")
    second = await read_access_log(sought, "basim", now=NOW, before=first[-1].number)
    unknown = await read_access_log(sought, "basim", now=NOW, before=99_999_999)

    assert (len(first), len(second)) == (MOST, 20)
    assert len({line.number for line in (*first, *second)}) == MOST + 20
    assert len(unknown) == MOST


async def test_who_is_unknown_is_refused_and_leaves_no_line() -> None:
    """Whoever looks, and whoever is looked up."""
    with pytest.raises(PractitionerUnknown):
        await read_access_log(Sought(registration_number="1"), "basim", now=NOW)
    with pytest.raises(OfficerUnknown):
        await read_access_log(ALL, "retired", now=NOW)

    assert await read_access_log(ALL, "basim", now=NOW) == ()
