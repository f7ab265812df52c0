"""Officers with accounts, and authenticator apps in tests."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from uuid import UUID

import httpx
from pyotp import TOTP
from sqlmodel import col, select, update

from desk.accounts.authenticator import app_to_confirm, begin_app, confirm
from desk.accounts.managing import make_officer
from desk.accounts.passwords import set_by_link
from desk.accounts.signing_in import Browser
from models.accounts.accounts import Account, lock_account
from models.accounts.links import AccountLink, AccountLinkToken
from models.accounts.sessions import AccountSession
from models.database import transaction
from models.letters import Letter
from models.links import mint_into
from models.officers import Officer
from rules.accounts.kinds import LinkUse, Role
from support.accounts import network, press, sessions_of
from support.requests import NOW

PASSWORD = "quiet harbour"
_NUMBERS = count(1)


@dataclass(frozen=True)
class Staff:
    """An officer whom no other test knows."""

    user_name: str
    email: str
    password: str = PASSWORD

    async def account(self) -> Account:
        """The row."""
        async with transaction() as session:
            query = select(Account).where(col(Account.officer) == self.user_name)
            return (await session.exec(query)).one()

    async def sessions(self) -> list[AccountSession]:
        """All sessions, oldest first."""
        account = await self.account()
        return await sessions_of(account.id)

    async def open_link(self, use: LinkUse = LinkUse.FIRST_SIGN_IN) -> str:
        """A token for the newest link that was mailed."""
        account = await self.account()
        async with transaction() as session:
            query = (
                select(AccountLink)
                .join(Letter, col(Letter.account_link_id) == col(AccountLink.id))
                .where(col(AccountLink.account_id) == account.id, col(AccountLink.use) == use)
                .order_by(col(AccountLink.issued_at).desc())
            )
            newest = (await session.exec(query)).first()
            assert newest is not None
            minted = await mint_into(session, AccountLinkToken, [newest.id], now=newest.issued_at)
            return minted[newest.id]

    async def letters(self) -> list[Letter]:
        """The e-mails about the account, oldest first."""
        return await letters_of((await self.account()).id)


async def letters_of(account_id: UUID) -> list[Letter]:
    """The e-mails about this account, oldest first."""
    async with transaction() as session:
        query = (
            select(Letter)
            .where(col(Letter.account_id) == account_id)
            .order_by(col(Letter.created_at), col(Letter.to_address))
        )
        return list((await session.exec(query)).all())


async def changes_told(account_id: UUID) -> list[str]:
    """What its owner was told of by e-mail, oldest first."""
    return [
        row.facts["change"]
        for row in await letters_of(account_id)
        if row.letter == "account_changed"
    ]


async def invited(*roles: Role, now: datetime = NOW - timedelta(minutes=20)) -> Staff:
    """An officer who was sent a link, and has not opened it."""
    number = next(_NUMBERS)
    staff = Staff(f"staff{number}", f"staff{number}@authority.example")
    async with transaction() as session:
        session.add(Officer(user_name=staff.user_name))
    await make_officer(staff.user_name, roles, email=staff.email, now=now)
    return staff


async def with_password_alone(*roles: Role) -> Staff:
    """An officer who has chosen a password, and nothing beside it."""
    staff = await invited(*roles)
    token = await staff.open_link()
    before = NOW - timedelta(minutes=19)
    browser = Browser(network=network())
    await set_by_link(token, LinkUse.FIRST_SIGN_IN, staff.password, "", browser, now=before)
    return staff


async def ready(*roles: Role) -> tuple[Staff, TOTP]:
    """An officer with an app."""
    staff = await with_password_alone(*roles)
    app, _ = await app_of((await staff.account()).id)
    return staff, app


async def app_of(
    account_id: UUID, *, now: datetime = NOW - timedelta(hours=1)
) -> tuple[TOTP, tuple[str, ...]]:
    """Set up an app for this account; returns it, and the codes that were written down."""
    await begin_app(account_id, now=now)
    shown = await app_to_confirm(account_id, "somebody", issuer="Mumaris", now=now)
    assert shown is not None
    app = TOTP(shown.secret)
    async with transaction() as session:
        await lock_account(session, account_id)
        return app, await confirm(session, account_id, app.at(now), now=now)


async def sign_in_staff(browser: httpx.AsyncClient, staff: Staff) -> httpx.Response:
    """The first half, by the page."""
    return await press(browser, "/sign-in", {"name": staff.email, "password": staff.password})


async def sign_in_wholly(
    browser: httpx.AsyncClient, staff: Staff, app: TOTP, *, at: datetime = NOW
) -> httpx.Response:
    """Both halves, by the pages."""
    await sign_in_staff(browser, staff)
    return await press(browser, "/sign-in/second", {"code": app.at(at)})


async def has_left(user_name: str) -> None:
    """An officer who is not at the desk any more, as the register has it."""
    async with transaction() as session:
        await session.exec(
            update(Officer).where(col(Officer.user_name) == user_name).values(active=False)
        )
