"""People with accounts, and browsers that press the portal's own forms."""

import re
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from itertools import count
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import text
from sqlmodel import col, select

from desk.accounts.asking import ask_for_first_sign_in, ask_for_new_password
from desk.accounts.passwords import set_by_link
from desk.accounts.signing_in import Browser, Tokens
from models.accounts.accounts import Account
from models.accounts.links import AccountLink, AccountLinkToken
from models.accounts.sessions import AccountSession
from models.database import transaction
from models.letters import Letter
from models.links import mint_into
from models.practitioners import Practitioner
from rules.accounts.kinds import LinkUse
from support.people import register_applicant
from support.requests import NOW

PASSWORD = "seven tall palms by the well"
OTHER = "nine quiet boats on the gulf"
_NETWORKS = count(1)
_FORM = re.compile(r"<form[^>]*action=\"([^\"]*)\"[^>]*>(.*?)</form>", re.DOTALL)
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')
#: What a browser of today sends with a form of the page itself.
OURS = {"Sec-Fetch-Site": "same-origin"}


async def sessions_of(account_id: UUID) -> list[AccountSession]:
    """An account's sessions, oldest first; of one moment, the one that was written last is last."""
    async with transaction() as session:
        query = (
            select(AccountSession)
            .where(col(AccountSession.account_id) == account_id)
            .order_by(
                col(AccountSession.began_at),
                col(AccountSession.ended_at).nulls_last(),
                text("xmin::text::bigint"),
            )
        )
        return list((await session.exec(query)).all())


@dataclass(frozen=True)
class Member:
    """Somebody with an account whom no other test knows."""

    registration_number: str
    identity_number: str
    email: str
    password: str = PASSWORD

    async def account(self) -> Account | None:
        """The row, where there is one."""
        async with transaction() as session:
            query = (
                select(Account)
                .join(Practitioner, col(Practitioner.id) == col(Account.practitioner_id))
                .where(col(Practitioner.registration_number) == self.registration_number)
            )
            return (await session.exec(query)).one_or_none()

    async def letters(self) -> list[str]:
        """The names of the e-mails about the account, oldest first, each with its address."""
        return [f"{row.letter} {row.to_address}" for row in await self._letters()]

    async def open_link(self, use: LinkUse) -> str:
        """A token for the newest link that was mailed."""
        async with transaction() as session:
            query = (
                select(AccountLink)
                .join(Letter, col(Letter.account_link_id) == col(AccountLink.id))
                .join(Account, col(Account.id) == col(AccountLink.account_id))
                .join(Practitioner, col(Practitioner.id) == col(Account.practitioner_id))
                .where(
                    col(Practitioner.registration_number) == self.registration_number,
                    col(AccountLink.use) == use,
                )
                .order_by(col(AccountLink.issued_at).desc())
            )
            links = (await session.exec(query)).all()
            newest = next((link for link in links if link.superseded_at is None), links[0])
            minted = await mint_into(session, AccountLinkToken, [newest.id], now=newest.issued_at)
            return minted[newest.id]

    async def sessions(self) -> list[AccountSession]:
        """All sessions, oldest first."""
        account = await self.account()
        assert account is not None
        return await sessions_of(account.id)

    async def _letters(self) -> list[Letter]:
        account = await self.account()
        if account is None:
            return []
        async with transaction() as session:
            query = (
                select(Letter)
                .where(col(Letter.account_id) == account.id)
                .order_by(col(Letter.created_at), col(Letter.to_address))
            )
            return list((await session.exec(query)).all())


async def on_register(**facts: Any) -> Member:
    """Somebody on the register who has never signed in."""
    applicant = await register_applicant(**facts)
    row = await applicant.on_file()
    return Member(row.registration_number, row.identity_number, row.email)


async def with_password(**facts: Any) -> Member:
    """Somebody who has set a password, some minutes ago."""
    member = await on_register(**facts)
    await first_tokens(member)
    return member


async def first_tokens(member: Member) -> Tokens:
    """What the browser got that set the first password."""
    before = NOW - timedelta(minutes=20)
    await ask_for_first_sign_in(
        member.registration_number, member.identity_number, network(), now=before
    )
    token = await member.open_link(LinkUse.FIRST_SIGN_IN)
    found = await set_by_link(
        token,
        LinkUse.FIRST_SIGN_IN,
        member.password,
        member.identity_number,
        Browser(network=network()),
        now=before,
    )
    assert isinstance(found, Tokens)
    return found


async def reset_link(member: Member) -> str:
    """The token of a link for a new password."""
    await ask_for_new_password(member.identity_number, network(), now=NOW)
    return await member.open_link(LinkUse.RESET)


def network() -> str:
    """A network that no other test counts."""
    return f"network {next(_NETWORKS)}"


async def press(
    browser: httpx.AsyncClient,
    page: str,
    fields: dict[str, str],
    *,
    action: str | None = None,
    headers: dict[str, str] | None = None,
) -> httpx.Response:
    """Open the page and send its form (the one to ``action``) as a browser does."""
    shown = await browser.get(page)
    hidden = hidden_fields(shown.text, action or page)
    return await browser.post(
        action or page, data={**hidden, **fields}, headers=OURS if headers is None else headers
    )


def hidden_fields(html: str, action: str) -> dict[str, str]:
    """What the form to this address sends along."""
    path = action.partition("?")[0]
    for target, inside in _FORM.findall(html):
        if unescape(target).partition("?")[0] == path:
            return {unescape(name): unescape(value) for name, value in _HIDDEN.findall(inside)}
    raise AssertionError(f"no form to {path}")


async def sign_in_as(browser: httpx.AsyncClient, member: Member) -> httpx.Response:
    """Sign in by the page."""
    return await press(
        browser, "/sign-in", {"name": member.identity_number, "password": member.password}
    )
