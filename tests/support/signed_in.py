"""Officers who have signed in, by the real clock; and the `mumaris` command as they run it."""

from collections.abc import Collection
from pathlib import Path
from tempfile import TemporaryDirectory

from typer.testing import Result

from cli.session_file import KeptSession, keep_session
from desk.clock import utc_now
from models.accounts.accounts import account_of_officer, roles_of, set_roles
from models.accounts.sessions import begin_session
from models.database import transaction
from rules.accounts.kinds import Proof, Role
from support.shell import mumaris


async def session_of(officer: str, *, roles: Collection[Role] = (Role.OFFICER,)) -> str:
    """The token of a session that begins now; the account is made where there is none.

    Roles are given to an account that has none.
    """
    now = utc_now()
    async with transaction() as session:
        account = await account_of_officer(session, officer, now=now)
        if not await roles_of(session, account.id):
            await set_roles(session, account.id, roles)
        return await begin_session(session, account.id, browser="", proof=Proof.TOTP, now=now)


async def mumaris_as(
    officer: str,
    *arguments: str,
    roles: Collection[Role] = (Role.OFFICER,),
    stdin: bytes | None = None,
) -> Result:
    """Run the command in a session of this officer, as `session_of` begins it."""
    token = await session_of(officer, roles=roles)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "session"
        keep_session(KeptSession(session=token), file)
        return await mumaris(*arguments, stdin=stdin, session=file)
