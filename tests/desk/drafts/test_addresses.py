"""A new e-mail address is confirmed by a code before the update that brings it is sent."""

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import col, select

from desk.accounts.address_codes import CodeOver, mint_code
from desk.accounts.counting import TooManyTries
from desk.drafts.addresses import (
    CodeRefused,
    CodeState,
    confirm_address,
    new_address_of,
    send_code,
)
from desk.drafts.update import discard
from models.database import transaction
from models.letters import Letter
from rules.requests.letter_status import LetterStatus
from support.codes import another_code, asked, code_in_use, found, mailed_code, put, typed
from support.people import Applicant, register_applicant
from support.policies import frozen_policy
from support.requests import NOW

POLICY = frozen_policy().accounts
LATER = NOW + timedelta(minutes=1)


async def code_letters(person: Applicant) -> list[Letter]:
    """The e-mails with codes, oldest first."""
    async with transaction() as session:
        query = (
            select(Letter)
            .where(
                col(Letter.letter) == "new_address_code",
                col(Letter.to_address).contains(person.email),
            )
            .order_by(col(Letter.created_at))
        )
        return list((await session.exec(query)).all())


async def test_the_code_is_kept_as_passwords_are(person: Applicant, new: str) -> None:
    """Neither the code nor a fast hash of it is in the database; the e-mail's facts lack it."""
    code = await asked(person, new)

    row = await code_in_use(person.registration_number)
    (letter,) = await code_letters(person)

    assert len(code) == POLICY.code_digits
    assert [kept.startswith("$argon2id$") for kept in row.hashes] == [True]
    assert code not in str(row.model_dump())
    assert code not in str(letter.model_dump(exclude={"key", "id"}))
    assert letter.facts.keys() == {"applicant_name_ar", "applicant_name_en", "language", "minutes"}
    assert letter.to_address == new


async def test_digits_spaces_and_marks_of_any_kind_are_the_same_code(
    person: Applicant, new: str
) -> None:
    """As a telephone's keyboard writes them, and as they are pasted."""
    code = await asked(person, new)
    arabic = code.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))

    assert await typed(person, f"\u200f{arabic[:3]} {arabic[3:]} ") == ""


@pytest.mark.parametrize("text", ["", "12345", "1234567", "12345x", "1" * 10_000, "۱۲", "\x00" * 6])
async def test_what_is_no_code_does_not_count(person: Applicant, new: str, text: str) -> None:
    """It is said to be none, and all tries are left."""
    await asked(person, new)

    assert await typed(person, text) == "form"
    assert (await code_in_use(person.registration_number)).tries == 0


async def test_wrong_codes_use_it_up(person: Applicant, new: str) -> None:
    """Then the right one is none any more; another code begins anew."""
    code = await asked(person, new)
    wrong = another_code(code)

    ended = [await typed(person, wrong) for _ in range(POLICY.code_tries)]
    right = await typed(person, code)
    state = (await found(person)).state
    await send_code(person.registration_number, again=False, now=LATER)
    new_code = await mailed_code(person.registration_number)

    assert ended == ["wrong"] * (POLICY.code_tries - 1) + ["last"]
    assert (right, state) == ("over", CodeState.OVER)
    assert await typed(person, new_code) == ""


async def test_as_many_at_once_are_as_many(person: Applicant, new: str) -> None:
    """Each counts before it is judged: no gap in which twenty are all the first."""
    code = await asked(person, new)

    ended = await asyncio.gather(*(typed(person, another_code(code)) for _ in range(20)))

    assert ended.count("over") == 20 - POLICY.code_tries
    assert (await code_in_use(person.registration_number)).tries == POLICY.code_tries


async def test_the_last_try_may_be_right(person: Applicant, new: str) -> None:
    """It is judged like the others."""
    code = await asked(person, new)
    for _ in range(POLICY.code_tries - 1):
        await typed(person, another_code(code))

    assert await typed(person, code) == ""


async def test_a_code_lives_from_its_e_mail_on(person: Applicant, new: str) -> None:
    """What the mail server kept waiting for hours is not over when it comes."""
    await put(person, email=new)
    await send_code(person.registration_number, again=False, now=NOW)
    left = NOW + timedelta(hours=5)
    late = await new_address_of(person.registration_number, now=left)
    code = await mailed_code(person.registration_number, now=left)
    life = timedelta(hours=5, minutes=POLICY.code_minutes)

    assert late is not None
    assert (late.state, late.takes_code) == (CodeState.LATE, True)
    assert await typed(person, code, after=life) == "over"
    assert await typed(person, code, after=life - timedelta(seconds=1)) == ""


