"""`mumaris caretaker`: the sweep as a process of its own, where only Prefect's workers run."""

import asyncio
from typing import Annotated

import typer

from cli.errors import Unreachable

#: Seconds that a pass under way gets to end; below the 10 s after which containers are killed.
GRACE_SECONDS = 8.0


def caretaker(
    *,
    every: Annotated[
        float | None,
        typer.Option(
            help="Seconds between two passes; a change starts one at once. Default: "
            "MUMARIS_CARETAKER_SECONDS, else 5.",
            min=0.1,
        ),
    ] = None,
) -> None:
    """Do the house-keeping where our own worker does not run.

    It creates, wakes and repairs runs, sends e-mails, checks documents and carries files of
    submissions until Ctrl-C or SIGTERM. Our own worker does this by itself; an installation where
    only Prefect's workers run needs one.
    Running several, or one beside our worker, is safe: nothing is done twice.

    Example: mumaris caretaker --every 5
    """
    from cli.running import use_database

    use_database()
    # Not before: Prefect reads its address from the environment when it is imported.
    from prefect.settings import get_current_settings

    from worker.settings import WorkerSettings

    if get_current_settings().api.url is None:  # Prefect would start a server of its own
        raise Unreachable("no Prefect server is named: set PREFECT_API_URL, or run `mumaris up`")
    settings = WorkerSettings()
    asyncio.run(keep_house(settings.database_url or "", every or settings.caretaker_seconds))
    typer.echo("Stopped.")


async def keep_house(database_url: str, every: float) -> None:
    """Sweep at the start, whenever the doorbell rings, and every so many seconds, until a signal.

    The pass under way is finished first; after the grace, or at a second signal, it is cut.
    """
    import anyio

    from models.bells import DOORBELL
    from models.database import close_engine
    from worker.caretaker import Household, load_jobs
    from worker.doorbell import Doorbell
    from worker.settings import EVERY_JOB
    from worker.shutdown import Shutdown

    shutdown = Shutdown()
    keeper = Household(load_jobs(EVERY_JOB), every)
    try:
        with shutdown.on_signals():
            async with anyio.create_task_group() as loops:
                loops.start_soon(keeper.run)
                loops.start_soon(Doorbell(database_url, {DOORBELL: keeper.ring}).listen)
                typer.echo(f"Keeping house every {every:g} s and at the doorbell.")
                await shutdown.asked.wait()
                await keeper.finish(within=GRACE_SECONDS, unless=shutdown.at_once)
                loops.cancel_scope.cancel()
    finally:
        await close_engine()
