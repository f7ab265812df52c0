"""An officer searches: who is found, what is shown of them, and the lines that it leaves."""

import pytest
from sqlmodel import select

from desk.cases import searching
from desk.cases.searching import MOST, MOST_REQUESTS, SearchAnswer, search
from models.access_log import AccessLine, Looked, Viewer, looks_at
from models.database import transaction
from models.officers import OfficerUnknown
from models.practitioners import find_practitioner
from models.requests import find_request
from rules.requests.reference_number import format_reference
from rules.requests.searched import By, NothingToSearchFor
from rules.requests.statuses import Kind, Status
from support.people import NOURA, RAHUL, register_applicant, register_people
from support.requests import NOW, request_at_gate

REFERENCE = format_reference(Kind.PROFILE_UPDATE, 1448, 123)


@pytest.fixture(autouse=True)
async def people(database: str) -> None:
    """Noura and Rahul, and officers of whom one is Rahul."""
    await register_people()


async def numbers(typed: str) -> list[str]:
    """Whom Amal finds."""
    return [one.registration_number for one in (await search(typed, "amal", now=NOW)).people]


async def lines() -> list[AccessLine]:
    """The whole log, oldest first."""
    async with transaction() as session:
        return list((await session.exec(select(AccessLine).order_by("id"))).all())


@pytest.mark.parametrize(
    ("typed", "by"),
    [
        ("2010-4567", By.REGISTRATION_NUMBER),
        ("٢٠١٠٤٥٦٧", By.REGISTRATION_NUMBER),
        (NOURA["identity_number"], By.IDENTITY_NUMBER),
        ("NOURA.alqahtani@example.com", By.EMAIL),
        ("نوره القحطانى", By.NAME),
        ("noura", By.NAME),
    ],
)
async def test_a_person_is_found_by_what_is_on_file(typed: str, by: By) -> None:
    """With name, number and requests."""
    code = await request_at_gate()

    found = await search(typed, "amal", now=NOW)

    (person,) = found.people
    assert (person.registration_number, person.by) == (NOURA["registration_number"], (by,))
    assert person.name_ar == "نورة سالم حمد القحطاني"
    assert [(one.tracking_code, one.status) for one in person.requests] == [
        (code, Status.UNDER_REVIEW)
    ]
    assert (person.is_own, found.is_cut) == (False, False)


async def test_a_person_is_found_by_their_requests() -> None:
    """By tracking code and by reference number, however they are typed."""
    code = await request_at_gate()
    async with transaction() as session:
        (await find_request(session, code, lock=True)).reference_number = REFERENCE

    assert await numbers(code.lower().replace("-", " ")) == [NOURA["registration_number"]]
    assert await numbers(REFERENCE.lower()) == [NOURA["registration_number"]]


async def test_part_of_a_number_finds_nobody() -> None:
    """Numbers and addresses are whole: nobody tries out the rest."""
    typed = (NOURA["identity_number"][:-1], "noura.alqahtani@example.co", "2010456")

    assert [await numbers(each) for each in typed] == [[], [], []]


async def test_each_person_who_is_shown_reads_of_it() -> None:
    """A line says by what they were found, and not what was typed."""
    await search("nour", "amal", now=NOW)
    await search(NOURA["identity_number"], "Amal ", now=NOW)

    async with transaction() as session:
        noura = await find_practitioner(session, NOURA["registration_number"])
        found = await looks_at(session, noura.id, limit=9)
    said = [(one.viewer_kind, one.viewer, one.what, one.why) for one, _ in found]
    assert said == [
        (Viewer.OFFICER, "amal", Looked.SEARCH, "identity_number"),
        (Viewer.OFFICER, "amal", Looked.SEARCH, "name"),
    ]
    assert len(await lines()) == 2


async def test_a_search_that_finds_nobody_is_a_line_about_nobody() -> None:
    """With what the text could be: whoever tries out identity numbers is seen."""
    await search("2000000014", "amal", now=NOW)

    (line,) = await lines()
    assert (line.what, line.viewer, line.practitioner_id) == (Looked.SEARCH, "amal", None)
    assert "identity_number" in (line.why or "").split()
    assert "2000000014" not in repr(line)


async def test_who_is_no_officer_searches_for_nobody() -> None:
    """Nor does who types nothing; neither leaves a line."""
    for name in ("nobody", "retired"):
        with pytest.raises(OfficerUnknown):
            await search("noura", name, now=NOW)
    with pytest.raises(NothingToSearchFor):
        await search("%", "amal", now=NOW)

    assert await lines() == []


async def test_an_officer_s_own_file_is_marked() -> None:
    """Rahul is an officer too."""
    (own,) = (await search("menon", "rahul", now=NOW)).people
    (other,) = (await search("menon", "amal", now=NOW)).people

    assert own.registration_number == RAHUL["registration_number"]
    assert (own.is_own, other.is_own) == (True, False)


async def test_no_more_are_shown_than_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """That there are more is said; who is not shown has no line."""
    monkeypatch.setattr(searching, "MOST", 3)
    for _ in range(2):
        await register_applicant()
    enough = await search("القحطاني", "amal", now=NOW)
    await register_applicant()

    found = await search("القحطاني", "amal", now=NOW)

    assert (len(enough.people), enough.is_cut) == (3, False)
    assert (len(found.people), found.is_cut) == (3, True)
    assert len(await lines()) == 6
    assert MOST == 50


async def test_of_each_person_the_newest_requests_are_shown() -> None:
    """Somebody with hundreds does not fill the page."""
    code = await request_at_gate()
    async with transaction() as session:
        row = await find_request(session, code)
        kept = row.model_dump(exclude={"id", "tracking_code", "idempotency_key", "status"})
        session.add_all(
            type(row)(
                **kept | {"submitted_at": NOW.replace(year=2000 + number)},
                tracking_code=f"old {number}",
                idempotency_key=f"old {number}",
                status=Status.WITHDRAWN,
            )
            for number in range(20)
        )

    (person,) = (await search("noura", "amal", now=NOW)).people

    codes = [one.tracking_code for one in person.requests]
    assert codes == [code, *(f"old {number}" for number in range(19, 10, -1))]
    assert len(codes) == MOST_REQUESTS


async def test_what_was_found_shows_nobody_in_its_repr() -> None:
    """An error report holds no names."""
    found = await search("noura", "amal", now=NOW)

    assert isinstance(found, SearchAnswer)
    assert "Noura" not in repr(found)
