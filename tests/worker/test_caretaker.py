"""House-keeping beside the runs."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from flows.sweep import (
    documents_pass,
    files_pass,
    post_pass,
    sweep_pass,
    webhooks_pass,
    window_pass,
)
from support.worker_flows import keep_house
from worker.caretaker import (
    Caretaker,
    CaretakerNotFound,
    Household,
    load_job,
    load_jobs,
)
from worker.settings import WorkerSettings


class House:
    """A job that counts its passes and can be held in the middle of one."""

    def __init__(self) -> None:
        self.passes = 0
        self.inside = 0
        self.most_inside = 0
        self.began = asyncio.Event()
        self.go_on = asyncio.Event()

    async def keep(self) -> None:
        """One pass."""
        self.passes += 1
        self.inside += 1
        self.most_inside = max(self.most_inside, self.inside)
        self.began.set()
        await self.go_on.wait()
        self.inside -= 1


async def test_rings_during_a_pass_cause_exactly_one_more() -> None:
    """And never two at once."""
    house = House()
    caretaker = Caretaker(house.keep, every=600)
    async with _at_work(caretaker):
        await house.began.wait()
        caretaker.ring()
        caretaker.ring()
        house.began.clear()
        house.go_on.set()
        await house.began.wait()
        await asyncio.sleep(0.05)

    assert (house.passes, house.most_inside) == (2, 1)


async def test_a_pass_that_fails_is_told_without_its_message_and_the_next_goes_on(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A message may name a person; the type and the place do not."""
    monkeypatch.setattr(logging.getLogger("prefect"), "propagate", True)
    again = asyncio.Event()
    failed: list[str] = []

    async def job() -> None:
        if failed:
            again.set()
            return
        failed.append("once")
        raise LookupError("Amal, 1000000008")

    async with _at_work(Caretaker(job, every=0.01)):
        await again.wait()

    assert "LookupError at " in caplog.text
    assert "test_caretaker.py" in caplog.text
    assert "Amal" not in caplog.text


@pytest.mark.parametrize("path", ["no_such_module:job", "worker.bell:no_such_job", "", ":x"])
def test_a_job_that_cannot_be_loaded_is_named(path: str) -> None:
    """So that a wrong setting is found at the start."""
    with pytest.raises(CaretakerNotFound, match="MUMARIS_CARETAKER"):
        load_job(path)


def test_a_job_is_loaded_by_its_path() -> None:
    """``module:function``."""
    assert load_job("support.worker_flows:keep_house") is keep_house


@asynccontextmanager
async def _at_work(caretaker: Caretaker) -> AsyncIterator[None]:
    task = asyncio.create_task(caretaker.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


async def test_of_several_jobs_none_waits_for_another() -> None:
    """One hangs; the other goes on, and both hear the bell."""
    hanging, quick = House(), House()
    quick.go_on.set()
    household = Household([hanging.keep, quick.keep], every=600)
    task = asyncio.create_task(household.run())
    while quick.passes < 3:
        household.ring()
        await asyncio.sleep(0)
    passes = hanging.passes
    hanging.go_on.set()
    await household.finish(within=5, unless=asyncio.Event())
    task.cancel()

    assert passes == 1


def test_several_jobs_are_named_with_commas() -> None:
    """As MUMARIS_CARETAKER has them."""
    name = "support.worker_flows:keep_house"
    assert load_jobs(f"{name}, {name}") == [keep_house, keep_house]


def test_a_worker_keeps_house_as_the_caretaker_does() -> None:
    """What is due is done, e-mails are sent, and documents go on and end."""
    jobs = load_jobs(WorkerSettings().caretaker)

    assert jobs == [sweep_pass, post_pass, documents_pass, window_pass, webhooks_pass, files_pass]
