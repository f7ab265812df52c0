"""What `mumaris policy` does; imported when it runs."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from cli.running import run
from cli.show.output import print_json
from cli.show.policies import compared_json, show_compared, show_keys
from desk.comparing.policies import ComparedPolicies, compare_policies, count_to_compare
from desk.policy import policy_file, stated_policy
from rules.policy.assumed import assumed_in
from rules.policy.keys import StatedPolicy, changed_keys, keys_of


def check(file: Path, *, as_json: bool) -> None:
    """Say that the file can be put in force; raises `PolicyInvalid` with all that is wrong."""
    stated = stated_policy(file)
    keys, assumed = len(keys_of(stated.policy)), len(assumed_in(stated.text))
    if as_json:
        print_json({"file": str(file), "keys": keys, "assumed_lines": assumed})
        return
    typer.echo(f"{file} can be put in force: {keys} keys.")
    typer.echo(f"{assumed} of its lines say that a value is assumed.")


def compare(file: Path, *, days: int, examples: int, as_json: bool) -> None:
    """Print what the file would change; raises `PolicyInvalid`.

    Where no value differs there is nothing to look at, and no database is asked.
    """
    in_force, proposed = stated_policy(policy_file()), stated_policy(file)
    keys = changed_keys(in_force, proposed)
    is_same = in_force.policy == proposed.policy
    found = None if is_same else run(lambda: _compared(in_force, proposed, days, examples))
    if as_json:
        files = {"file": str(file), "in_force": str(policy_file())}
        print_json({**files, **compared_json(keys, found, days=days)})
        return
    typer.echo(f"{file}, compared with {policy_file()}, which is in force")
    show_keys(keys)
    if found is None:
        typer.echo()
        typer.echo("No value differs: nothing would change.")
    else:
        show_compared(found, days=days)


async def _compared(
    in_force: StatedPolicy, proposed: StatedPolicy, days: int, examples: int
) -> ComparedPolicies:
    with _progress(await count_to_compare(days)) as step:
        return await compare_policies(
            in_force.policy, proposed.policy, days=days, examples=examples, step=step
        )


@contextmanager
def _progress(number: int) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal, on stderr; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    with typer.progressbar(length=number, label="comparing", file=sys.stderr) as bar:
        yield bar.update
