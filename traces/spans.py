"""Making spans of work that is done, and sending them.

The provider is ours alone. Prefect, too, makes spans where a global one is set, and it names
runs and their parameters.
"""

import os
from contextvars import ContextVar
from functools import cache
from hashlib import sha256
from uuid import UUID

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import IdGenerator, RandomIdGenerator
from opentelemetry.sdk.trace.sampling import Decision
from opentelemetry.trace import (
    NonRecordingSpan,
    Span,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    set_span_in_context,
)

from traces.work import WorkDone

#: The numbers of the trace and the span that is to be made now; None for random ones.
_given: ContextVar[tuple[int, int] | None] = ContextVar("given", default=None)


def tell(done: WorkDone, *, ended_at: int) -> None:
    """Make a span for each request that the work was about; instants in nanoseconds.

    It waits for nobody: a thread sends them, and drops what nobody takes.
    """
    if not done.requests:
        return
    said = done.said | {"mumaris.requests": len(done.requests)}
    if done.fault is not None:
        said["error.type"] = done.fault
    for request_id in done.requests:
        span = _span_of(request_id, done, said)
        if done.fault is not None:
            span.set_status(Status(StatusCode.ERROR))
        span.end(ended_at)


def _span_of(request_id: UUID, done: WorkDone, said: dict[str, str | int]) -> Span:
    numbers = _numbers_of(request_id)
    is_first = request_id in done.begun
    before = _given.set(numbers if is_first else None)
    try:
        return (
            provider()
            .get_tracer("mumaris")
            .start_span(
                done.name,
                Context() if is_first else _below(*numbers, done.name),
                SpanKind[done.side.name],
                said | {"mumaris.request": str(request_id)},
                start_time=done.began_at,
            )
        )
    finally:
        _given.reset(before)


def _numbers_of(request_id: UUID) -> tuple[int, int]:
    """Of its trace, and of the first span there.

    Not the id itself: samplers take the second half of a trace's number for random, and some bits
    there of a UUID are fixed.
    """
    digest = sha256(b"trace" + request_id.bytes).digest()
    return int.from_bytes(digest[:16]), int.from_bytes(digest[16:24])


def _below(trace_id: int, span_id: int, name: str) -> Context:
    """Under the trace's first span, which is kept or left out by the same rule wherever it was."""
    decision = provider().sampler.should_sample(None, trace_id, name).decision
    is_kept = decision is not Decision.DROP
    flags = TraceFlags(TraceFlags.SAMPLED if is_kept else TraceFlags.DEFAULT)
    parent = SpanContext(trace_id, span_id, is_remote=True, trace_flags=flags)
    return set_span_in_context(NonRecordingSpan(parent), Context())


class _Numbers(IdGenerator):
    """Random, but where they are given."""

    _random = RandomIdGenerator()

    def generate_trace_id(self) -> int:
        """Of a trace."""
        given = _given.get()
        return self._random.generate_trace_id() if given is None else given[0]

    def generate_span_id(self) -> int:
        """Of a span."""
        given = _given.get()
        return self._random.generate_span_id() if given is None else given[1]


@cache
def provider() -> TracerProvider:
    """Of this process, made for its first span: it reads OpenTelemetry's own environment."""
    named = {} if os.environ.get("OTEL_SERVICE_NAME") else {"service.name": "mumaris"}
    made = TracerProvider(resource=Resource.create(named), id_generator=_Numbers())
    made.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return made
