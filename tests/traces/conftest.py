"""Traces that are sent to a collector of the test's."""

from collections.abc import Iterator

import pytest

from support.collector import Collector, listening
from traces import spans, work


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    """Where this process sends its spans for the time of the test."""
    with listening() as collector:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint)
        _forget()
        yield collector
        spans.provider().shutdown()
    _forget()


def _forget() -> None:
    work.is_traced.cache_clear()
    spans.provider.cache_clear()
