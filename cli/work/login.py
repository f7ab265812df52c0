"""What `mumaris login` and `logout` do; imported when one of them runs."""

import typer

from cli.asking import ask, ask_secret
from cli.running import run
from cli.session_file import KeptSession, keep_session, read_session, session_file
from cli.show.output import print_json
from desk.accounts.second_step import HalfSignedIn, HalfWayOver, sign_in_by_code, who_is_half_way
from desk.accounts.signed_in import NotForPractitioners, SignedIn, sign_out, whose_session
from desk.accounts.signing_in import Browser, HalfWay, NotSignedIn, Tokens, sign_in
from desk.clock import utc_now
from rules.accounts.kinds import Factor
from rules.accounts.sessions import COMMAND
from rules.errors import NotAllowed

#: Tries by the command are counted together: a terminal has no network of its own.
_NETWORK = "the command"


class NoAppSetUp(NotAllowed):
    """The account has no authenticator app: set one up in the browser, and come back."""


def login(*, as_json: bool) -> None:
    """Ask for the name, the password and a code, and keep the session that they open."""
    kept = read_session(session_file())
    browser = Browser(
        network=_NETWORK, agent=COMMAND, device=kept.device or None, session=kept.session or None
    )
    name, password = ask("E-mail address:"), ask_secret("Password:")
    done = run(lambda: sign_in(name, password, browser, now=utc_now()))
    tokens = _second_half(done, browser) if isinstance(done, HalfWay) else done
    who = run(lambda: _officer(tokens))
    keep_session(KeptSession(session=tokens.session, device=tokens.device), session_file())
    roles = sorted(who.roles)
    if as_json:
        print_json({"officer": who.officer, "roles": roles})
    else:
        typer.echo(f"signed in: {who.officer} ({', '.join(roles)})")


def logout(*, as_json: bool) -> None:
    """End the session that is kept here, and say whether one was open. The place stays known."""
    kept = read_session(session_file())
    was = run(lambda: _end(kept.session))
    keep_session(KeptSession(device=kept.device), session_file())
    if as_json:
        print_json({"signed_out": was})
    else:
        typer.echo("signed out" if was else "nobody was signed in")


def _second_half(half: HalfWay, browser: Browser) -> Tokens:
    """Ask for the code; raises `NoAppSetUp` where none could be right."""
    asked = run(lambda: _half_way(half.token))
    if Factor.TOTP not in asked.factors:
        raise NoAppSetUp
    code = ask_secret("Code of the authenticator app, or one that you wrote down:")
    return run(lambda: sign_in_by_code(half.token, code, browser, now=utc_now()))


async def _half_way(token: str) -> HalfSignedIn:
    found = await who_is_half_way(token, now=utc_now())
    if found is None:
        raise HalfWayOver
    return found


async def _officer(tokens: Tokens) -> SignedIn:
    """Who is signed in now; raises `NotForPractitioners` for one, and signs them out again.

    Raises `NotSignedIn` where that was ended within the moment.
    """
    now = utc_now()
    who = await whose_session(tokens.session, now=now)
    if who is None:
        raise NotSignedIn
    if who.officer is None:
        await sign_out(who, now=now)
        raise NotForPractitioners
    return who


async def _end(token: str) -> bool:
    now = utc_now()
    who = await whose_session(token, now=now)
    if who is None:
        return False
    await sign_out(who, now=now)
    return True
