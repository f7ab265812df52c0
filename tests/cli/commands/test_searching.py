"""`mumaris review search`, on a real database."""

import json

import pytest
from sqlmodel import select
from typer.testing import Result

from models.access_log import AccessLine
from models.database import transaction
from support.people import NOURA, register_applicant
from support.requests import request_at_gate
from support.signed_in import mumaris_as

pytestmark = pytest.mark.usefixtures("people")


async def search(typed: str, *options: str, officer: str = "amal") -> Result:
    """What is searched for comes by standard input."""
    stdin = f"{typed}\n".encode()
    return await mumaris_as(officer, "review", "search", *options, stdin=stdin)


async def looked() -> list[tuple[str | None, str | None]]:
    """Who searched, and by what somebody was found."""
    async with transaction() as session:
        return [(line.viewer, line.why) for line in (await session.exec(select(AccessLine))).all()]


async def test_a_person_is_found_with_their_requests() -> None:
    """By an identity number that stands in no argument; it is in no answer either."""
    code = await request_at_gate()

    table = await search(NOURA["identity_number"])
    answer = json.loads((await search("نوره القحطانى", "--json")).stdout)

    assert table.exit_code == 0
    assert code in table.stdout
    assert "Noura Salem Hamad Alqahtani" in table.stdout
    assert NOURA["identity_number"] not in table.output
    assert answer["more"] is False
    (person,) = answer["people"]
    assert (person["registration_number"], person["found_by"], person["own"]) == (
        NOURA["registration_number"],
        ["name"],
        False,
    )
    assert [one["tracking_code"] for one in person["requests"]] == [code]
    assert await looked() == [("amal", "identity_number"), ("amal", "name")]


async def test_somebody_without_requests_is_a_row_too() -> None:
    """And nobody is none."""
    await register_applicant(first_name_en="Layla")

    layla, nobody = await search("layla"), await search("laylaxyz", "--json")

    assert "Layla" in layla.stdout
    assert json.loads(nobody.stdout) == {"people": [], "more": False}


@pytest.mark.parametrize("typed", ["%", ""])
async def test_what_cannot_be_searched_for_is_refused(typed: str) -> None:
    """Nothing is looked at."""
    refused = await search(typed)

    assert refused.exit_code == 2
    assert await looked() == []


async def test_what_is_searched_for_is_no_argument() -> None:
    """Others see arguments in the list of processes."""
    refused = await mumaris_as("amal", "review", "search", "noura")

    assert refused.exit_code == 2
    assert await looked() == []
