"""A new e-mail address in a profile update is confirmed by a code before the update is sent."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal
from uuid import UUID, uuid4

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.accounts.counting import count_try, tries_of_mailed_code
from desk.accounts.hashing import fits
from desk.accounts.letters import queue_address_code
from desk.drafts.update import Written, new_address, read_written
from desk.policy import current_policy
from models.accounts.accounts import account_of_practitioner
from models.accounts.address_codes import AddressCode, address_code_of, end_address_codes
from models.database import transaction
from models.letters import Letter
from models.practitioners import find_practitioner
from rules.accounts.mailed_codes import ends_at, is_over, read_code
from rules.errors import Refused
from rules.requests.letter_status import LetterStatus

#: After so long an e-mail that has not left is said to be late.
_PATIENCE = timedelta(minutes=1)


class CodeState(StrEnum):
    """How far the confirmation of an address has come."""

    #: None was asked for.
    NONE = "none"
    #: It leaves in these seconds, or has left.
    SENT = "sent"
    #: It has not left for some time.
    LATE = "late"
    #: It did not arrive.
    RETURNED = "returned"
    #: It is too old, or was tried too often.
    OVER = "over"
    CONFIRMED = "confirmed"


@dataclass(frozen=True, kw_only=True, repr=False)
class NewAddress:
    """A new address in a draft, and its code."""

    address: str
    state: CodeState
    #: Which code it is; None where none was asked for.
    code_id: UUID | None = None
    #: Until when it can be typed; None while it has not left.
    ends_at: datetime | None = None

    @property
    def takes_code(self) -> bool:
        """Whether there is a code to be typed."""
        return self.state in {CodeState.SENT, CodeState.LATE}


Fault = Literal["form", "wrong", "last", "over", "moved"]


class CodeRefused(Refused):
    """The address is not confirmed by what was typed; ``fault`` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(f"the address is not confirmed: {fault}")
        self.fault = fault


async def new_address_of(owner: str, *, now: datetime) -> NewAddress | None:
    """The new address in this person's draft, and how far its confirmation has come.

    None where the draft brings none that the rules accept.
    """
    async with transaction() as session:
        written, code = await _found(session, owner, now)
        address = new_address(written)
        if address is None:
            return None
        if code is None or code.address != address:
            return NewAddress(address=address, state=CodeState.NONE)
        policy = current_policy().accounts
        return NewAddress(
            address=address,
            state=await _state(session, code, now),
            code_id=code.id,
            ends_at=ends_at(code.minted_at, policy) if code.minted_at else None,
        )


async def send_code(owner: str, *, again: bool, now: datetime) -> None:
    """E-mail a code to the new address of this person's draft, in place of the one before.

    Where a code can still be used, only if ``again`` is asked for; where nothing is to be
    confirmed, none. As often as policy allows: else raises `TooManyTries`.
    """
    async with transaction() as session:
        written, code = await _found(session, owner, now, lock=True)
        address = new_address(written)
        if address is None or written.draft is None:
            return
        if code is not None and code.address == address:
            if code.confirmed_at is not None:
                return
            if not again and await _state(session, code, now) in {CodeState.SENT, CodeState.LATE}:
                return
        person = await find_practitioner(session, owner)
        account = await account_of_practitioner(session, person.id, now=now)
        await count_try(session, tries_of_mailed_code(account.id, address), now=now)
        await end_address_codes(session, written.draft.id, now=now)
        code_id = uuid4()
        letter_id = await queue_address_code(
            session,
            account.id,
            person.preferred_language,
            code_id=code_id,
            address=address,
            now=now,
        )
        new = AddressCode(
            id=code_id,
            draft_id=written.draft.id,
            letter_id=letter_id,
            address=address,
            asked_at=now,
        )
        session.add(new)


async def confirm_address(owner: str, code_id: UUID, typed: str, *, now: datetime) -> None:
    """Confirm the draft's new address by the code that was e-mailed to it.

    Confirmed again it changes nothing. Each try counts before it is judged, so that many at once
    are as many. Raises `CodeRefused`: for what is no code, which does not count; a wrong one; one
    that is over; and where another code was asked for since, or the address changed.
    """
    policy = current_policy().accounts
    text = read_code(typed, policy.code_digits)
    async with transaction() as session:
        code = await _to_judge(session, owner, code_id, now)
        if code.confirmed_at is not None:
            return
        if is_over(code.minted_at, code.tries, policy=policy, now=now):
            raise CodeRefused("over")
        if text is None:
            raise CodeRefused("form")
        code.tries += 1
        hashes, is_last = list(code.hashes), code.tries >= policy.code_tries
    # Each is compared, also after one has fitted.
    fitting = [await fits(text, kept) for kept in hashes]
    if not any(fitting):
        raise CodeRefused("last" if is_last else "wrong")
    async with transaction() as session:
        code = await _to_judge(session, owner, code_id, now)
        code.confirmed_at = code.confirmed_at or now


async def _to_judge(session: AsyncSession, owner: str, code_id: UUID, now: datetime) -> AddressCode:
    """The code in use, locked with its draft, if it is the one that the page asked for."""
    written, code = await _found(session, owner, now, lock=True)
    if code is None or code.id != code_id or code.address != new_address(written):
        raise CodeRefused("moved")
    return code


async def _found(
    session: AsyncSession, owner: str, now: datetime, *, lock: bool = False
) -> tuple[Written, AddressCode | None]:
    written = await read_written(session, owner, now, lock=lock)
    draft = written.draft
    code = await address_code_of(session, draft.id, lock=lock) if draft else None
    return written, code


async def _state(session: AsyncSession, code: AddressCode, now: datetime) -> CodeState:
    if code.confirmed_at is not None:
        return CodeState.CONFIRMED
    if is_over(code.minted_at, code.tries, policy=current_policy().accounts, now=now):
        return CodeState.OVER
    letter = await session.get_one(Letter, code.letter_id)
    if letter.status == LetterStatus.FAILED or letter.came_back_at is not None:
        return CodeState.RETURNED
    is_late = letter.status == LetterStatus.QUEUED and letter.created_at + _PATIENCE <= now
    return CodeState.LATE if is_late else CodeState.SENT