async def test_another_code_ends_the_one_before(person: Applicant, new: str) -> None:
    """Its e-mail does not leave if it has not left; pressing Continue again asks for none."""
    first = await asked(person, new)
    await send_code(person.registration_number, again=False, now=LATER)
    await send_code(person.registration_number, again=True, now=LATER)
    second = await mailed_code(person.registration_number)
    letters = await code_letters(person)

    assert [letter.status for letter in letters] == [LetterStatus.SKIPPED, LetterStatus.QUEUED]
    with pytest.raises(CodeOver):
        await mint_code(letters[0].id, now=NOW)
    assert first == second or await typed(person, first) == "wrong"
    assert await typed(person, second) == ""


async def test_an_e_mail_that_is_composed_again_carries_another_code(
    person: Applicant, new: str
) -> None:
    """After a crash both may have arrived: the last two work, and none before them."""
    codes = [await asked(person, new)]
    codes += [await mailed_code(person.registration_number) for _ in range(2)]

    row = await code_in_use(person.registration_number)

    assert len(row.hashes) == 2
    assert await typed(person, codes[1]) == ""


async def test_codes_are_limited_for_an_account(person: Applicant, new: str) -> None:
    """Whatever address they go to, and whether or not the draft was begun anew."""
    for number in range(POLICY.codes_of_an_account):
        await discard(person.registration_number)
        await put(person, email=f"{number}.{new}")
        await send_code(person.registration_number, again=True, now=NOW)

    with pytest.raises(TooManyTries) as refused:
        await send_code(person.registration_number, again=True, now=NOW)

    assert refused.value.again_at == NOW + timedelta(minutes=POLICY.code_budget_minutes)
    await send_code(person.registration_number, again=True, now=refused.value.again_at)


async def test_codes_are_limited_for_an_address(database: str) -> None:
    """However many accounts want it on file: nobody's mailbox is flooded."""
    people = [await register_applicant() for _ in range(POLICY.codes_to_a_mailbox + 1)]
    shared = f"shared.{people[0].email}"
    for person in people[:-1]:
        await put(person, email=shared)
        await send_code(person.registration_number, again=False, now=NOW)

    await put(people[-1], email=shared.upper())
    with pytest.raises(TooManyTries):
        await send_code(people[-1].registration_number, again=False, now=NOW)


async def test_the_code_of_another_window_s_address_confirms_nothing(
    person: Applicant, new: str
) -> None:
    """The page still asks for the first address's code; it does not count against the second's."""
    code = await asked(person, new)
    first = await code_in_use(person.registration_number)
    await asked(person, f"x.{new}")

    with pytest.raises(CodeRefused) as refused:
        await confirm_address(person.registration_number, first.id, code, now=NOW)

    assert refused.value.fault == "moved"
    assert (await code_in_use(person.registration_number)).tries == 0


async def test_a_code_of_another_s_draft_confirms_nothing(person: Applicant, new: str) -> None:
    """Two people want one address: each has a code of their own, and shares none."""
    other = await register_applicant()
    theirs = await asked(other, new)
    own = await asked(person, new)
    their_row = await code_in_use(other.registration_number)

    with pytest.raises(CodeRefused) as refused:
        await confirm_address(person.registration_number, their_row.id, theirs, now=NOW)

    assert refused.value.fault == "moved"
    assert theirs == own or await typed(person, theirs) == "wrong"


async def test_what_is_saved_while_a_code_is_judged_is_not_confirmed(
    person: Applicant, new: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The address changes between the count and the answer."""
    code = await asked(person, new)

    async def fits(*_: object) -> bool:
        await put(person, email=f"x.{new}")
        return True

    monkeypatch.setattr("desk.drafts.addresses.fits", fits)

    assert await typed(person, code) == "moved"
    assert (await found(person)).state is CodeState.NONE


async def test_a_discarded_draft_takes_its_code_with_it(person: Applicant, new: str) -> None:
    """And its e-mail cannot be composed any more."""
    await asked(person, new)
    row = await code_in_use(person.registration_number)
    await discard(person.registration_number)

    with pytest.raises(CodeOver):
        await mint_code(row.letter_id, now=NOW)


async def test_what_did_not_arrive_is_said(person: Applicant, new: str) -> None:
    """Refused by the mail server, or reported later."""
    await asked(person, new)
    row = await code_in_use(person.registration_number)
    async with transaction() as session:
        letter = await session.get_one(Letter, row.letter_id)
        letter.status = LetterStatus.FAILED
    await send_code(person.registration_number, again=False, now=LATER)

    assert len(await code_letters(person)) == 2
    async with transaction() as session:
        letter = await session.get_one(
            Letter, (await code_in_use(person.registration_number)).letter_id
        )
        letter.status, letter.came_back_at = LetterStatus.SENT, NOW
    assert (await found(person)).state is CodeState.RETURNED


@pytest.mark.parametrize("typed_email", ["nobody", "", "a@b", "=1+1@x"])
async def test_an_address_that_is_none_gets_no_code(person: Applicant, typed_email: str) -> None:
    """The rules speak of it first."""
    await put(person, email=typed_email)
    await send_code(person.registration_number, again=True, now=NOW)

    assert await new_address_of(person.registration_number, now=NOW) is None
    assert await code_letters(person) == []
