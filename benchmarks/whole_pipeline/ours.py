"""Our stack as it is shipped, but for where the worker's e-mails and calls to Prefect go."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from benchmarks.sides import home_folder, our_worker
from benchmarks.whole_pipeline.engine import Bell, Running
from benchmarks.whole_pipeline.post import post
from benchmarks.whole_pipeline.prefect_calls import CallLog, counted
from stack.local import Ports
from stack.ports import free_port

NAME = "ours"


@contextmanager
def ours(progress: Callable[[str], None]) -> Iterator[Running]:
    """The stack of `mumaris up`; this process finds its database."""
    with (
        home_folder() as folder,
        post(folder) as mail,
        our_worker(progress, worker_has=mail.environment()),
    ):
        yield Running(NAME, Bell(), mail)


@contextmanager
def ours_counted(progress: Callable[[str], None]) -> Iterator[tuple[Running, CallLog]]:
    """The same, and every call of the worker to Prefect passes by whoever counts them.

    Nobody else in the stack calls Prefect: neither the portal nor who submits or decides.
    """
    prefect = free_port(0)
    with (
        home_folder() as folder,
        post(folder) as mail,
        counted(prefect) as log,
        our_worker(
            progress,
            ports=Ports(prefect=prefect, portal=0, mail=0, smtp=0),
            worker_has={**mail.environment(), "PREFECT_API_URL": log.api_url},
        ),
    ):
        yield Running(NAME, Bell(), mail), log
