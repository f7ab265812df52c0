"""`mumaris account`: who can sign in, and what officers' accounts may do."""

from typing import Annotated

import typer

from cli.options import AsJson, Limit, Yes
from rules.accounts.kinds import AccountKind, Role

_WHOSE = typer.Argument(metavar="WHOSE", help="A registration number, or an officer's user name.")

app = typer.Typer(
    name="account", help="Make officers' accounts, list accounts, end sessions, send links."
)


@app.command("make-officer")
def make_officer(
    user: Annotated[str, typer.Argument(metavar="USER", help="The officer's user name.")],
    *,
    roles: Annotated[
        list[Role], typer.Option("--role", "--roles", help="What the account may do; repeat it.")
    ],
    email: Annotated[
        str | None,
        typer.Option("--email", help="Where the officer signs in by; - reads it from stdin."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make an account for an officer, or give it other roles.

    The officer must be on the register of officers. With an address, the officer is sent a link
    there: it opens the page for the first password, and then for what is asked for beside it, as a
    password alone is never enough. Practitioners need no command: each makes an account by the
    first sign-in.

    Example: mumaris account make-officer amal --role officer --role supervisor --email -
    """
    from cli.work import accounts as work

    work.make_officer(user, roles, email, as_json=as_json)


@app.command()
def invite(whose: Annotated[str, _WHOSE], *, as_json: AsJson = False) -> None:
    """Send the link for a first or a new password.

    It goes to the address that is known, and works once, for a short time.

    Example: mumaris account invite amal
    """
    from cli.work import accounts as work

    work.invite(whose, as_json=as_json)


@app.command("reset-factors")
def reset_factors(
    whose: Annotated[str, _WHOSE], *, yes: Yes = False, as_json: AsJson = False
) -> None:
    """Let somebody who lost everything begin anew.

    For who lost the phone and the recovery codes: make sure first that it is them. The
    authenticator app, the passkeys, the codes and the password are taken off, the sessions end, the
    owner is told by e-mail and sent a link for a new password.

    Example: mumaris account reset-factors amal
    """
    from cli.work import accounts as work

    work.reset_factors(whose, yes=yes, as_json=as_json)


@app.command("list")
def list_(
    *,
    kind: Annotated[AccountKind | None, typer.Option("--kind", help="Only this kind.")] = None,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """List the accounts, newest first.

    Example: mumaris account list --kind officer
    """
    from cli.work import accounts as work

    work.list_accounts(kind=kind, limit=limit, as_json=as_json)


@app.command("end-sessions")
def end_sessions(
    whose: Annotated[str, _WHOSE],
    *,
    as_json: AsJson = False,
) -> None:
    """End every session of one person.

    The owner is told by e-mail, and can sign in again.

    Example: mumaris account end-sessions 20-104567
    """
    from cli.work import accounts as work

    work.end_sessions(whose, as_json=as_json)


@app.command("link-provider")
def link_provider(
    user: Annotated[str, typer.Argument(metavar="USER", help="The officer's user name.")],
    *,
    issuer: Annotated[
        str,
        typer.Option(
            "--issuer",
            envvar="MUMARIS_OIDC_ISSUER",
            help="The identity provider, as it names itself.",
        ),
    ],
    subject: Annotated[
        str,
        typer.Option(
            "--subject",
            help="What the provider calls the officer (the claim `sub`); never an e-mail address.",
        ),
    ],
    as_json: AsJson = False,
) -> None:
    """Let an officer sign in by the identity provider.

    The provider's administrators know the subject; in Keycloak it is the user's ID. Linked to
    another subject, the officer's sessions end. What an officer may do is what make-officer says.

    Example: mumaris account link-provider amal --subject 7c1b2a54-93f1-4f0e-8b1d-2f7d3a6f9e10
    """
    from cli.work import accounts as work

    work.link_provider(user, issuer, subject, as_json=as_json)


@app.command("unlink-provider")
def unlink_provider(
    user: Annotated[str, typer.Argument(metavar="USER", help="The officer's user name.")],
    *,
    as_json: AsJson = False,
) -> None:
    """End an officer's sign-in by the identity provider.

    The officer's sessions end as well.

    Example: mumaris account unlink-provider amal
    """
    from cli.work import accounts as work

    work.unlink_provider(user, as_json=as_json)
