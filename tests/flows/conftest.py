"""Flows on the session's Prefect server, with no deployment."""

import gc
from collections.abc import Iterator

import pytest
from prefect.events.worker import EventsWorker
from prefect.settings import PREFECT_API_URL, temporary_settings

from stack.prefect_server import PrefectServer


@pytest.fixture
def prefect_api(prefect_server: PrefectServer) -> Iterator[None]:
    """Prefect's client talks to the session's server."""
    with temporary_settings({PREFECT_API_URL: prefect_server.api_url}):
        yield
        EventsWorker.drain_all()
        gc.collect()  # in this test's time: see its mark
