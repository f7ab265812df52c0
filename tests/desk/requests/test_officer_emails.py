"""Officers are told by e-mail of what somebody else gives them."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from desk.policy import current_policy
from desk.queues.taking import hold
from desk.requests.claims import assign, claim, release
from desk.requests.waiting import load_request
from rules.requests.letter_status import LetterStatus
from rules.values.dates import riyadh_day
from support.desk_letters import owed, row_of, told, with_address
from support.people import register_people
from support.policies import policy_with
from support.requests import NOW, request_at_gate

LEASE = timedelta(minutes=current_policy().review.claim_minutes)
LATER = NOW + timedelta(minutes=10)


@pytest.fixture(autouse=True)
async def people(database: str) -> None:
    await register_people()
    await with_address("amal", "basim")


async def test_who_is_given_a_case_is_told_once() -> None:
    """With the link to its page and until when it is theirs; given again, it is no news."""
    code = await request_at_gate()

    await assign(code, "amal", by="basim", now=NOW)
    await assign(code, "amal", by="basim", now=LATER)

    row = await row_of("case_assigned")
    assert await told("case_assigned") == ["amal"]
    assert (row.to_address, row.status) == ("amal@authority.example", LetterStatus.QUEUED)
    assert row.facts["tracking_code"] == code
    assert row.facts["kept_until"] == (NOW + LEASE).isoformat().replace("+00:00", "Z")
    assert (row.request_id, row.link_id) == (None, None)


async def test_two_who_give_it_at_once_tell_once() -> None:
    """The second finds it in the same hands."""
    code = await request_at_gate()

    await asyncio.gather(
        assign(code, "amal", by="basim", now=NOW), assign(code, "amal", by="dana", now=LATER)
    )

    assert await told("case_assigned") == ["amal"]


async def test_who_takes_a_case_is_told_nothing() -> None:
    """Nobody else gave it: not to who claims it, nor to who takes it over from a colleague."""
    code = await request_at_gate()

    await claim(code, "amal", now=NOW)
    await assign(code, "basim", by=" Basim", now=NOW)

    assert await told("case_assigned") == []


async def test_what_goes_round_is_news_each_time() -> None:
    """To one, to another, back; and again to who had it until the claim ran out."""
    code = await request_at_gate()
    at = [NOW + timedelta(minutes=minute) for minute in range(3)] + [LATER + LEASE]

    for officer, now in zip(("amal", "basim", "amal", "amal"), at, strict=True):
        await assign(code, officer, by="dana", now=now)

    given = ["amal", "basim", "amal", "amal"]
    assert await owed("case_assigned") == list(zip(given, at, strict=True))


async def test_what_was_put_aside_by_oneself_is_news_when_somebody_gives_it_back() -> None:
    """It was not in hand until its day came."""
    code = await request_at_gate()
    await hold(code, "amal", "Waits for a call", riyadh_day(NOW) + timedelta(days=2), now=NOW)

    await assign(code, "amal", by="basim", now=LATER)

    assert await told("case_assigned") == ["amal"]


async def test_an_officer_without_an_address_is_told_nothing() -> None:
    """The case is theirs all the same."""
    code = await request_at_gate()
    await release(code, "amal", now=NOW)

    await assign(code, "rahul", by="basim", now=NOW)

    assert await told("case_assigned") == []


async def test_policy_switches_it_off(tmp_path: Path) -> None:
    """An authority whose officers sit before the desk all day needs no e-mails."""
    code = await request_at_gate()

    with policy_with(tmp_path, ("\nassigned = true", "\nassigned = false")):
        await assign(code, "amal", by="basim", now=NOW)

    assert await told("case_assigned") == []


async def test_killed_between_gives_nothing_and_tells_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The case and its e-mail are one transaction."""
    code = await request_at_gate()

    def dies(*_: object, **__: object) -> None:
        raise ConnectionResetError

    monkeypatch.setattr("desk.requests.claims.record", dies)
    with pytest.raises(ConnectionResetError):
        await assign(code, "amal", by="basim", now=NOW)

    assert (await load_request(code)).claimed_by is None
    assert await told("case_assigned") == []
