"""`mumaris review read`: what a document shows, as an officer read it."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from desk.requests.review import Ruling, decide
from desk.requests.submission import resubmit
from rules.requests.correctable import Correctable
from rules.requests.statuses import Kind
from rules.requests.verdicts import Verdict
from support.naming import naming, ready, submission
from support.requests import NOW, request_at_gate
from support.signed_in import mumaris_as
from tasks.steps.validation import validate

pytestmark = pytest.mark.usefixtures("people")


async def at_gate(*documents: dict[str, Any]) -> str:
    return await request_at_gate(submission(Kind.PROFILE_UPDATE, *documents))


async def shown(code: str) -> list[Mapping[str, Any]]:
    """The case's documents as programs read them."""
    found = await mumaris_as("amal", "review", "show", code, "--json")
    return list(json.loads(found.stdout)["documents"])


async def test_what_an_officer_read_stands_beside_what_is_stated() -> None:
    """And in what the two differ."""
    code = await at_gate(naming(await ready()))

    done = await mumaris_as("amal", "review", "read", code, "1", "--issued-on", "2026-08-20")

    table = " ".join((await mumaris_as("amal", "review", "show", code)).stdout.split())
    [document] = await shown(code)
    assert done.stdout == "noted; differs from what is stated in: issued on\n"
    assert document["stated"]["issued_on"] == NOW.date().isoformat()
    assert document["confirmed"]["issued_on"] == "2026-08-20"
    assert document["confirmed"]["issuer"] == "King Salman Hospital"
    assert document["differences"] == ["issued_on"]
    assert "amal 1 King Salman Hospital 2026-08-20" in table
    refused = await mumaris_as("amal", "request", "decide", code, "--approve")
    assert (refused.exit_code, "3 months" in refused.stderr) == (1, True)


@pytest.mark.parametrize(
    ("said", "line"),
    [
        (["--as-stated"], "noted: as stated"),
        (["--unreadable"], "noted: it cannot be read"),
        (["--no-expiry"], "noted: as stated"),
        (
            ["--issuer", "Oasis Hospital", "--expires-on", "1448-12-01"],
            "noted; differs from what is stated in: issuer, expires on",
        ),
    ],
)
async def test_what_is_not_said_was_read_as_it_is_stated(said: list[str], line: str) -> None:
    """A day may be Hijri."""
    code = await at_gate(naming(await ready()))

    done = await mumaris_as("amal", "review", "read", code, "1", *said)

    assert (done.exit_code, done.stdout) == (0, f"{line}\n")


@pytest.mark.parametrize(
    ("said", "exit_code"),
    [
        ([], 2),
        (["--unreadable", "--as-stated"], 2),
        (["--no-expiry", "--expires-on", "2028-01-01"], 2),
        (["--issued-on", "yesterday"], 2),
        (["--issued-on", "2070-01-01"], 1),
        (["--issuer", ""], 1),
        (["--issuer", "<script>"], 1),
    ],
)
async def test_what_cannot_be_so_is_refused(said: list[str], exit_code: int) -> None:
    """And nothing is kept."""
    code = await at_gate(naming(await ready()))

    done = await mumaris_as("amal", "review", "read", code, "1", *said)

    [document] = await shown(code)
    assert (done.exit_code, document["confirmed"]) == (exit_code, None)


@pytest.mark.parametrize("number", ["0", "2", "9999999999"])
async def test_a_number_that_no_document_has_is_wrong_usage(number: str) -> None:
    """It is the one of `review show`."""
    code = await at_gate(naming(await ready()))

    done = await mumaris_as("amal", "review", "read", code, number, "--as-stated")

    assert done.exit_code == 2


async def test_the_documents_of_earlier_rounds_are_shown_after_those_of_this_one() -> None:
    """What was swapped can still be looked at, and is not read any more."""
    old, new = await ready(), await ready()
    code = await at_gate(naming(old))
    await mumaris_as("amal", "review", "read", code, "1", "--unreadable")
    back = Ruling(
        verdict=Verdict.RETURN,
        officer="amal",
        reason_code="document_not_accepted",
        fields=[Correctable("documents")],
    )
    await decide(code, back, now=NOW)
    await resubmit(code, submission(Kind.PROFILE_UPDATE, naming(new)), now=NOW)
    unjudged = await shown(code)
    await validate.task.fn(code)

    first, second = await shown(code)
    again = await mumaris_as("amal", "review", "read", code, "2", "--as-stated")

    assert {one["file"]["id"] for one in unjudged} == {old.id, new.id}
    assert [one["stated"] for one in unjudged] == [None, None]
    assert (first["file"]["id"], first["rounds"], first["confirmed"]) == (new.id, [2], None)
    assert (second["file"]["id"], second["rounds"], second["stated"]) == (old.id, [1], None)
    assert [one["readable"] for one in second["readings"]] == [False]
    assert again.exit_code == 2
