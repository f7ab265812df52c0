"""Many submissions in few statements: each row keeps the promises of one."""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from typing import Any

import pytest
from sqlmodel import col, select

from desk.kinds.profile_update import ProfileUpdateKind
from desk.requests import submitting_many
from desk.requests.submission import accept
from desk.requests.submitting_many import (
    RowResult,
    SubmittedRow,
    rehearse_many,
    submit_many,
)
from models.database import transaction
from models.letters import Letter
from models.requests import Request, RequestEvent
from models.submission_keys import SubmissionKey
from rules.findings.problems import problem
from rules.requests.events import EventName
from rules.requests.row_outcomes import RowOutcome
from rules.requests.statuses import OF_PRACTITIONERS, Kind
from support.cards import register_holder, renewal
from support.people import contact_change, register_applicant
from support.requests import NOW
from support.statements import statements

KIND = Kind.PROFILE_UPDATE
#: Of a chunk of plain rows: two look for keys, one each for people, undone changes, open requests,
#: known requests, the four inserts, the bell.
A_CHUNK = 12


async def people(count: int) -> list[str]:
    """So many people's registration numbers."""
    return [(await register_applicant()).registration_number for _ in range(count)]


def wish(number: str, **more: Any) -> dict[str, Any]:
    """A new mobile for somebody."""
    return contact_change(
        registration_number=number, **{"idempotency_key": f"file-row-{number}"} | more
    )


async def _each(wishes: Iterable[Any]) -> AsyncIterator[SubmittedRow[int]]:
    for place, each in enumerate(wishes):
        yield each if isinstance(each, SubmittedRow) else SubmittedRow(place, each)


async def submitted(wishes: Iterable[Any], kind: Kind = KIND) -> list[RowResult[int]]:
    return [each async for each in submit_many(kind, _each(wishes), clock=lambda: NOW)]


async def rehearsed(wishes: Iterable[Any]) -> list[RowResult[int]]:
    return [each async for each in rehearse_many(KIND, _each(wishes), clock=lambda: NOW)]


def told(results: Iterable[RowResult[int]]) -> list[str]:
    """Each row's outcome with the codes of its problems."""
    return [" ".join([each.outcome, *(one.code for one in each.problems)]) for each in results]


async def kept(model: Any) -> list[Any]:
    async with transaction() as session:
        return list((await session.exec(select(model))).all())


async def test_each_row_becomes_what_one_submission_becomes(database: str) -> None:
    """A request with its key, its first line of history and its letter; the mark comes back."""
    numbers = await people(3)
    alone = await accept(KIND, wish(numbers[0]), now=NOW)

    results = await submitted([wish(number) for number in numbers[1:]])

    assert told(results) == ["accepted"] * 2
    assert [each.mark for each in results] == [0, 1]
    requests = {each.tracking_code: each for each in await kept(Request)}
    many = requests[results[0].tracking_code or ""]
    own = {"id", "tracking_code", "practitioner_id", "idempotency_key", "submission", "in_bulk"}
    assert many.model_dump(exclude=own) == alone.model_dump(exclude=own)
    assert many.submission["changes"] == alone.submission["changes"]
    assert (many.in_bulk, alone.in_bulk) == (True, False)
    for model in (SubmissionKey, RequestEvent, Letter):
        about = Counter(each.request_id for each in await kept(model))
        assert about == dict.fromkeys((each.id for each in requests.values()), 1)
    assert {each.what for each in await kept(RequestEvent)} == {EventName.SUBMITTED}
    assert {each.letter for each in await kept(Letter)} == {"received"}


async def test_the_statements_of_a_chunk_do_not_grow_with_its_rows(database: str) -> None:
    """And the bell is rung once."""
    numbers = await people(41)

    for some in (numbers[:1], numbers[1:]):
        with statements() as said:
            assert set(told(await submitted(map(wish, some)))) == {"accepted"}
        assert len(said) <= A_CHUNK
        assert sum("pg_notify" in each for each in said) == 1


