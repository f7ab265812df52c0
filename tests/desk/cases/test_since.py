"""What a case says has changed since officers were shown it."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from desk.cases.since import SinceShown
from desk.register.cards import extend_cards
from desk.requests.landing import put_down
from desk.requests.second_look import ChangedSinceReview
from desk.requests.submission import resubmit
from models.database import transaction
from models.earlier_rounds import EarlierRound
from rules.requests.since import DocumentMove
from rules.requests.statuses import Kind
from support.cards import give_card, renewal
from support.landing import APPROVE
from support.looking import looked_at
from support.people import NOURA, employer_letter, register_people, specialty_change
from support.requests import NOW, request_at_gate, returned
from tasks.steps.validation import validate

ANOTHER_LETTER = employer_letter(NOW.date()) | {"sha256": "cd" * 32}


@pytest.fixture(autouse=True)
async def people(database: str) -> None:
    await register_people()


async def corrected(code: str, **more: Any) -> None:
    """The applicant sends this, and the rules have seen it."""
    key = f"noura-again-{len(await kept())}-{len(str(more))}"
    await resubmit(code, specialty_change(NOW.date(), idempotency_key=key, **more), now=NOW)
    await validate.task.fn(code)


async def kept() -> list[tuple[int, str]]:
    """The rounds that are kept, with what was to be corrected."""
    async with transaction() as session:
        rows = (await session.exec(select(EarlierRound).order_by(EarlierRound.round))).all()
    return [(row.round, ",".join(one["field"] for one in row.corrections)) for row in rows]


async def seen(code: str) -> SinceShown:
    """What the case says."""
    found = (await looked_at(code)).since
    assert found is not None
    return found


async def test_a_first_round_has_no_other_before_it() -> None:
    """Nothing is kept, either."""
    assert (await looked_at(await request_at_gate())).since is None
    assert await kept() == []


async def test_a_correction_says_what_was_asked_and_what_came_of_it() -> None:
    """By whom it was returned, why, the note; from which value to which; which file."""
    code = await request_at_gate()
    await returned(code, "specialty", "documents")
    await corrected(code, changes={"specialty": "cardiology"}, documents=[ANOTHER_LETTER])

    since = await seen(code)

    assert (since.round, since.returned_by, since.note) == (1, "amal", "See page 2 <b>")
    assert [(one.code, one.field) for one in since.asked] == [
        ("differs_from_document", "specialty"),
        ("differs_from_document", "documents"),
    ]
    (value,) = since.changed.values
    assert (value.field, value.before, value.now) == (
        "specialty",
        "critical care nursing",
        "cardiology",
    )
    assert [one.move for one in since.changed.documents] == [DocumentMove.REPLACED]
    assert (since.changed.certificates_added, since.changed.certificates_removed) == ((), ())


async def test_a_correction_that_changes_nothing_says_so() -> None:
    """It was confirmed as it is."""
    code = await request_at_gate()
    await returned(code)
    await corrected(code)

    assert (await seen(code)).changed.is_nothing


async def test_what_the_checks_sent_back_meanwhile_is_not_what_officers_saw() -> None:
    """The third round is compared with the first, which an officer returned."""
    code = await request_at_gate()
    await returned(code)
    await corrected(code, changes={"family_name_en": "Alharbi"})
    assert (await looked_at(code)).since is None
    await corrected(code, changes={"specialty": "cardiology"})

    since = await seen(code)

    assert await kept() == [(1, "specialty")]
    assert (since.round, since.returned_by) == (1, "amal")
    assert [one.now for one in since.changed.values] == ["cardiology"]


async def test_each_correction_is_compared_with_the_round_before_it() -> None:
    """Not with the first one."""
    code = await request_at_gate()
    await returned(code)
    await corrected(code, changes={"specialty": "cardiology"})
    await returned(code, "documents")
    await corrected(code, changes={"specialty": "cardiology"}, documents=[ANOTHER_LETTER])

    since = await seen(code)

    assert await kept() == [(1, "specialty"), (2, "documents")]
    assert since.round == 2
    assert since.changed.values == ()
    assert len(since.changed.documents) == 1


async def test_what_is_computed_afresh_says_what_it_brings_otherwise() -> None:
    """A renewal whose card was extended meanwhile; nobody returned it."""
    expiry = NOW.date() + timedelta(days=30)
    later = expiry + timedelta(days=20)
    await give_card(NOURA["registration_number"], expires_on=expiry)
    code = await request_at_gate(renewal(NOW.date()), kind=Kind.CARD_RENEWAL)
    await extend_cards(first=expiry, last=expiry, to=later, actor="ops", now=NOW)
    with pytest.raises(ChangedSinceReview):
        await put_down(code, APPROVE, now=NOW)

    since = await seen(code)

    assert (since.round, since.returned_by, since.asked, since.note) == (1, None, (), None)
    (fact,) = [one for one in since.changed.facts if one.label.en == "Card expires on"]
    assert fact.before is not None
    assert fact.now is not None
    assert (fact.before.en, fact.now.en) == (expiry.isoformat(), later.isoformat())


async def test_a_round_that_was_replaced_before_rounds_were_kept_is_not_known() -> None:
    """The case is shown as before."""
    code = await request_at_gate()
    await returned(code)
    await corrected(code)
    async with transaction() as session:
        for row in (await session.exec(select(EarlierRound))).all():
            await session.delete(row)

    assert (await looked_at(code)).since is None
