"""The officer at this terminal: whoever signed in with `mumaris login`, named by no option."""

from collections.abc import Awaitable, Callable, Collection
from typing import TypeVar

from cli.running import run
from cli.session_file import NobodySignedIn, read_session, session_file
from desk.accounts.signed_in import officer_with, whose_session
from desk.clock import utc_now
from rules.accounts.kinds import REVIEWING, Role

T = TypeVar("T")


def run_as_officer(
    work: Callable[[str], Awaitable[T]], *, roles: Collection[Role] = REVIEWING
) -> T:
    """Do the work as the officer who is signed in here and has one of the roles.

    The work is given the officer's user name. Raises `NobodySignedIn`, and as `read_session` and
    `desk.accounts.signed_in.officer_with`.
    """

    async def signed_in() -> T:
        who = await whose_session(read_session(session_file()).session, now=utc_now())
        if who is None:
            raise NobodySignedIn
        return await work(officer_with(who, roles))

    return run(signed_in)
