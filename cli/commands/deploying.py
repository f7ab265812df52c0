"""`mumaris deploy`: what Prefect must know before the first run."""

from typing import Annotated

import typer

#: As `stack.local` names it; importing that would slow `--help` down.
_OURS = "mumaris-inprocess"


def deploy(
    *,
    pool_type: Annotated[
        str, typer.Option("--type", help="The type of the pool, where it is not there yet.")
    ] = _OURS,
) -> None:
    """Make Prefect's work pool and the deployments of this version.

    The server is the one of PREFECT_API_URL. It is safe to repeat, also while the system runs, and
    asks nothing; a pool that is there, and paused, stays so. Say it again after each upgrade. With
    --type process, Prefect's own workers run the same deployments, a process for each run.

    Example: PREFECT_API_URL=https://prefect.example.org/api mumaris deploy
    """
    from cli.work import deploying as work
    from stack.running import use_running_stack

    use_running_stack()
    work.deploy(pool_type=pool_type, say=typer.echo)
