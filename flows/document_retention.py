"""The end of documents: keys are destroyed, the store is emptied, certificates stay.

    destroy → empty store → report

Deployed as ``document-retention/document-retention``, every hour. The same result however many runs
were missed, doubled or killed. With ``dry_run`` it says what it would destroy, and changes nothing.
"""

from prefect import flow
from prefect.client.schemas.objects import State

from tasks.document_retention import (
    Outcome,
    destroy,
    empty_store,
    rehearse,
    report,
    report_rehearsal,
)


@flow(name="document-retention", flow_run_name="document-retention")
async def document_retention(*, dry_run: bool = False) -> State:
    """Destroy the documents whose end has come, or rehearse it.

    Ends red where one could not be destroyed, or the store not be emptied: nobody can read those
    any more, and the next run tries again.
    """
    if dry_run:
        return _ends(await report_rehearsal(await rehearse()))
    destroyed = await destroy()
    emptied = await empty_store()
    return _ends(await report(destroyed, emptied))


def _ends(outcome: Outcome) -> State:
    """Of the flow: what a task returns as a state would be the task's."""
    return outcome.state()
