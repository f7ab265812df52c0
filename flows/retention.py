"""What is not kept any longer is removed, with a certificate for each chunk.

    remove → show

Deployed as ``retention/retention``, every night. The same result however many runs were missed,
doubled or killed. With ``rehearsal`` it says what it would remove, and changes nothing.
"""

from prefect import flow
from prefect.client.schemas.objects import State

from tasks.retention import rehearse, remove, show, show_rehearsal


@flow(name="retention", flow_run_name="retention")
async def retention(*, rehearsal: bool = False) -> State:
    """Remove what is older than policy keeps it, or rehearse it.

    Ends red where some of a subject could not be removed; the next run tries again.
    """
    if rehearsal:
        return await show_rehearsal(await rehearse())
    return await show(await remove())
