"""Pieces of work, and what is told of them."""

from collections import Counter
from uuid import uuid4

import pytest

from support.collector import Collector, said_of
from traces import spans
from traces.work import is_traced, note_begun, note_moved, work


def test_nothing_is_told_where_no_endpoint_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """The work is done all the same."""
    monkeypatch.delenv("OTEL_EXPORTER_OTLP_ENDPOINT", raising=False)
    is_traced.cache_clear()

    with work("validate") as this:
        note_moved([uuid4()])

    assert this is None


def test_work_on_a_set_is_a_span_in_each_trace(collector: Collector) -> None:
    """And says how many it was."""
    ids = [uuid4() for _ in range(3)]

    with work("issue reference"):
        note_moved(ids)
    spans.provider().force_flush()

    told = collector.spans()
    assert {said_of(span)["mumaris.request"] for span in told} == {str(each) for each in ids}
    assert {said_of(span)["mumaris.requests"] for span in told} == {3}
    assert len({span.trace_id for span in told}) == 3


def test_work_that_moves_nothing_is_not_told(collector: Collector) -> None:
    """A page that somebody reads belongs to no request."""
    with work("GET /renewal", tried=[uuid4()]):
        pass
    spans.provider().force_flush()

    assert collector.spans() == []


def test_work_within_work_tells_of_its_own(collector: Collector) -> None:
    """The outer one goes on afterwards."""
    inner, outer = uuid4(), uuid4()

    with work("outer"):
        with work("inner"):
            note_moved([inner])
        note_moved([outer])
    spans.provider().force_flush()

    told = {span.name: said_of(span)["mumaris.request"] for span in collector.spans()}
    assert told == {"inner": str(inner), "outer": str(outer)}


def test_a_trace_is_kept_or_left_out_as_a_whole(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each process decides by the trace's number, as OpenTelemetry's samplers do."""
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "parentbased_traceidratio")
    monkeypatch.setenv("OTEL_TRACES_SAMPLER_ARG", "0.5")
    ids = [uuid4() for _ in range(64)]

    with work("submit"):
        note_begun(ids)
    spans.provider().force_flush()
    spans.provider.cache_clear()
    with work("validate"):
        note_moved(ids)
    spans.provider().force_flush()

    times = Counter(Counter(span.trace_id for span in collector.spans()).values())
    assert set(times) == {2}
    assert 0 < times[2] < len(ids)


def test_a_collector_that_is_away_stops_no_work(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What nobody takes is dropped by the thread that sends."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "0.2")

    with work("validate") as this:
        note_moved([uuid4()])
    spans.provider().force_flush()

    assert this is not None
    assert collector.spans() == []
