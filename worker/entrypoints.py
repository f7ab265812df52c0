"""From a deployment's entry point to its flow."""

import asyncio
from typing import Any

from prefect import Flow
from prefect.filesystems import LocalFileSystem
from prefect.flows import load_flow_from_entrypoint
from prefect.settings import get_current_settings

from rules.errors import Misconfigured


class NoEntrypoint(Misconfigured):
    """The run has no deployment that names a flow; nothing can be run."""


class FilePathEntrypoint(Misconfigured):
    """A deployment names its flow by file. Loading it would make a second copy of its module."""

    def __init__(self, entrypoint: str) -> None:
        super().__init__(
            f"the entry point {entrypoint!r} is a file path; this worker runs module paths only,"
            " such as 'flows.profile_update.profile_update'"
        )
        self.entrypoint = entrypoint


class FlowLibrary:
    """The flows that this worker has loaded, each once for the life of the process."""

    def __init__(self) -> None:
        self._flows: dict[str, Flow[..., Any]] = {}
        self._loading = asyncio.Lock()

    async def load(self, entrypoint: str | None) -> Flow[..., Any]:
        """The flow at this module path.

        Raises `NoEntrypoint`, `FilePathEntrypoint`, or whatever importing the module raised; a
        failure is not remembered.
        """
        if entrypoint is None:
            raise NoEntrypoint
        if ":" in entrypoint:
            raise FilePathEntrypoint(entrypoint)
        async with self._loading:
            if entrypoint not in self._flows:
                # In a thread: an import takes long enough to hold up the other runs.
                self._flows[entrypoint] = await asyncio.to_thread(_load, entrypoint)
        return self._flows[entrypoint]


def _load(entrypoint: str) -> Flow[..., Any]:
    flow: Flow[..., Any] = load_flow_from_entrypoint(entrypoint, use_placeholder_flow=False)
    return _without_result_look_up(flow)


def _without_result_look_up(flow: Flow[..., Any]) -> Flow[..., Any]:
    """The same flow; where it says nothing about results, they are not persisted.

    Prefect would ask the server for its default result storage in every run, one of the requests
    blocking the event loop. Nothing of ours depends on persisted results (docs/decisions/0002).
    """
    if flow.persist_result is not None or flow.result_storage is not None:
        return flow
    quiet = flow.with_options(persist_result=get_current_settings().results.persist_by_default)
    # Set on the object: the constructor accepts saved blocks only, and saving is a request again.
    quiet.result_storage = LocalFileSystem(
        basepath=str(get_current_settings().results.local_storage_path)
    )
    return quiet
