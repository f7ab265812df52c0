"""A new e-mail address that comes by a draft is put on file only if a code has confirmed it.

Requests that are handed in by a command, a file or a program have no draft and nobody to ask.
"""

from dataclasses import replace

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.policy import current_policy
from models.accounts.address_codes import confirmed_address
from models.drafts import Draft
from models.newcomers import Newcomer
from models.requests import Request
from rules.findings.problems import ValueRefused, problem
from rules.register.fields import Field
from rules.requests.checked import Checked
from rules.requests.field_values import normalised_value
from rules.values.email_address import mailbox_of


def address_brought(request: Request) -> str | None:
    """The e-mail address that this request was handed in with; None for none that rules accept."""
    return address_typed((request.submission.get("changes") or {}).get(Field.EMAIL))


def address_typed(typed: str | None) -> str | None:
    """What was typed as an e-mail address, as rules read it; None for none that they accept."""
    if typed is None:
        return None
    try:
        return normalised_value(Field.EMAIL, typed, current_policy())
    except ValueRefused:
        return None


async def addresses_taken(
    session: AsyncSession, draft: Draft | None, request: Request | None
) -> frozenset[str] | None:
    """The new addresses that are accepted now; None where all are: nothing comes by a draft.

    The one that a code has confirmed, and in a correction the one that the returned request has
    brought already: it was confirmed then, or came by a command, and may be no field to correct.
    Of a newcomer it is the mailbox that they have shown to read, however it is written.
    """
    if draft is None:
        return None
    if draft.newcomer_id is not None:
        return frozenset({(await session.get_one(Newcomer, draft.newcomer_id)).mailbox})
    taken = {await confirmed_address(session, draft), address_brought(request) if request else None}
    return frozenset(filter(None, taken))


def held_to_its_code(checked: Checked, taken: frozenset[str] | None) -> Checked:
    """The same, with a problem where it brings an address that is not taken."""
    email = checked.new_email
    if taken is None or email is None or {email, mailbox_of(email)} & taken:
        return checked
    found = problem("email_not_confirmed", Field.EMAIL)
    return replace(checked, problems=(*checked.problems, found))
