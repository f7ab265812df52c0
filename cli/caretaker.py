"""`mumaris caretaker`: the sweep as a process of its own, where only Prefect's workers run."""
# ruff: noqa: PLC0415 - what a command needs is imported when it runs: --help must not wait

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

from cli.errors import Unreachable

if TYPE_CHECKING:
    from worker.caretaker import Job
    from worker.shutdown import Shutdown

#: Seconds that a pass under way gets to end; below the 10 s after which containers are killed.
GRACE_SECONDS = 8.0


def caretaker(
    *,
    every: Annotated[
        float | None,
        typer.Option(
            help="Seconds between two passes when nobody rings; default: "
            "MUMARIS_CARETAKER_SECONDS, else 5.",
            min=0.1,
        ),
    ] = None,
) -> None:
    """Make, wake and repair runs and send letters, until Ctrl-C or SIGTERM.

    Our own worker does this inside; an installation where only Prefect's workers run needs one
    caretaker. More of them, or one beside our worker, are safe and do nothing twice.
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

    The pass under way is finished first: cut between a mail server's reply and its stamp, it would
    send that letter again. After the grace, or at a second signal, it is cut all the same.
    """
    import anyio
    from prefect.context import AsyncClientContext

    from flows.sweep import sweep_pass
    from models.database import close_engine
    from worker.caretaker import Caretaker
    from worker.doorbell import Doorbell
    from worker.shutdown import Shutdown

    busy, shutdown = asyncio.Lock(), Shutdown()
    keeper = Caretaker(_one_at_a_time(sweep_pass, busy), every)
    try:
        # One client for all passes: making one costs 100 ms of CPU (PREFECT.md, Speed).
        async with AsyncClientContext(), anyio.create_task_group() as loops:
            with shutdown.on_signals():
                loops.start_soon(keeper.run)
                loops.start_soon(Doorbell(database_url, keeper.ring).listen)
                typer.echo(f"Keeping house every {every:g} s and at the doorbell.")
                await shutdown.asked.wait()
                await _until_idle(busy, shutdown)
                loops.cancel_scope.cancel()
    finally:
        await close_engine()


def _one_at_a_time(job: "Job", busy: asyncio.Lock) -> "Job":
    async def locked() -> None:
        async with busy:
            await job()

    return locked


async def _until_idle(busy: asyncio.Lock, shutdown: "Shutdown") -> None:
    """Return when no pass is under way and none can begin any more; or after the grace."""
    idle = asyncio.create_task(busy.acquire())
    insisted = asyncio.create_task(shutdown.at_once.wait())
    await asyncio.wait({idle, insisted}, timeout=GRACE_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    for task in (idle, insisted):
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
