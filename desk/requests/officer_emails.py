"""E-mails to officers about a case that they have in hand, in the transaction that causes them.

They go to the address of the officer's account; whoever has left, or has none, gets none.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.accounts.owners import owner_of
from desk.clock import day_begins, last_day
from desk.policy import current_policy
from mail.facts.desk_letters import CASE_LETTERS, CaseAssigned, CaseEscalated, CaseLate, DeskDigest
from mail.facts.letter import LetterFacts, letter_name
from mail.facts.stored import facts_to_json
from mail.wording.languages import Language
from models.accounts.accounts import Account, existing_account
from models.desk_letters import holder_of, skip_untrue
from models.door import ring
from models.letter_outbox import HeldLetter
from models.letters import letter_key, new_letter, queue_letters
from models.requests import Request
from rules.values.dates import riyadh_day


async def queue_assigned(session: AsyncSession, request: Request, *, now: datetime) -> None:
    """Tell whoever has the request in hand now that somebody else gave it to them."""
    if current_policy().officer_emails.assigned and request.claim_until is not None:
        facts = CaseAssigned(**_common(request), kept_until=request.claim_until)
        # Given to one, to another and back: each is news.
        await _queue(session, request, facts, now.isoformat(), now=now)


async def queue_late(session: AsyncSession, request: Request, *, now: datetime) -> None:
    """Tell whoever has the request in hand that its review is late; nobody where nobody has it."""
    if current_policy().officer_emails.late:
        await _queue(session, request, CaseLate(**_common(request)), now=now)


async def queue_escalated(session: AsyncSession, request: Request, *, now: datetime) -> None:
    """Tell them that operations have heard of it."""
    if current_policy().officer_emails.escalated:
        await _queue(session, request, CaseEscalated(**_common(request)), now=now)


async def only_true(
    session: AsyncSession, letters: Sequence[HeldLetter], *, now: datetime
) -> list[HeldLetter]:
    """Those of these e-mails that may leave; those of the desk that are true no more are skipped.

    What was late in leaving says nothing of a case that is somebody else's by now, and yesterday's
    numbers are nobody's news.
    """
    skipped = await skip_untrue(
        session,
        letters,
        about_cases=CASE_LETTERS,
        of_a_day=letter_name(DeskDigest),
        day_began=day_begins(riyadh_day(now)),
        now=now,
    )
    return [letter for letter in letters if letter.id not in skipped]


async def queue_to_officer(
    session: AsyncSession,
    account: Account,
    facts: LetterFacts,
    *distinction: object,
    now: datetime,
) -> bool:
    """Owe an officer this e-mail, once for what tells it from others; whether there is an address.

    An officer who has left has none.
    """
    owner = await owner_of(session, account)
    if owner.email is None:
        return False
    letter = letter_name(type(facts))
    owed = new_letter(
        key=letter_key(account.id, letter, *distinction),
        account_id=account.id,
        letter=letter,
        to_address=owner.email,
        facts=facts_to_json(facts),
        now=now,
    )
    await queue_letters(session, [owed])
    await ring(session)
    return True


def nameless() -> dict[str, Any]:
    """What every e-mail to an officer says of them: an account has no name and no language."""
    return {"applicant_name_ar": "", "applicant_name_en": "", "language": Language.AR}


async def _queue(
    session: AsyncSession,
    request: Request,
    facts: LetterFacts,
    *distinction: object,
    now: datetime,
) -> None:
    officer = await holder_of(session, request, now=now)
    account = await existing_account(session, officer=officer) if officer else None
    if account is not None:
        about = (request.id, request.round, *distinction)
        await queue_to_officer(session, account, facts, *about, now=now)


def _common(request: Request) -> dict[str, Any]:
    if request.review_due_at is None:
        raise RuntimeError("the request is not under review")
    return {
        **nameless(),
        "tracking_code": request.tracking_code,
        "due_on": last_day(request.review_due_at),
    }