async def test_every_row_is_told_all_of_its_problems(database: str) -> None:
    """Beside rows that are right, and with what was noted where it comes from."""
    numbers = await people(3)
    wrong = wish(numbers[1], changes={"mobile": "12"}, confirmed_by_applicant=False)
    cell = problem("cell_formula", "mobile")

    results = await submitted(
        [
            wish(numbers[0]),
            wrong,
            SubmittedRow(2, wrong, noted=(cell,)),
            SubmittedRow(3, wish(numbers[2]), noted=(cell,)),
            wish("99999999"),
            wish("no number", idempotency_key="?"),
            {"changes": 5, "more": []},
            SubmittedRow(7, None, noted=(problem("not_json", "submission"),)),
        ]
    )

    codes = [sorted(one.code for one in each.problems) for each in results]
    assert codes == [
        [],
        sorted(["mobile_form", "not_confirmed"]),
        sorted(["cell_formula", "not_confirmed"]),
        ["cell_formula"],
        ["registration_number_unknown"],
        ["idempotency_key_form"],
        sorted([*["field_missing"] * 3, "field_unknown", "wrong_type"]),
        ["not_json"],
    ]
    assert len(await kept(Request)) == 1


async def test_a_key_is_one_request_in_a_set_as_anywhere(database: str) -> None:
    """The same content again is the same request; other content, or somebody else's, is refused."""
    one, other = await people(2)
    known = await accept(KIND, wish(one, idempotency_key="known-before"), now=NOW)

    results = await submitted(
        [
            wish(one, idempotency_key="known-before"),
            wish(one, idempotency_key="known-before", changes={"mobile": "0559998877"}),
            wish(other),
            wish(other),
            wish(other, changes={"mobile": "0559998877"}),
            wish(one, idempotency_key=wish(other)["idempotency_key"]),
        ]
    )

    assert told(results) == [
        "accepted_before",
        "refused idempotency_key_used",
        "accepted",
        "accepted_before",
        "refused idempotency_key_used",
        "refused idempotency_key_used",
    ]
    assert results[0].tracking_code == known.tracking_code
    assert results[2].tracking_code == results[3].tracking_code


@pytest.mark.parametrize("kind", sorted(OF_PRACTITIONERS))
async def test_a_second_open_request_is_refused_in_a_set_too(database: str, kind: Kind) -> None:
    """The first row of a person is taken, whatever stands between them."""
    holders = [await register_holder(expires_on=NOW.date()) for _ in range(2)]
    make = (
        wish
        if kind is KIND
        else lambda number, **key: renewal(NOW.date(), registration_number=number, **key)
    )

    results = await submitted(
        [
            make(holder.registration_number, idempotency_key=f"{key}-{holder.registration_number}")
            for key in ("first", "second", "third")
            for holder in holders
        ],
        kind,
    )

    assert [each.outcome for each in results] == ["accepted"] * 2 + ["refused"] * 4
    assert len({str(each.problems) for each in results[2:]}) == 1
    assert len(await kept(Request)) == 2


async def test_a_file_that_is_handed_in_twice_at_once_is_handed_in_once(database: str) -> None:
    """One request and one letter for a row, whoever comes first with it; in any order."""
    wishes = [wish(number) for number in await people(30)]

    found = await asyncio.gather(
        submitted(wishes), submitted(wishes[::-1]), submitted(wishes), submitted(wishes[:7])
    )

    assert Counter(each.outcome for one in found for each in one) == {
        "accepted": 30,
        "accepted_before": 67,
    }
    assert len(await kept(Request)) == len(await kept(Letter)) == 30


