"""`mumaris doctor`: what stands against going live."""

from cli.options import AsJson


def doctor(*, as_json: AsJson = False) -> None:
    """Say what stands against going live, and what mends it.

    Looked at are settings, database, Prefect, mail server, policy, documents, secrets and disk.
    Nothing is changed, and no e-mail is sent. The exit code is 1 where the installation must not go
    live.

    Example: mumaris doctor --json
    """
    from cli.work.doctor import command as work

    work.doctor(as_json=as_json)
