"""House-keeping beside the runs: one job, again and again."""

import asyncio
import importlib
import traceback
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from prefect.logging import get_logger

from rules.errors import Misconfigured
from worker.bell import Bell

Job = Callable[[], Awaitable[None]]

logger = get_logger(f"mumaris.{__name__}")


class CaretakerNotFound(Misconfigured):
    """The house-keeping job that the environment names cannot be loaded."""

    def __init__(self, path: str, cause: str) -> None:
        super().__init__(f"MUMARIS_CARETAKER names {path!r}, which cannot be loaded: {cause}")
        self.path = path


class Caretaker:
    """Runs the job at the start, whenever it is rung, and every so many seconds.

    Never two at once: a ring during a pass causes one more pass. A pass that fails is logged by its
    error's type and place (its message may name a person), and the next one goes on.
    """

    def __init__(self, job: Job, every: float) -> None:
        self._job = job
        self._every = every
        self._bell = Bell()
        self._busy = asyncio.Lock()

    def ring(self) -> None:
        """Ask for a pass now, or for one more if one is running."""
        self._bell.ring()

    async def run(self) -> None:
        """Keep house until cancelled; a pass that is cancelled is not finished: see `finish`."""
        while True:
            await self._pass()
            await self._bell.wait(self._every)

    async def finish(self, *, within: float, unless: asyncio.Event) -> None:
        """Let the pass under way end, and no other begin; then `run` may be cancelled.

        Cut between a mail server's reply and its stamp, a pass would send that letter again. It is
        cut all the same after so many seconds, or when the event says that there is no time.
        """
        idle = asyncio.create_task(self._busy.acquire())
        hurried = asyncio.create_task(unless.wait())
        await asyncio.wait({idle, hurried}, timeout=within, return_when=asyncio.FIRST_COMPLETED)
        for task in (idle, hurried):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _pass(self) -> None:
        async with self._busy:
            await self._keep_house()

    async def _keep_house(self) -> None:
        try:
            await self._job()
        except Exception as error:  # noqa: BLE001 - one bad pass must not end house-keeping
            logger.error(  # noqa: TRY400 - a traceback would print values
                "House-keeping failed: %s at %s", type(error).__name__, _place(error)
            )


class Household:
    """Several jobs, each kept by a caretaker of its own: one that takes long holds up no other."""

    def __init__(self, jobs: Sequence[Job], every: float) -> None:
        self._caretakers = [Caretaker(job, every) for job in jobs]

    def ring(self) -> None:
        """Ask each for a pass now."""
        for caretaker in self._caretakers:
            caretaker.ring()

    async def run(self) -> None:
        """Keep house until cancelled."""
        await asyncio.gather(*(caretaker.run() for caretaker in self._caretakers))

    async def finish(self, *, within: float, unless: asyncio.Event) -> None:
        """Let the passes under way end: see `Caretaker.finish`."""
        ends = (caretaker.finish(within=within, unless=unless) for caretaker in self._caretakers)
        await asyncio.gather(*ends)


def load_jobs(paths: str) -> list[Job]:
    """The functions that a list of ``module:function`` names; raises `CaretakerNotFound`."""
    return [load_job(path.strip()) for path in paths.split(",")]


def load_job(path: str) -> Job:
    """The function that ``module:function`` names; raises `CaretakerNotFound`."""
    module_name, _, name = path.partition(":")
    try:
        job: Job = getattr(importlib.import_module(module_name), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise CaretakerNotFound(path, str(error)) from error
    return job


def _place(error: BaseException) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{frame.filename}:{frame.lineno}"
