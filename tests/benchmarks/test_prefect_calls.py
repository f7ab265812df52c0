"""The counter before Prefect's server passes everything on, and counts it."""

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from benchmarks.whole_pipeline.prefect_calls import counted
from stack.ports import HOST

A_RUN = "0193c0de-1111-7222-8333-444455556666"


class _Echo(BaseHTTPRequestHandler):
    """Answers with what was sent; keeps the connection."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(201)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - its name
        """Say nothing."""


@pytest.fixture
def echo() -> Iterator[int]:
    with ThreadingHTTPServer((HOST, 0), _Echo) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_calls_are_counted_by_route_and_answered_as_they_are(echo: int) -> None:
    """Over one connection, with bodies of any length; ids and questions are no routes."""
    begun = time.monotonic()

    with (
        counted(echo) as log,
        httpx.Client(base_url=log.api_url, trust_env=False, timeout=60) as client,
    ):
        sent = [b"", b"short", b"long " * 50_000]
        answers = [
            client.post(f"/flow_runs/{A_RUN}/set_state?force=1", content=each) for each in sent
        ]
        client.post("/flow_runs/filter", content=b"{}")
        found = log.between(begun, time.monotonic())

    assert [answer.content for answer in answers] == sent
    assert {answer.status_code for answer in answers} == {201}
    assert found == {"POST /flow_runs/{id}/set_state": 3, "POST /flow_runs/filter": 1}


def test_only_what_came_meanwhile_is_counted(echo: int) -> None:
    """So that what an idle stack asks can be taken off."""
    with (
        counted(echo) as log,
        httpx.Client(base_url=log.api_url, trust_env=False, timeout=60) as client,
    ):
        client.post("/before", content=b"")
        since = time.monotonic()
        client.post("/work_pools/mumaris/get_scheduled_flow_runs", content=b"")
        until = time.monotonic()
        client.post("/after", content=b"")

    assert list(log.between(since, until)) == ["POST /work_pools/mumaris/get_scheduled_flow_runs"]
    assert log.last_other_than({"POST /after"}) < until
