"""What `mumaris policy` does; imported when it runs."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import typer

from cli.show.output import print_json, show_table
from desk.policy import policy_file, stated_policy
from rules.policy.assumed import assumed_in
from rules.policy.keys import KeyChange, Value, changed_keys, keys_of


def check(file: Path, *, as_json: bool) -> None:
    """Say that the file can be put in force; raises `PolicyInvalid` with all that is wrong."""
    stated = stated_policy(file)
    keys, assumed = len(keys_of(stated.policy)), len(assumed_in(stated.text))
    if as_json:
        print_json({"file": str(file), "keys": keys, "assumed_lines": assumed})
        return
    typer.echo(f"{file} can be put in force: {keys} keys.")
    typer.echo(f"{assumed} of its lines say that a value is assumed.")


def compare(file: Path, *, as_json: bool) -> None:
    """Print what the file would change; raises `PolicyInvalid`."""
    proposed = stated_policy(file)
    keys = changed_keys(stated_policy(policy_file()), proposed)
    if as_json:
        print_json(
            {"file": str(file), "in_force": str(policy_file()), "keys": list(map(asdict, keys))}
        )
        return
    typer.echo(f"{file}, compared with {policy_file()}, which is in force")
    typer.echo()
    _show_keys(keys)


def _show_keys(keys: Sequence[KeyChange]) -> None:
    if not keys:
        typer.echo("No key differs: nothing would change.")
        return
    titles = ("line", "key", "in force", "proposed")
    rows = [
        (
            str(each.line),
            each.key,
            _said(each.in_force, is_assumed=each.was_assumed),
            _said(each.proposed, is_assumed=each.is_assumed),
        )
        for each in keys
    ]
    show_table(titles, rows, title="Keys")


def _said(value: Value | None, *, is_assumed: bool) -> str:
    if value is None:
        return "none"
    return json.dumps(value, ensure_ascii=False) + (", assumed" if is_assumed else "")
