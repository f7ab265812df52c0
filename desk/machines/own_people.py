"""Whom a machine acts for, and what it sees: what is not its own does not exist for it."""

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.accounts.machine_keys import Calling
from desk.policy import current_policy
from models.machines import find_with_owner
from models.practitioners import Practitioner, PractitionerUnknown, find_practitioner
from models.requests import Request, RequestUnknown
from rules.accounts.machines import MachineKind
from rules.findings.problems import ValueRefused
from rules.values.registration_number import clean_registration_number


def acts_for(calling: Calling, employer: str | None) -> bool:
    """Whether it acts for somebody who has this employer on file."""
    if calling.kind is MachineKind.EMPLOYER:
        return employer is not None and employer in calling.employers
    return calling.kind is MachineKind.HOUSE


async def own_person(session: AsyncSession, calling: Calling, typed: str) -> Practitioner:
    """The practitioner of this registration number, for whom the machine acts.

    Raises `PractitionerUnknown` for anybody else, and for what is no number.
    """
    try:
        pattern = current_policy().registration_number.pattern
        number = clean_registration_number(typed, pattern=pattern)
    except ValueRefused:
        raise PractitionerUnknown from None
    person = await find_practitioner(session, number)
    if not acts_for(calling, person.employer):
        raise PractitionerUnknown
    return person


async def own_request(
    session: AsyncSession, calling: Calling, tracking_code: str, *, to_act: bool = False
) -> Request:
    """The request of this canonical code that the machine sees, or may act on.

    An employer's acts on nothing but what it handed in, and policy says whether it sees more of its
    own people's. Raises `RequestUnknown` for any other request.
    """
    found = await find_with_owner(session, tracking_code)
    if found is None:
        raise RequestUnknown
    request, employer, handed_in_by = found
    if not acts_for(calling, employer):
        raise RequestUnknown
    is_narrow = calling.kind is MachineKind.EMPLOYER and (to_act or sees_its_own_alone())
    if is_narrow and handed_in_by != calling.machine_id:
        raise RequestUnknown
    return request


def sees_its_own_alone() -> bool:
    """Whether an employer's machine sees nothing but what it handed in itself."""
    return current_policy().api.employers_see == "handed_in"
