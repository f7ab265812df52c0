"""What needs a hand as this process sees it, beside what the database tells."""

from collections.abc import Iterator

from cli.work.documents.store import DocumentsSeen
from cli.work.prefect_look import PrefectSeen
from desk.operations.needs import Need, NeedCode, in_order, needs_of
from desk.operations.overview import Overview
from stack.local import POOL, POOL_TYPE

_START_WORKER = f"prefect worker start --pool {POOL} --type {POOL_TYPE}"


def all_needs(seen: Overview, prefect: PrefectSeen, documents: DocumentsSeen) -> list[Need]:
    """All of them, what stops everything first."""
    return in_order([*_of_this_process(prefect, documents), *needs_of(seen)])


def _of_this_process(prefect: PrefectSeen, documents: DocumentsSeen) -> Iterator[Need]:
    if prefect.trouble:
        message = f"Prefect cannot be used: {prefect.trouble}."
        yield Need(NeedCode.PREFECT_UNUSABLE, message)
    if prefect.workers_online == 0:
        message = "No worker is online: no request moves."
        yield Need(NeedCode.NO_WORKER, message, _START_WORKER)
    if documents.trouble:
        message = f"No document can be read or kept: {documents.trouble}."
        yield Need(NeedCode.DOCUMENTS_UNUSABLE, message)
