"""Sign in by an identity provider: to it, back from it, and whose account that is."""

import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.accounts.counting import count_try, tries_of, was_right
from desk.accounts.signing_in import Browser, HalfWay, Tokens, begin, go_on
from desk.policy import current_policy
from identity.provider import Arrival, Identified, IdentityProvider, trip_of
from models.accounts.accounts import Account, account_of_practitioner
from models.accounts.providers import ProviderTrip, account_by_provider, use_trip
from models.database import transaction
from models.links import hash_token
from models.officers import OfficerUnknown, find_officer
from models.practitioners import find_practitioner, holders_of_identity
from rules.accounts.kinds import AccountKind, Proof
from rules.errors import Conflict, NotAllowed
from rules.findings.problems import ValueRefused
from rules.values.identity_number import clean_any_identity_number

logger = logging.getLogger("mumaris.accounts")


class TripOver(Conflict):
    """This sign-in was not begun in this browser, took too long, or was finished before."""


class NotLinked(NotAllowed):
    """The identity provider knows somebody who has no account here."""


@dataclass(frozen=True, kw_only=True, repr=False)
class Back:
    """A browser is back from a provider; who that is, is asked next."""

    state: str
    #: In the browser's cookie.
    secret: str
    #: The page that the person wanted.
    to_path: str
    #: The language that the person chose; empty for none.
    language: str


async def depart(
    provider: IdentityProvider,
    kind: AccountKind,
    secret: str,
    *,
    back: str,
    to_path: str,
    language: str,
    shown_in: str,
    network: str,
    now: datetime,
) -> str:
    """The address to send this browser to, which keeps the secret in a cookie.

    Begun again, it is another trip; the one before may still come back. Raises
    `identity.provider.ProviderAway` and `TooManyTries`: a trip counts as a miss until somebody is
    signed in by it.
    """
    state = secrets.token_urlsafe(32)
    address = await provider.begin(
        trip_of(secret, state), back=back, language=shown_in, fresh_seconds=_fresh_seconds()
    )
    async with transaction() as session:
        await count_try(session, tries_of(None, network, device=None), now=now)
        session.add(
            ProviderTrip(
                state_hash=hash_token(state),
                browser_hash=hash_token(secret),
                kind=kind,
                to_path=to_path,
                language=language,
                began_at=now,
            )
        )
    return address


async def come_back(state: str, secret: str | None, kind: AccountKind, *, now: datetime) -> Back:
    """Use up the trip of this state and browser. Raises `TripOver`, repeated as well.

    ``secret`` is None for a browser that was sent nowhere.
    """
    lives = timedelta(minutes=current_policy().accounts.provider_minutes)
    async with transaction() as session:
        trip = await use_trip(session, state, secret, kind) if secret else None
        if trip is None:
            raise TripOver
        found = Back(state=state, secret=secret or "", to_path=trip.to_path, language=trip.language)
        is_over = now >= trip.began_at + lives
    if is_over:
        raise TripOver
    return found


async def sign_in_by_provider(
    provider: IdentityProvider,
    kind: AccountKind,
    arrival: Arrival,
    trip: Back,
    browser: Browser,
    *,
    back: str,
    now: datetime,
) -> Tokens | HalfWay:
    """A session for whoever the provider says has come back, or half of one.

    A whole one where the provider asked for a second factor, as our settings read what it says;
    else as after a password. Raises `NotLinked`, and as `IdentityProvider.complete`.
    """
    found = await provider.complete(
        arrival,
        trip_of(trip.secret, trip.state),
        back=back,
        fresh_seconds=_fresh_seconds(),
        now=now,
    )
    async with transaction() as session:
        account = await _whose(session, kind, found, now=now)
        if account is None:
            # Who it was is the provider's to know.
            logger.warning("an identity provider signed somebody in who has no account here")
            raise NotLinked
        await was_right(session, tries_of(None, browser.network, device=None))
        if found.second_factor:
            return await begin(session, account.id, browser, proof=Proof.PROVIDER, now=now)
        return await go_on(session, account, browser, proof=Proof.PROVIDER, now=now)


async def _whose(
    session: AsyncSession, kind: AccountKind, found: Identified, *, now: datetime
) -> Account | None:
    """By the number that a national provider has checked, or by what an officer's link says."""
    if kind is AccountKind.PRACTITIONER:
        return await _by_identity(session, found.identity_number or "", now=now)
    account = await account_by_provider(session, found.issuer, found.subject)
    if account is None or account.kind is not AccountKind.OFFICER:
        return None
    try:
        await find_officer(session, account.officer or "")
    except OfficerUnknown:
        return None
    return account


async def _by_identity(session: AsyncSession, number: str, *, now: datetime) -> Account | None:
    """The account of the one practitioner of this number, made where there is none."""
    try:
        identity = clean_any_identity_number(number)
    except ValueRefused:
        return None
    holders = (await holders_of_identity(session, [identity])).get(identity, [])
    if len(holders) != 1:
        return None
    person = await find_practitioner(session, holders[0])
    return await account_of_practitioner(session, person.id, now=now)


def _fresh_seconds() -> int:
    """What counts as shown lately here counts there."""
    return current_policy().accounts.proof_minutes * 60
