"""What the commands of `mumaris document keys` do; imported when one of them runs."""

from typing import Any

import typer

from cli.errors import ExitCode
from cli.running import run
from cli.show.output import print_json, show_table
from desk.documents import keys
from desk.documents.keys import KeysInUse
from documents.key_file import make_key_file
from documents.settings import DocumentSettings
from rules.errors import Misconfigured


class KeysInEnvironment(Misconfigured):
    """MUMARIS_DOCUMENT_KEYS holds the master keys, so no file of them is used."""


def make(*, as_json: bool) -> None:
    """Make the key file where there is none, and print where it is."""
    settings = DocumentSettings()
    if settings.document_keys is not None:
        raise KeysInEnvironment
    is_new = not settings.key_file.exists()
    make_key_file(settings.key_file)
    settings.master_keys()
    if as_json:
        print_json({"file": str(settings.key_file), "made": is_new})
        return
    said = "was made: back it up, apart from the documents" if is_new else "is there already"
    typer.echo(f"{settings.key_file} {said}")


def show(*, as_json: bool) -> None:
    """The keys by their marks; exit code 1 where one is missing."""
    seen = run(keys.keys_in_use)
    if as_json:
        print_json(_json(seen))
    else:
        _show(seen)
    _fail_if(bool(seen.missing))


def rotate(*, as_json: bool) -> None:
    """Rotate, and print what was done; exit code 1 where an old key is still needed."""
    done = run(keys.rotate)
    seen = done.keys
    if as_json:
        print_json(
            {
                "added": done.added,
                "rewrapped": done.rewrapped,
                "damaged": done.damaged,
                "dropped": list(done.dropped),
                **_json(seen),
            }
        )
    else:
        typer.echo(_said(done.added, seen))
        typer.echo(f"{done.rewrapped:,} sealed anew, {len(done.dropped)} keys dropped")
        _show(seen)
    if done.damaged:
        typer.echo(f"{done.damaged:,} are damaged: nobody can open them", err=True)
    if seen.in_environment and seen.others and not _old(seen):
        typer.echo(f"Nothing needs {', '.join(seen.others)} any more: take it away", err=True)
    _fail_if(bool(_old(seen)))


def _said(added: bool, seen: KeysInUse) -> str:
    if added:
        return f"A new key was added: {seen.current}"
    where = "from the environment" if seen.in_environment else "of a rotation under way"
    return f"The first key {where} seals: {seen.current}"


def _old(seen: KeysInUse) -> int:
    """Documents and authenticator apps that another key than the first one seals."""
    return sum(seen.wrapped.values()) - seen.wrapped.get(seen.current, 0)


def _show(seen: KeysInUse) -> None:
    rows = [(seen.current, "seals and opens", f"{seen.wrapped.get(seen.current, 0):,}")]
    rows += [(name, "opens", f"{seen.wrapped.get(name, 0):,}") for name in seen.others]
    rows += [(name, "MISSING", f"{number:,}") for name, number in seen.missing.items()]
    show_table(("key", "what it does", "sealed"), rows)


def _json(seen: KeysInUse) -> dict[str, Any]:
    return {
        "current": seen.current,
        "others": list(seen.others),
        "sealed_by_key": dict(seen.wrapped),
        "missing": dict(seen.missing),
        "in_environment": seen.in_environment,
    }


def _fail_if(is_wrong: bool) -> None:
    if is_wrong:
        raise typer.Exit(ExitCode.REFUSED)
