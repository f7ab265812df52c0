"""Many are validated together, and the official register is asked about each of them."""

from functools import partial
from typing import Any

import pytest

from models.database import transaction
from models.official_register import OfficialEntry
from rules.findings.doubts import IDENTITY_NUMBER_WANTED
from rules.profile_update.normalised import NormalisedUpdate
from rules.register.official_record import OfficialRecord
from rules.requests.statuses import Status
from support.people import NOURA, employer_letter, luhn_number, official_record
from support.requests import NOW
from support.sets import rows, submitted
from tasks.steps import validation
from tasks.steps.official_register import RegisterUnreachable, TableRegister
from tasks.steps.validation import validate

WANTED = luhn_number("77000009")


def identity_change(number: str, **more: Any) -> dict[str, Any]:
    """Somebody wants this identity number."""
    return {
        "changes": {"identity_number": number},
        "documents": [employer_letter(NOW.date())],
        "confirmed_by_applicant": True,
        **more,
    }


async def known(*numbers: str) -> None:
    """The official register has these numbers, under Noura's names."""
    async with transaction() as session:
        session.add_all(official_record(NOURA | {"identity_number": each}) for each in numbers)


async def test_an_unreachable_register_is_a_wait_for_those_who_need_it(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others go on, and so do those of whom it answered."""
    away, there = (luhn_number(each) for each in ("77000010", "77000011"))
    await known(away, there)
    (waits,) = await submitted(wish=partial(identity_change, away))
    (goes,) = await submitted(wish=partial(identity_change, there))
    (plain,) = await submitted()

    class Half(TableRegister):
        """A register that knows one of them."""

        async def find(self, identity_number: str) -> OfficialRecord | None:
            """Break off over the other."""
            if identity_number == away:
                raise RegisterUnreachable
            return await super().find(identity_number)

    monkeypatch.setattr(validation, "official_register", Half)

    waiting = await validate.together([waits, goes, plain])

    assert list(waiting) == [waits]
    assert [row.status for row in await rows([waits, goes, plain])] == [
        Status.SUBMITTED,
        Status.UNDER_REVIEW,
        Status.APPROVED,
    ]


async def test_two_in_one_set_who_want_one_number_are_a_doubt_about_each_other(
    database: str,
) -> None:
    """As one after the other: the second finds the first at the gate."""
    await known(WANTED)
    ids = await submitted(2, wish=partial(identity_change, WANTED))

    assert await validate.together(ids) == {}

    found = await rows(ids)
    assert {row.status for row in found} == {Status.UNDER_REVIEW}
    doubts = [
        [doubt.code for doubt in NormalisedUpdate.from_json(row.normalised).warnings]
        for row in found
    ]
    assert sorted(len(each) for each in doubts) == [0, 1]
    assert [IDENTITY_NUMBER_WANTED] in doubts


async def test_what_moved_while_the_register_was_asked_stays_as_it_is(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Withdrawn meanwhile, or corrected: what was judged is not what stands there now."""
    await known(WANTED, other := luhn_number("77000012"))
    (gone,) = await submitted(wish=partial(identity_change, WANTED))
    (anew,) = await submitted(wish=partial(identity_change, other))

    class Slow(TableRegister):
        """While it is asked, people act."""

        async def find(self, identity_number: str) -> OfficialRecord | None:
            """The answer, and what happened meanwhile."""
            async with transaction() as session:
                for row in await rows([gone, anew]):
                    session.add(row)
                    row.status = Status.WITHDRAWN if row.id == gone else row.status
                    row.round = 1 if row.id == gone else 2
            return await super().find(identity_number)

    monkeypatch.setattr(validation, "official_register", Slow)

    await validate.together([gone, anew])

    assert [row.status for row in await rows([gone, anew])] == [
        Status.WITHDRAWN,
        Status.SUBMITTED,
    ]


async def test_somebody_without_a_record_is_returned_beside_the_others(database: str) -> None:
    """What the register lacks is one person's problem."""
    (missing,) = await submitted(wish=partial(identity_change, WANTED))
    (plain,) = await submitted()
    async with transaction() as session:
        assert await session.get(OfficialEntry, WANTED) is None

    await validate.together([missing, plain])

    assert [row.status for row in await rows([missing, plain])] == [
        Status.RETURNED,
        Status.APPROVED,
    ]
