"""The sweep: repair what was interrupted, act on what is due.

It is not a run of its own every few seconds, which would fill Prefect's database (a run is
126-157 KB there): the worker's caretaker calls `sweep_pass` when the doorbell rings and every few
seconds, and a pass with nothing to do is four indexed queries. The flow is for operations, and an
hourly safety net where only Prefect's own workers run.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial

import httpx
from prefect import flow
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.objects import State
from prefect.states import Completed

from desk.common_clock import common_clock, common_now
from desk.documents.ending import destroy_decided, empty_store
from desk.documents.going_on import check_waiting
from desk.documents.orphans import remove_orphans
from desk.machines.carrying import carry_files, files_wait
from tasks.deadlines import act_on_deadlines, forget_newcomers, land_decisions
from tasks.last_times import note_sweep
from tasks.letter_delivery import deliver_letters
from tasks.mail_news import announce_mail
from tasks.needs import show_needs
from tasks.reminders.presence import end_lost_reminders
from tasks.runs.cancelling import heed_cancellations
from tasks.runs.lost import forget_what_went_on, see_waiting_runs
from tasks.runs.news import announce_news
from tasks.runs.sweeping import move_runs
from tasks.runs.waves.mending import mend_waves
from tasks.runs.waves.own_runs import OwnRuns
from tasks.webhooks.passes import Deliveries, deliver_webhooks, forget_old_webhooks

logger = logging.getLogger("mumaris.sweep")

#: How often, in seconds, a pass looks for due dates, cancelled runs and news.
CALM = 5.0
#: A run that is just suspending itself is looked at again after so many seconds, so many times.
LOOK_AGAIN_AFTER = 0.15
LOOKS = 10
#: How long a pass waits for its work with Prefect, in seconds; due dates wait as long at most.
PATIENCE = 2.0
#: The longest work with Prefect, in seconds; what is left over is the next pass's.
PREFECT_WITHIN = 20.0
#: How often, in seconds, webhooks and newcomers that are done with are forgotten.
HOURLY = 3600.0


class Seldom:
    """That so many seconds have passed since it was last due; at first it is."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._last: float | None = None

    def is_due(self) -> bool:
        """Whether it is; asked again, it is not."""
        now = self._clock()
        if self._last is not None and now - self._last < self._seconds:
            return False
        self._last = now
        return True


