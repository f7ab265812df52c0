"""A transaction that sees one moment."""

import pytest

from desk.requests.review import Ruling, decide
from models.cases import decisions_of
from models.database import snapshot, transaction
from models.requests import find_request
from rules.requests.verdicts import Verdict
from support.people import register_people
from support.requests import NOW, request_at_gate

pytestmark = pytest.mark.usefixtures("database")


async def test_what_is_committed_between_two_reads_is_not_half_seen() -> None:
    """The status from before a decision stands beside no decision; an ordinary one mixes them."""
    await register_people()
    code = await request_at_gate()
    approve = Ruling(verdict=Verdict.APPROVE, officer="amal")

    async with snapshot() as picture, transaction() as ordinary:
        request = await find_request(picture, code)
        await find_request(ordinary, code)
        await decide(code, approve, now=NOW)
        seen = await decisions_of(picture, request.id)
        mixed = await decisions_of(ordinary, request.id)

    assert (seen, len(mixed)) == ([], 1)
