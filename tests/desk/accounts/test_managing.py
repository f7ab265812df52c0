"""What operations do for officers' accounts: an address, links, and a new beginning."""

import pytest

from desk.accounts.managing import MailboxTaken, NoLinkSent, invite, make_officer, reset_factors
from desk.register.files import OfficerLine
from desk.register.people_loading import load_officers
from documents.keys import new_master_key
from models.accounts.factors import factors_of
from models.database import transaction
from rules.accounts.kinds import LinkUse, Role
from support.requests import NOW
from support.staff import changes_told, invited, ready

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(autouse=True)
def master_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """The installation has a master key."""
    monkeypatch.setenv("MUMARIS_DOCUMENT_KEYS", new_master_key())


async def test_an_address_is_one_officer_s() -> None:
    """The second one is refused, and keeps the roles as they were."""
    first, second = await invited(Role.OFFICER), await invited(Role.AUDITOR)

    with pytest.raises(MailboxTaken):
        await make_officer(second.user_name, [Role.OPERATOR], email=first.email, now=NOW)

    assert (await make_officer(first.user_name, [Role.OFFICER], now=NOW)).roles == (Role.OFFICER,)
    assert await second.open_link(LinkUse.FIRST_SIGN_IN)


async def test_an_invitation_says_when_nothing_was_sent() -> None:
    """As many links as policy allows can be used already."""
    staff = await invited(Role.OFFICER, now=NOW)
    await invite(staff.user_name, now=NOW)
    await invite(staff.user_name, now=NOW)

    with pytest.raises(NoLinkSent):
        await invite(staff.user_name, now=NOW)


async def test_a_reset_takes_everything_off_and_sends_a_link() -> None:
    """The password too: whoever knew it alone sets up nothing; the owner is told."""
    staff, _ = await ready(Role.OFFICER)
    before = (await staff.account()).version

    await reset_factors(staff.user_name, now=NOW)

    account = await staff.account()
    assert (account.password_hash, account.version) == (None, before + 1)
    async with transaction() as session:
        assert await factors_of(session, account.id) == frozenset()
    assert await changes_told(account.id) == ["factors_reset"]
    newest = [row.letter for row in await staff.letters() if row.created_at == NOW]
    assert sorted(newest) == ["account_changed", "first_sign_in"]


async def test_who_has_left_is_sent_nothing() -> None:
    """The register of officers says so; a reset changes nothing then."""
    staff, _ = await ready(Role.OFFICER)
    line = OfficerLine(user_name=staff.user_name, registration_number=None, active=False)
    async with transaction() as session:
        await load_officers({staff.user_name: line}, session, [staff.user_name], now=NOW)

    with pytest.raises(NoLinkSent):
        await reset_factors(staff.user_name, now=NOW)

    assert (await staff.account()).password_hash is not None
