"""Every place between two effects at which a worker can be killed: the one list of them."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Boundary:
    """A function of ours, and whether the worker dies before or after its effect."""

    #: ``module:name``, as its caller looks it up; ``.task.fn`` is the function inside a step.
    target: str
    when: Literal["before", "after"]
    #: One of the arguments, where only some calls are meant.
    only: str = ""
    #: The letter that the server gets twice: it had accepted it, and the row did not say so yet.
    twice: str = ""

    @property
    def name(self) -> str:
        """How a test calls it."""
        function = (
            self.target.partition(":")[2].removesuffix(".task.fn").strip("_").replace("_", "-")
        )
        return "-".join(part for part in (self.when, function, self.only) if part)


BOUNDARIES = (
    Boundary("tasks.runs.sweeping:make_run", "before"),
    Boundary("tasks.runs.sweeping:make_run", "after"),
    Boundary("flows.journey:begin_run", "before"),
    Boundary("flows.journey:begin_run", "after"),
    Boundary("tasks.steps.validation:validate.task.fn", "before"),
    Boundary("tasks.steps.validation:validate.task.fn", "after"),
    Boundary("flows.journey:show_progress", "before"),
    Boundary("tasks.runs.progress:_mark_announced", "before"),
    Boundary("flows.journey:note_wait", "before", only="review-round1"),
    Boundary("flows.journey:note_wait", "after", only="review-round1"),
    Boundary("flows.journey:suspend", "after"),
    Boundary("tasks.runs.sweeping:wake_run", "before"),
    Boundary("tasks.runs.sweeping:wake_run", "after"),
    Boundary("tasks.steps.reference:issue_reference.task.fn", "before"),
    Boundary("tasks.steps.reference:next_numbers", "after"),
    Boundary("tasks.steps.reference:issue_reference.task.fn", "after"),
    Boundary("tasks.steps.activation_email:send_activation_email.task.fn", "before"),
    Boundary("tasks.steps.activation_email:mail_links", "after"),
    Boundary("tasks.steps.step:send_owed", "before"),
    Boundary("tasks.sending.post:deliver", "before", only="activation"),
    Boundary("tasks.sending.post:deliver", "after", only="activation", twice="activation"),
    Boundary("tasks.sending.sender:write_down", "before", twice="received"),
    Boundary("tasks.sending.sender:write_down", "after"),
    Boundary("flows.journey:note_wait", "before", only="activation"),
    Boundary("flows.journey:note_wait", "after", only="activation"),
    Boundary("tasks.steps.in_force:confirm_in_force.task.fn", "before"),
    Boundary("tasks.steps.in_force:confirm_in_force.task.fn", "after"),
    Boundary("flows.journey:end_run", "before"),
    Boundary("flows.journey:end_run", "after"),
    Boundary("tasks.runs.sweeping:show_stage", "before"),
    Boundary("tasks.runs.sweeping:show_stage", "after"),
)
