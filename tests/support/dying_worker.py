"""Workers that are killed (``kill -9``) exactly at a boundary: ``python -m support.dying_worker``.

The first argument names the file of its orders (JSON), the second the file for the exit codes,
where -9 is a worker that died at its boundary. Each order is a Prefect worker in a
process of its own, forked from this one so that Python and Prefect are imported once; it has eyes
for one request only, so that no other is in its hands when it dies.
"""

import asyncio
import gc
import importlib
import json
import os
import runpy
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, NoReturn
from uuid import UUID

import anyio
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.responses import WorkerFlowRunResponse
from prefect.exceptions import Pause

import tasks.letter_delivery
import tasks.runs.news
import tasks.runs.sweeping
import tasks.sending.post
import tasks.sending.sender
from mail.composing.rendering import render
from mail.preview.samples import samples
from mail.settings import MailSettings
from mail.wording.languages import Language
from worker.in_process import InProcessWorker

_AT_ONCE = 4
#: A worker that does not come to its boundary in so many seconds is ended, by another signal.
_PATIENCE_SECONDS = 240
#: The next worker does not have to wait for the dead one's letters.
_LEASE = timedelta(seconds=2)
#: Loaded before the fork: the flows as the deployments name them, and what is imported on the way.
_WARM = (
    "flows.profile_update",
    "flows.card_renewal",
    "flows.sweep",
    "graphviz",
    "prefect.cli.worker",
    "prefect.task_engine",
)


def main() -> None:
    """Carry out the orders, a few at a time."""
    warm_up()
    orders = json.loads(Path(sys.argv[1]).read_text())
    working: dict[int, str] = {}
    ends: dict[str, int] = {}
    while orders or working:
        while orders and len(working) < _AT_ONCE:
            order = orders.pop(0)
            working[_fork(order)] = order["name"]
        pid, status = os.wait()
        ends[working.pop(pid)] = os.waitstatus_to_exitcode(status)
    Path(sys.argv[2]).write_text(json.dumps(ends))


def warm_up() -> None:
    """Do once what every worker would do: import, and read the letters' templates."""
    for module in _WARM:
        importlib.import_module(module)
    anyio.run(asyncio.sleep, 0)  # finds its backend
    for sample in samples(Language.EN):
        render(sample.facts, MailSettings(portal_url="http://portal.example.org"))
    gc.freeze()  # the garbage collector would copy every page that it looks at


def _fork(order: dict[str, str]) -> int:
    pid = os.fork()
    if pid == 0:
        end_in_time(order["log"], _PATIENCE_SECONDS)
        see_only(order["tracking_code"], UUID(order["request_id"]))
        watch_letters()
        die_at(order["target"], order["when"], order["only"])
        work(order["pool"], order["name"])
    return pid


def end_in_time(log_file: str, seconds: int) -> None:
    """Write to this log, and end by another signal after so many seconds."""
    signal.alarm(seconds)
    with Path(log_file).open("wb") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)


def work(pool: str, name: str) -> NoReturn:
    """Be a worker of this pool until death comes."""
    options = ["--pool", pool, "--type", "mumaris-inprocess", "--name", name]
    sys.argv = ["prefect", "worker", "start", *options]
    try:
        runpy.run_module("prefect", run_name="__main__")
    finally:
        os._exit(70)  # it ended by itself: that is not what was ordered


def die_at(target: str, when: str, only: str) -> None:
    """Make the function kill this process before or after its effect."""
    module, _, path = target.partition(":")
    owner: Any = importlib.import_module(module)
    *outer, name = path.split(".")
    for part in outer:
        owner = getattr(owner, part)
    original = getattr(owner, name)

    async def dying(*arguments: Any, **options: Any) -> Any:
        if only and not _speak_of(only, [*arguments, *options.values()]):
            return await original(*arguments, **options)
        if when == "after":
            with suppress(Pause):  # how a suspension leaves, once it is made
                await original(*arguments, **options)
        if owner not in {tasks.sending.post, tasks.sending.sender}:
            await _no_letter_is_under_way()
        _die()

    setattr(owner, name, dying)


#: Held from a letter's sending to its stamp.
_at_the_post = asyncio.Lock()


async def _no_letter_is_under_way() -> None:
    """Let the other half of the worker stamp what it has sent: that is another boundary's fault."""
    await _at_the_post.acquire()


def watch_letters() -> None:
    """Know when a letter is between its sending and its stamp; one at a time."""
    deliver, write_down = tasks.sending.post.deliver, tasks.sending.sender.write_down

    async def deliver_watched(*arguments: Any, **options: Any) -> Any:
        await _at_the_post.acquire()
        return await deliver(*arguments, **options)

    async def write_down_watched(*arguments: Any, **options: Any) -> Any:
        counts = await write_down(*arguments, **options)
        if _at_the_post.locked():
            _at_the_post.release()
        return counts

    vars(tasks.sending.post).update(deliver=deliver_watched)
    vars(tasks.sending.sender).update(write_down=write_down_watched)


def _speak_of(only: str, values: list[Any]) -> bool:
    said = [value if isinstance(value, str) else getattr(value, "letter", None) for value in values]
    return only in said


def _die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("still alive")


def see_only(tracking_code: str, request_id: UUID) -> None:
    """Hide every other request from this worker: its runs, its letters, its due dates."""
    for module, name in (
        (tasks.runs.sweeping, "runs_to_look_at"),
        (tasks.runs.news, "requests_with_news"),
    ):
        setattr(module, name, _only(getattr(module, name), tracking_code))
    hold = tasks.letter_delivery.hold_letters

    async def hold_its_letters(*arguments: Any, **options: Any) -> Any:
        its = {"of": request_id, "lease": _LEASE}
        return await hold(*arguments, **(options | its))

    vars(tasks.letter_delivery)["hold_letters"] = hold_its_letters
    submit = InProcessWorker._submit_scheduled_flow_runs

    async def submit_its_runs(
        worker: InProcessWorker, flow_run_response: list[WorkerFlowRunResponse]
    ) -> list[FlowRun]:
        its = {"tracking_code": tracking_code}
        found = [one for one in flow_run_response if one.flow_run.parameters == its]
        return await submit(worker, flow_run_response=found)

    setattr(InProcessWorker, submit.__name__, submit_its_runs)


def _only(query: Callable[..., Any], tracking_code: str) -> Callable[..., Any]:
    async def seen(*arguments: Any, **options: Any) -> Any:
        # A batch would be filled by the others, which nobody carries meanwhile.
        found = await query(*arguments, **(options | {"limit": 1_000}))
        return [request for request in found if request.tracking_code == tracking_code]

    return seen


if __name__ == "__main__":
    main()
