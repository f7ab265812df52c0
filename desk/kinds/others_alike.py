"""Who else is on file, or asks to be, as somebody who registers: found for officers alone."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.accounts.asking import send_link
from desk.accounts.owners import owned_by
from models.accounts.accounts import account_of_practitioner
from models.cards import Card, CardUnknown, find_card
from models.identity_claims import doubts_about_identity, lock_identity
from models.likenesses import (
    practitioner_with_identity,
    practitioners_born_on,
    registrations_born_on,
)
from models.practitioners import Practitioner, get_practitioner
from models.requests import Request
from models.undoing import version_of
from rules.findings.doubts import (
    IDENTITY_NUMBER_HELD,
    REGISTERED_BEFORE,
    SAME_PERSON_ON_FILE,
    SAME_PERSON_WANTED,
    Doubt,
)
from rules.policy.policy import Policy
from rules.register.fields import Field
from rules.register.profile import ProfileOnFile
from rules.registration.normalised import NormalisedRegistration
from rules.registration.others import may_come_back, names_alike
from rules.requests.statuses import Status
from rules.requests.transitions import OPEN
from rules.values.dates import riyadh_day

#: That somebody is on file as who registers, whom a registration does not have to stop for.
_ON_FILE = frozenset({REGISTERED_BEFORE, SAME_PERSON_ON_FILE})


@dataclass(frozen=True, repr=False)
class IdentityHolder:
    """Who has an identity number, and their card."""

    practitioner: Practitioner
    #: None for somebody who has none.
    card: Card | None

    def may_come_back(self, on: date, policy: Policy) -> bool:
        """Whether a registration revives their record, as there is no card to renew."""
        card = self.card
        return card is None or may_come_back(card.status, card.expires_on, on, policy)


async def holder_of(
    session: AsyncSession, identity_number: str, *, lock: bool = False
) -> IdentityHolder | None:
    """Who has this canonical identity number; with ``lock`` nobody moves them or their card."""
    found = await practitioner_with_identity(session, identity_number)
    if found is None:
        return None
    if lock:
        found = await get_practitioner(session, found.id, lock=True)
    try:
        return IdentityHolder(found, await find_card(session, found.id, lock=lock))
    except CardUnknown:
        return IdentityHolder(found, None)


async def doubts_about_number(
    session: AsyncSession,
    identity_number: str,
    holder: IdentityHolder | None,
    *,
    besides: UUID,
    on: date,
    policy: Policy,
    statuses: Collection[Status] = OPEN,
) -> tuple[Doubt, ...]:
    """Who else has the number, or asks for it; a record that can be revived is its applicant's."""
    is_back = holder is not None and holder.may_come_back(on, policy)
    own = holder.practitioner if holder is not None and is_back else None
    return await doubts_about_identity(
        session, identity_number, own, statuses=statuses, besides=besides
    )


async def others_alike(
    session: AsyncSession, profile: ProfileOnFile, *, besides: UUID, on: date, policy: Policy
) -> tuple[Doubt, ...]:
    """A doubt for each person or open request that may be who registers by this request."""
    number = profile.identity_number
    holder = await holder_of(session, number)
    doubts = list(
        await doubts_about_number(session, number, holder, besides=besides, on=on, policy=policy)
    )
    if holder is not None and holder.may_come_back(on, policy):
        known = holder.practitioner.registration_number
        doubts.append(Doubt(REGISTERED_BEFORE, Field.IDENTITY_NUMBER, known))
    names = values_of(profile)
    doubts += [
        Doubt(SAME_PERSON_ON_FILE, Field.BIRTH_DATE, each.registration_number)
        for each in await practitioners_born_on(session, profile.birth_date)
        if each.identity_number != number and names_alike(names, values_of(each.on_file()))
    ]
    doubts += [
        Doubt(SAME_PERSON_WANTED, Field.BIRTH_DATE, each.tracking_code)
        for each in await registrations_born_on(session, profile.birth_date, besides=besides)
        if names_alike(names, values_asked(each.normalised))
        and values_asked(each.normalised).get(Field.IDENTITY_NUMBER) != number
    ]
    return tuple(doubts)


async def since_review(
    session: AsyncSession,
    made: NormalisedRegistration,
    request: Request,
    *,
    on: date,
    policy: Policy,
    statuses: Collection[Status],
) -> tuple[tuple[Doubt, ...], tuple[Doubt, ...]]:
    """Who stands in the way of an approval by now, and who came whom officers have to look at.

    The identity number stays locked until the transaction ends.
    """
    number = made.profile[Field.IDENTITY_NUMBER]
    await lock_identity(session, number)
    holder = await holder_of(session, number)
    against = await doubts_about_number(
        session, number, holder, besides=request.id, on=on, policy=policy, statuses=statuses
    )
    return against, await come_since(session, made, besides=request.id, on=on, policy=policy)


async def come_since(
    session: AsyncSession, made: NormalisedRegistration, *, besides: UUID, on: date, policy: Policy
) -> tuple[Doubt, ...]:
    """The doubts about who is on file by now and was not when officers were shown the request.

    A register was loaded meanwhile. Who asks besides has doubts of their own, which name this one.
    """
    shown = {(each.code, each.against) for each in made.warnings}
    found = await others_alike(session, made.on_file(""), besides=besides, on=on, policy=policy)
    return tuple(
        each for each in found if each.code in _ON_FILE and (each.code, each.against) not in shown
    )


async def lock_number(
    session: AsyncSession, identity_number: str, *, on: date, policy: Policy
) -> bool:
    """Whether somebody else has come onto the register with this number; stays so to the end.

    Not whose record is revived. Locked in the order in which an update of the holder takes both.
    """
    held = await holder_of(session, identity_number, lock=True)
    await lock_identity(session, identity_number)
    again = await holder_of(session, identity_number)
    if again is None:
        return False
    if held is None or held.practitioner.id != again.practitioner.id:
        return True
    return not held.may_come_back(on, policy)


async def lead_to_sign_in(
    session: AsyncSession, made: NormalisedRegistration, *, now: datetime
) -> None:
    """Mail the link of the first sign-in to whoever has its number, at the address on file.

    Whoever asked: it may be they, or somebody else. No more often than policy lets links be mailed.
    """
    if not any(doubt.code == IDENTITY_NUMBER_HELD for doubt in made.warnings):
        return
    person = await practitioner_with_identity(session, made.profile[Field.IDENTITY_NUMBER])
    if person is not None:
        account = await account_of_practitioner(session, person.id, now=now)
        await send_link(session, account, await owned_by(session, person), now=now)


def values_of(profile: ProfileOnFile) -> Mapping[Field, str]:
    """Every field as text."""
    return {field: profile.value(field) for field in Field}


def values_asked(normalised: Mapping[str, Any]) -> Mapping[Field, str]:
    """What a registration that the rules have read asks for."""
    return {Field(name): text for name, text in normalised["changes"].items()}


async def record_before(
    session: AsyncSession, request: Request, identity_number: str, policy: Policy
) -> Mapping[Field, str]:
    """The old record of who was registered before, also once this request has revived it."""
    version = await version_of(session, request.id)
    if version is not None:
        return {Field(name): change["from"] for name, change in version.changes.items()}
    holder = await holder_of(session, identity_number)
    if holder is None or not holder.may_come_back(riyadh_day(request.submitted_at), policy):
        return {}
    return values_of(holder.practitioner.on_file())
