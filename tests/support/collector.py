"""A collector of traces on a socket: it keeps what it is sent."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span


class Collector(ThreadingHTTPServer):
    """Takes spans by OTLP over HTTP."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Taking)
        self.bodies: list[bytes] = []

    @property
    def endpoint(self) -> str:
        """For ``OTEL_EXPORTER_OTLP_ENDPOINT``."""
        return f"http://127.0.0.1:{self.server_port}"

    def spans(self) -> list[Span]:
        """All that came, in the order of their beginnings."""
        found = [
            span
            for body in self.bodies
            for of_process in ExportTraceServiceRequest.FromString(body).resource_spans
            for of_scope in of_process.scope_spans
            for span in of_scope.spans
        ]
        return sorted(found, key=lambda span: span.start_time_unix_nano)


class _Taking(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        """Keep the body."""
        self.server.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing: a test reads the spans."""


@contextmanager
def listening() -> Iterator[Collector]:
    """A collector that takes spans within it."""
    with Collector() as collector:
        serving = Thread(target=collector.serve_forever, daemon=True)
        serving.start()
        yield collector
        collector.shutdown()
        serving.join()


def said_of(span: Span) -> dict[str, str | int]:
    """What a span says."""
    return {each.key: each.value.string_value or each.value.int_value for each in span.attributes}
