"""The steps of a run that ends documents, as Prefect's tasks; each is safe to repeat.

Prefect learns how many, of which kind and by which rule: no name, no id, no digest.
"""

from dataclasses import dataclass

from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from desk.common_clock import common_now
from desk.documents import ending
from desk.documents.ending import Counted, Destroyed, Emptied
from tasks.last_times import note_document_retention
from tasks.reporting import show_report, words
from tasks.retrying import step_task

NAME = "document-retention"


@dataclass(frozen=True)
class Outcome:
    """How a run ends."""

    message: str
    name: str | None = None
    #: Something is left undone that should have been done.
    is_broken: bool = False

    def state(self) -> State:
        """As Prefect shows it."""
        if self.is_broken:
            return Failed(message=self.message)
        return Completed(name=self.name, message=self.message)


@step_task("rehearse")
async def rehearse() -> Counted:
    """Count what a run would destroy now; nothing is changed."""
    return await ending.due(await common_now())


@step_task("destroy")
async def destroy() -> Destroyed:
    """Destroy the keys of the documents whose end has come."""
    return await ending.destroy_due(await common_now())


@step_task("empty store")
async def empty_store() -> Emptied:
    """Remove what lost its key from the store."""
    return await ending.empty_store(await common_now())


@step_task("report")
async def report(done: Destroyed, emptied: Emptied) -> Outcome:
    """Note that there was a whole run, and show what it did."""
    await note_document_retention()
    destroyed = f"{done.destroyed.total():,} destroyed"
    await _show(done.destroyed, "destroyed", destroyed)
    trouble = _trouble(done, emptied)
    said = f"{destroyed}, {emptied.removed:,} removed from the store"
    return Outcome(f"{said}; {trouble}" if trouble else said, is_broken=bool(trouble))


@step_task("report")
async def report_rehearsal(counted: Counted) -> Outcome:
    """Show what a run would do."""
    would = f"{counted.total():,} would be destroyed"
    await _show(counted, "would be destroyed", f"rehearsed, {would}")
    return Outcome(f"nothing was changed: {would}", name="Rehearsed")


def table(counted: Counted, what: str) -> list[dict[str, str | int]]:
    """A line for each kind and rule."""
    return [
        {"kind": words(kind), "rule": words(rule), what: number}
        for (kind, rule), number in sorted(counted.items())
    ]


def _trouble(done: Destroyed, emptied: Emptied) -> str:
    said = []
    if done.failed:
        said.append(f"{done.failed:,} could not be destroyed: the worker's log says why")
    if emptied.left:
        said.append(
            f"the store may still hold {emptied.left:,}, which nobody can open any more: "
            "the next run tries again"
        )
    return "; ".join(said)


async def _show(counted: Counted, what: str, figures: str) -> None:
    await show_report(
        table(counted, what) or [{"kind": "nothing was due"}],
        name=NAME,
        description="Documents by kind, and the rule that ends them",
        figures=figures,
    )
