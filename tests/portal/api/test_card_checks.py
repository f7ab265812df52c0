"""Many cards checked at once, by the codes that their holders show."""

import httpx
import pytest

from desk.machines.checking_cards import MOST
from desk.register.card_codes import reissue_code
from documents.keys import new_master_key
from support.api import System, problem_of
from support.card_codes import TODAY, YEAR, holder_with_code
from support.machines import machine_lines
from support.requests import NOW

NOBODYS = "x" * 22


@pytest.fixture(autouse=True)
def master_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """The installation has a master key."""
    monkeypatch.setenv("MUMARIS_DOCUMENT_KEYS", new_master_key())


async def check(hospital: System, *codes: object) -> httpx.Response:
    """Ask about these codes."""
    return await hospital.client.post("/card-checks", json={"codes": codes})


async def test_each_code_is_answered_in_its_order_with_a_line_for_each_person(
    hospital: System,
) -> None:
    """Whoever employs them; and what a scanner read is understood as it is."""
    holder, replaced = await holder_with_code()
    _, valid = await holder_with_code()
    _, expired = await holder_with_code(TODAY - YEAR)
    await reissue_code(holder.registration_number, officer="amal", now=NOW)

    found = await check(hospital, NOBODYS, f"https://portal.example/c/{valid}", replaced, expired)

    cards = found.json()["cards"]
    assert [one["state"] for one in cards] == ["unknown", "valid", "replaced", "not_valid"]
    assert cards[1]["valid_until"] == (TODAY + YEAR).isoformat()
    assert [bool(one["name_en"]) for one in cards] == [False, True, False, False]
    lines = [line for line in await machine_lines() if line[1] == "card_check"]
    assert lines == [("hospital", "card_check", "check_cards")] * 3


async def test_nothing_is_told_by_a_number(hospital: System) -> None:
    """It is a code that nobody has."""
    holder, _ = await holder_with_code()

    found = await check(hospital, holder.registration_number)

    assert found.json()["cards"][0]["state"] == "unknown"
    assert holder.registration_number not in found.text


@pytest.mark.parametrize(
    ("codes", "code"),
    [
        ([], "field_missing"),
        ([NOBODYS] * (MOST + 1), "too_many_codes"),
    ],
)
async def test_none_and_too_many_are_refused(hospital: System, codes: list[str], code: str) -> None:
    """And as many as may be are answered."""
    refused = await check(hospital, *codes)
    most = await check(hospital, *[NOBODYS] * MOST)

    assert problem_of(refused) == (422, code)
    assert len(most.json()["cards"]) == MOST


@pytest.mark.parametrize("codes", ["x", [1], [None], [["x"]], {"a": "b"}])
async def test_what_is_no_list_of_texts_is_refused(hospital: System, codes: object) -> None:
    """Nothing of it is looked for."""
    refused = await hospital.client.post("/card-checks", json={"codes": codes})

    assert refused.status_code == 422
