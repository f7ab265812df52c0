"""`mumaris up`: the whole stack on one machine, until Ctrl-C."""

import os
import signal
from types import FrameType
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from stack.running import RunningStack


def up(
    prefect_port: Annotated[int, typer.Option(help="Port of the Prefect UI.")] = 4200,
    portal_port: Annotated[int, typer.Option(help="Port of the portal.")] = 8000,
    mail_port: Annotated[int, typer.Option(help="Port of the mail catcher's page.")] = 8025,
) -> None:
    """Run everything on this machine until Ctrl-C.

    That is PostgreSQL, Prefect, a worker, the portal and a mail catcher. Data are kept in .mumaris
    (or MUMARIS_HOME), and so are documents and the keys that seal them. If a port is taken, the
    next free one is used. Ctrl-C stops everything.

    Example: mumaris up --prefect-port 4300
    """
    from desk.documents.local import keep_documents
    from desk.policy import current_policy
    from stack.local import LocalStack, Ports
    from stack.running import default_home

    current_policy()  # an error in the policy file is told before anything starts
    ports = Ports(prefect=prefect_port, portal=portal_port, mail=mail_port)
    stop_on_signals()
    try:
        with LocalStack(
            default_home(),
            migrate=migrate_at,
            documents=keep_documents,
            progress=typer.echo,
            ports=ports,
        ) as running:
            typer.echo("")
            show_addresses(running)
            typer.echo("Ctrl-C stops everything.")
            signal.pause()
    except KeyboardInterrupt:
        typer.echo("Stopped; the data are kept.")


def show_addresses(running: "RunningStack") -> None:
    """Print where everything is."""
    from cli.show.documents import said_of_store

    typer.echo(f"Prefect UI  {running.prefect_ui_url}")
    if running.prefect_sign_in is not None:
        typer.echo(f"            asks for the line in {running.prefect_sign_in}")
    typer.echo(f"Portal      {running.portal_url}")
    typer.echo(f"E-mails     {running.mail_url}")
    documents = running.documents
    said = said_of_store(documents["MUMARIS_DOCUMENTS"], documents.get("MUMARIS_CLAMD"))
    typer.echo(f"Documents   {said}")


def migrate_at(database_url: str) -> None:
    """Bring the tables of this database up to date."""
    from models.migrate import migrate

    os.environ["DATABASE_URL"] = database_url
    migrate()


def stop_on_signals() -> None:
    """Let SIGTERM end this process as Ctrl-C does: through every `finally`.

    Ctrl-C too: a shell lets what it starts in the background ignore it.
    """

    def stop(_signal: int, _frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
