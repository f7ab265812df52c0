"""House-keeping beside the runs: one job, again and again."""

import importlib
import traceback
from collections.abc import Awaitable, Callable

from prefect.logging import get_logger

from rules.errors import MumarisError
from worker.bell import Bell

Job = Callable[[], Awaitable[None]]

logger = get_logger(f"mumaris.{__name__}")


class CaretakerNotFound(MumarisError):
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

    def ring(self) -> None:
        """Ask for a pass now, or for one more if one is running."""
        self._bell.ring()

    async def run(self) -> None:
        """Keep house until cancelled; a pass that is cancelled is not finished."""
        while True:
            await self._pass()
            await self._bell.wait(self._every)

    async def _pass(self) -> None:
        try:
            await self._job()
        except Exception as error:  # noqa: BLE001 - one bad pass must not end house-keeping
            logger.error(  # noqa: TRY400 - a traceback would print values
                "House-keeping failed: %s at %s", type(error).__name__, _place(error)
            )


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