async def test_a_set_and_single_submissions_at_once_leave_one_open_each(database: str) -> None:
    """Each person has one open request, whichever came first, and every answer says which."""
    numbers = await people(8)

    many, *single = await asyncio.gather(
        submitted([wish(number) for number in numbers]),
        *(
            accept(KIND, wish(number, idempotency_key=f"own-{number}"), now=NOW)
            for number in numbers
        ),
        return_exceptions=True,
    )

    assert not isinstance(many, BaseException)
    accepted = [each for each in many if each.outcome is RowOutcome.ACCEPTED]
    others = [each for each in single if isinstance(each, Request)]
    assert len(accepted) + len(others) == len(await kept(Request)) == 8
    assert {one.code for each in many for one in each.problems} <= {"request_already_open"}


async def test_a_row_that_breaks_us_stops_no_other(
    database: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It is found by halving, and what it broke is said without a word of the row."""
    numbers = await people(9)
    check = ProfileUpdateKind.check

    async def breaks(self: Any, session: Any, submission: Any, *rest: Any, **named: Any) -> Any:
        if submission.registration_number == numbers[4]:
            raise ZeroDivisionError(submission.registration_number)
        return await check(self, session, submission, *rest, **named)

    monkeypatch.setattr(ProfileUpdateKind, "check", breaks)
    with caplog.at_level(logging.ERROR):
        results = await submitted(map(wish, numbers))

    failed = [each.mark for each in results if each.outcome is RowOutcome.FAILED]
    assert failed == [4]
    assert told(results).count("accepted") == 8
    assert "ZeroDivisionError" in caplog.text
    assert numbers[4] not in caplog.text


async def test_what_the_database_cannot_keep_stops_no_other(database: str) -> None:
    """Half a letter, as broken programs write it."""
    numbers = await people(3)
    broken = wish(numbers[1], changes={"address": "Riyadh \ud800"})

    results = await submitted([wish(numbers[0]), broken, wish(numbers[2])])

    assert [each.outcome for each in results][::2] == ["accepted", "accepted"]
    assert results[1].outcome in {RowOutcome.REFUSED, RowOutcome.FAILED}


async def test_rows_are_taken_a_chunk_at_a_time(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No more of them is held than one chunk, which is kept before its results are seen."""
    monkeypatch.setattr(submitting_many, "CHUNK", 4)
    numbers = await people(10)
    asked: list[int] = []

    async def rows() -> AsyncIterator[SubmittedRow[int]]:
        for place, number in enumerate(numbers):
            asked.append(place)
            yield SubmittedRow(place, wish(number))

    ahead = []
    async for each in submit_many(KIND, rows(), clock=lambda: NOW):
        ahead.append(len(asked) - each.mark)
        assert len(await kept(Request)) >= each.mark + 1

    assert max(ahead) <= 4
    assert len(ahead) == 10


async def test_a_rehearsal_says_what_would_come_of_the_rows_and_keeps_nothing(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also of two rows of one file that stand in each other's way, chunks apart."""
    monkeypatch.setattr(submitting_many, "CHUNK", 2)
    one, other, third = await people(3)
    await accept(KIND, wish(third), now=NOW)
    wishes = [
        wish(one),
        wish(other, changes={"mobile": "12"}),
        wish(third),
        wish(one, idempotency_key="another-key"),
        wish(one, changes={"mobile": "0559998877"}),
        wish(one),
    ]

    found = await rehearsed(wishes)

    assert len(await kept(Request)) == 1
    assert told(found)[-1] == "valid"
    real = await submitted(wishes)
    assert told(found)[:-1] == [
        each.replace("accepted", "valid", 1) if each == "accepted" else each
        for each in told(real)[:-1]
    ]


async def test_whoever_stops_on_the_way_begins_again_without_a_loss(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first chunks are known the second time."""
    monkeypatch.setattr(submitting_many, "CHUNK", 3)
    wishes = [wish(number) for number in await people(9)]
    results = submit_many(KIND, _each(wishes), clock=lambda: NOW)
    async for each in results:
        if each.mark == 4:
            break

    again = await submitted(wishes)

    assert Counter(each.outcome for each in again) == {"accepted_before": 6, "accepted": 3}
    async with transaction() as session:
        letters = (await session.exec(select(col(Letter.request_id)))).all()
    assert len(letters) == len(set(letters)) == 9
