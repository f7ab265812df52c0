"""`mumaris document keys`: the master keys that seal all documents' keys."""

import typer

from cli.options import AsJson

app = typer.Typer(name="keys", help="Show and rotate the master keys of documents.")


@app.command()
def show(*, as_json: AsJson = False) -> None:
    """Show which master keys there are and how many documents each seals.

    Keys are named by marks that tell nothing of them. The exit code is 1 where a document needs a
    key that is not here.

    Example: mumaris document keys show
    """
    from cli.work import document_keys as work

    work.show(as_json=as_json)


@app.command()
def rotate(*, as_json: AsJson = False) -> None:
    """Replace the master key: a new one seals everything, the old one goes.

    Documents can be sent and read meanwhile. Stopped half-way, call it again. Keep a copy of the
    key file first, as long as you keep backups of the database: what those hold needs the old key.
    Keys in the environment you change yourself: put a new one first, restart, and call this; then
    take the old one away.

    Example: mumaris document keys rotate
    """
    from cli.work import document_keys as work

    work.rotate(as_json=as_json)
