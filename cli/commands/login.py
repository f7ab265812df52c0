"""`mumaris login` and `mumaris logout`."""

from cli.options import AsJson


def login(*, as_json: AsJson = False) -> None:
    """Sign in as an officer, with the password and a code.

    The e-mail address, the password and the code are asked for, or read from standard input: others
    see a command's arguments in the list of processes. The code is the one that the authenticator
    app shows, or one of those that were written down. From then on `mumaris review` and `request
    decide` are done by whoever is signed in, until `mumaris logout`, or until the session is over
    as in the browser. It is one of the sessions that the account's page lists, and can be ended
    there.

    Example: mumaris login
    """
    from cli.work import login as work

    work.login(as_json=as_json)


def logout(*, as_json: AsJson = False) -> None:
    """Sign out: end the session that `mumaris login` began.

    Example: mumaris logout
    """
    from cli.work import login as work

    work.logout(as_json=as_json)
