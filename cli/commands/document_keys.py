"""`mumaris document keys`: the master keys that seal all documents' keys."""

import typer

from cli.options import AsJson

app = typer.Typer(name="keys", help="Make, show and rotate the master keys of documents.")


@app.command()
def make(*, as_json: AsJson = False) -> None:
    """Make the file of master keys before the first document.

    `mumaris up` and the demo do it by themselves. Keys that are there stay as they are. Back the
    file up, apart from the documents: without it no document can be read again.

    Example: mumaris document keys make
    """
    from cli.work.documents import keys as work

    work.make(as_json=as_json)


@app.command()
def show(*, as_json: AsJson = False) -> None:
    """Show the master keys and how much each seals.

    They seal documents and the secrets of authenticator apps. Keys are named by marks that tell
    nothing of them. The exit code is 1 where something needs a key that is not here.

    Example: mumaris document keys show
    """
    from cli.work.documents import keys as work

    work.show(as_json=as_json)


@app.command()
def rotate(*, as_json: AsJson = False) -> None:
    """Replace the master key by a new one that seals everything.

    Documents can be sent and read meanwhile. Stopped half-way, call it again. Keep a copy of the
    key file first, as long as you keep backups of the database: what those hold needs the old key.
    Keys in the environment you change yourself: put a new one first, restart, and call this; then
    take the old one away.

    Example: mumaris document keys rotate
    """
    from cli.work.documents import keys as work

    work.rotate(as_json=as_json)
