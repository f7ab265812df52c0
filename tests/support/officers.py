"""Officers who sign in by an identity provider, and the way there and back without scripts."""

import re
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from urllib.parse import urljoin
from uuid import UUID

import httpx
from pyotp import TOTP

from desk.accounts.managing import make_officer
from desk.accounts.provider_links import link_provider
from models.accounts.accounts import Account, existing_account
from models.accounts.sessions import AccountSession
from models.database import transaction
from models.officers import Officer
from rules.accounts.kinds import Role
from support.accounts import press, sessions_of
from support.oidc import PASSWORD, StandIn, on_our_side
from support.requests import NOW
from support.staff import app_of

WITH = "/sign-in/with/officer"
_ACTION = re.compile(r'action="([^"]*)"')


@dataclass(frozen=True)
class Linked:
    """An officer whom the provider knows."""

    user: str
    account_id: UUID
    #: The authenticator app.
    app: TOTP

    async def sessions(self) -> list[AccountSession]:
        """All sessions, oldest first."""
        return await sessions_of(self.account_id)


async def officer_account(user: str = "amal", *roles: Role) -> Account:
    """An officer on the register, with an account."""
    async with transaction() as session:
        session.add(Officer(user_name=user))
    await make_officer(user, roles or (Role.OFFICER,), now=NOW)
    async with transaction() as session:
        account = await existing_account(session, officer=user)
    assert account is not None
    return account


async def linked_officer(provider: StandIn, user: str = "amal") -> Linked:
    """An officer with an authenticator app, whom the provider knows."""
    account = await officer_account(user)
    before = NOW - timedelta(hours=1)
    app, _ = await app_of(account.id, now=before)
    await link_provider(user, provider.issuer, provider.subjects[user], now=before)
    return Linked(user, account.id, app)


async def leave(browser: httpx.AsyncClient, page: str = "/sign-in") -> str:
    """Press the button; the address that the browser is sent to."""
    answer = await press(browser, page, {}, action=f"{WITH}?lang=en")
    assert answer.status_code == 200, answer.text
    return answer.headers["refresh"].removeprefix("0; url=")


async def sign_in_there(address: str, user: str = "amal") -> str:
    """Sign in at the provider, as a person does; the path of ours that it sends the browser to."""
    async with httpx.AsyncClient(timeout=60) as there:
        shown = await there.get(address)
        assert shown.status_code == 200, shown.text
        found = _ACTION.search(shown.text)
        assert found
        answer = await there.post(
            urljoin(address, unescape(found[1])), data={"user": user, "password": PASSWORD}
        )
    assert answer.status_code == 303, answer.text
    return on_our_side(answer.headers["location"])


async def there_and_back(
    browser: httpx.AsyncClient, page: str = "/sign-in", *, user: str = "amal"
) -> httpx.Response:
    """The whole way; what our page answers in the end."""
    return await browser.get(await sign_in_there(await leave(browser, page), user))