class Sweep:
    """Remembers when the calm work was done last; everything else is in the database."""

    def __init__(
        self, *, patience: float | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._patience = patience
        # The time of day may be set back, which must not halt due dates.
        self._calm = Seldom(CALM, clock)
        self._prefect_work: asyncio.Task[None] | None = None

    async def one_pass(self, now: datetime) -> None:
        """Do what is to be done at this instant. Safe to repeat and to run in two places at once.

        Due dates need only the database, so they go on while Prefect is down. What is to be done
        with Prefect and takes longer than the patience (seconds; None: for ever) goes on beside the
        next passes: Prefect's client tries one request again for a minute.
        """
        calm = self._calm.is_due()
        if self._prefect_work is None:
            self._prefect_work = asyncio.create_task(_with_prefect(now, calm=calm))
        results = await asyncio.gather(
            self._wait(self._prefect_work), _without_prefect(now, calm=calm), return_exceptions=True
        )
        for result in results:
            if isinstance(result, BaseException):
                raise result

    async def _wait(self, work: "asyncio.Task[None]") -> None:
        try:
            await asyncio.wait({work}, timeout=self._patience)
        except asyncio.CancelledError:
            work.cancel()
            raise
        if work.done():
            self._prefect_work = None
            work.result()


async def _without_prefect(now: datetime, *, calm: bool) -> None:
    begun = time.monotonic()
    await land_decisions(now=now)
    if calm:
        await act_on_deadlines(now=now)
        await note_sweep(seconds=time.monotonic() - begun)


async def _with_prefect(now: datetime, *, calm: bool) -> None:
    """Each sort of work by itself: what breaks in one of them does not keep the others waiting."""
    async with get_client() as client:
        works: list[Callable[[], Awaitable[object]]] = [partial(_move_until_settled, client, now)]
        if calm:
            works += [
                partial(mend_waves, client, now=now),
                partial(heed_cancellations, client, now=now),
                partial(announce_news, now=now),
                partial(see_waiting_runs, client, now=now),
                partial(forget_what_went_on, now=now),
                partial(announce_mail, client, now=now),
                partial(end_lost_reminders, client, now=now),
            ]
        broken: list[Exception] = []
        for work in works:
            try:
                async with asyncio.timeout(PREFECT_WITHIN):
                    await work()
            except (httpx.HTTPError, TimeoutError) as away:
                # Not reachable: the next pass finds the same work.
                logger.warning("Prefect cannot be told now (%s)", type(away).__name__)
                break
            except Exception as error:  # noqa: BLE001 - raised below, when the others had their turn
                broken.append(error)
    if broken:
        raise broken[0]


async def _move_until_settled(client: PrefectClient, now: datetime) -> None:
    for _ in range(LOOKS):
        if not await move_runs(client, now=now):
            return
        await asyncio.sleep(LOOK_AGAIN_AFTER)


_sweep = Sweep(patience=PATIENCE)
_own_runs = OwnRuns()
_webhooks = Deliveries()
_old_webhooks = Seldom(HOURLY)
_old_newcomers = Seldom(HOURLY)


async def sweep_pass() -> None:
    """One pass, now: what the worker's caretaker calls.

    By the database's clock, which is one for all machines: rows are compared with it.
    """
    now = await common_now()
    await _sweep.one_pass(now)
    if _old_newcomers.is_due():
        await forget_newcomers(now=now)


async def post_pass() -> None:
    """Send the letters that are due: what the worker's other caretaker calls.

    Apart from the sweep: nobody's decision waits for a mail server that hangs.
    """
    await deliver_letters(now=await common_now())


async def webhooks_pass() -> None:
    """Tell other systems of what has happened: what the worker's fifth caretaker calls.

    Apart from the others: nobody waits for a stranger's server that hangs, and nor does the next
    pass.
    """
    now = await common_now()
    await _webhooks.one_pass(now=now)
    if _old_webhooks.is_due():
        await forget_old_webhooks(now=now)


async def _all_webhooks() -> None:
    """The same, until each receiver has answered: the run's own senders end with it."""
    now = await common_now()
    await deliver_webhooks(now=now)
    await forget_old_webhooks(now=now)


async def documents_pass() -> None:
    """Go on with documents that were interrupted, and end those whose request is decided.

    What the worker's third caretaker calls: apart from the others, which do not wait for a scanner
    or a store that hangs.
    """
    now = await common_now()
    await _each(check_waiting(now=now), _end_decided(now), remove_orphans(now=now))


async def _end_decided(now: datetime) -> None:
    """At the doorbell, so seconds after the decision; all other ends are `document_retention`'s."""
    await destroy_decided(now)
    await empty_store(now)


async def files_pass() -> None:
    """Carry the files that other systems handed in: what the worker's sixth caretaker calls.

    Apart from the others: a file takes as long as it has rows.
    """
    if await files_wait():
        await carry_files(clock=await common_clock())


async def window_pass() -> None:
    """Show in Prefect what waves have left waiting: what the worker's fourth caretaker calls.

    Apart from the others, and as slowly as policy says: nobody waits for it.
    """
    try:
        async with get_client() as client, asyncio.timeout(PREFECT_WITHIN):
            await _own_runs.show(client, now=await common_now())
    except (httpx.HTTPError, TimeoutError) as away:
        logger.warning("Prefect's window is not brought on now (%s)", type(away).__name__)


@flow(name="sweep", flow_run_name="sweep")
async def sweep() -> State:
    """One whole pass, for operations to start by hand and for the hourly schedule.

    Its name, its state and its table say what needs a hand after it.
    """
    sweeping = Sweep().one_pass(await common_now())
    await _each(sweeping, post_pass(), documents_pass(), _all_webhooks(), files_pass())
    return Completed(message=await show_needs())


async def _each(*works: Awaitable[object]) -> None:
    """All of them, side by side; then the first error of those that broke."""
    for ended in await asyncio.gather(*works, return_exceptions=True):
        if isinstance(ended, BaseException):
            raise ended
