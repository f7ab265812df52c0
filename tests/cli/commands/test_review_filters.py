"""`mumaris review queue` and `next`, narrowed as the page narrows them."""

import json
from datetime import timedelta

import pytest

from desk.clock import utc_now
from models.database import transaction
from models.requests import find_request
from support.people import NOURA
from support.requests import request_at_gate
from support.shell import mumaris
from support.signed_in import mumaris_as

pytestmark = pytest.mark.usefixtures("people")


@pytest.mark.parametrize(
    ("filters", "is_listed"),
    [
        (["--kind", "profile_update"], True),
        (["--kind", "card_renewal"], False),
        (["--why", "certificates_added"], True),
        (["--why", "names_changed"], False),
        (["--due", "late"], True),
        (["--due", "today"], False),
        (["--before", "2070-01-01"], True),
        (["--before", "2020-01-01"], False),
        (["--held-by", "amal"], False),
    ],
)
async def test_the_queue_and_next_are_narrowed_alike(
    filters: list[str], *, is_listed: bool
) -> None:
    """What was asked for is told."""
    code = await request_at_gate()
    async with transaction() as session:
        row = await find_request(session, code, lock=True)
        row.review_due_at = utc_now() - timedelta(minutes=1)

    shown = await mumaris_as("amal", "review", "queue", "--queue", "all", *filters, "--json")
    told = json.loads(shown.stdout)

    assert [one["tracking_code"] for one in told["requests"]] == [code] * is_listed
    assert told["counts"]["all"] == is_listed
    assert list(told["filters"]) == [filters[0].removeprefix("--").replace("held-by", "officer")]
    if "--held-by" not in filters:
        given = await mumaris_as("amal", "review", "next", *filters, "--json")
        assert (json.loads(given.stdout) is not None) == is_listed


async def test_next_takes_from_the_queue_that_is_named() -> None:
    """Nothing waits for a second officer."""
    await request_at_gate()

    nothing = await mumaris_as("amal", "review", "next", "--queue", "second_officer")
    given = await mumaris_as("amal", "review", "next", "--queue", "to_take")

    assert nothing.stdout == "nothing waits for you\n"
    assert given.stdout.startswith("claimed ")


async def test_filters_without_a_queue_are_refused() -> None:
    """Before, they were taken and not heeded."""
    refused = await mumaris("review", "queue", "--kind", "card_renewal")

    assert refused.exit_code == 2
    assert "--queue" in refused.stderr


async def test_what_an_officer_works_on_is_listed() -> None:
    """By whoever asks."""
    code = await request_at_gate()
    await mumaris_as("basim", "review", "claim", code)

    shown = await mumaris_as(
        "amal", "review", "queue", "--queue", "all", "--held-by", "\u2066Basim\u2069 "
    )

    assert code in shown.stdout
    assert NOURA["family_name_en"] not in shown.output
