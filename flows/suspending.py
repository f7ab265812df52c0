"""How a run suspends itself, and says on its state what it waits for."""

from uuid import UUID

from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State
from prefect.exceptions import Pause
from prefect.flow_runs import asuspend_flow_run
from prefect.states import Suspended
from prefect.utilities.engine import propose_state

from flows.review_form import ReviewDecision


async def suspend(
    flow_run_id: UUID, *, key: str, form: type[ReviewDecision] | None = None, said: str = ""
) -> None:
    """Leave the run's body by `prefect.exceptions.Pause` until somebody wakes the run.

    ``said`` is the state's message in Prefect; a form has a description of its own. The key is
    never used twice: Prefect keeps a key's answer for ever (PREFECT.md).
    Raises Prefect's `Abort` where the run was ended meanwhile.
    """
    if form is not None:
        await asuspend_flow_run(wait_for_input=form, key=key, timeout=None)
        return
    plain = said.replace("**", "") or None  # a message is shown as it stands
    asked: State[None] = Suspended(timeout_seconds=None, pause_key=key, message=plain)
    async with get_client() as client:
        state = await propose_state(client, asked, flow_run_id=flow_run_id)
    if not state.is_paused():
        raise RuntimeError(f"the run cannot suspend itself: it is {state.name}")
    raise Pause(state=state)
