"""The how-to of automations is run as it stands: an event is emitted, and the address is called."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from stack.running import RunningStack
from support.howtos import Block, blocks_of, run
from support.stack import wait_until

#: The stack is shared: another story's outage must not call an address that has gone.
TAKEN_AWAY = Block(
    language="python",
    body="from prefect.automations import Automation\n"
    "Automation.read(name='tell-operations-that-mail-is-away').delete()",
    marks=frozenset(),
)


@contextmanager
def chat() -> Iterator[tuple[str, list[bytes]]]:
    """An address of this machine, and what it was sent."""
    told: list[bytes] = []

    class Telling(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Telling)
    listening = threading.Thread(target=server.serve_forever, daemon=True)
    listening.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", told
    finally:
        server.shutdown()
        server.server_close()
        listening.join()


def test_an_automation_calls_the_address(
    running: RunningStack, repository: Path, tmp_path: Path
) -> None:
    """Made by the page's Python, tried by the page's command."""
    page = repository / "docs" / "howto" / "automate-on-an-event.md"
    blocks = [block for block in blocks_of(page) if "stack" in block.marks]
    with chat() as (address, told):
        for block in blocks:
            run(block, tmp_path, {"CHAT_ADDRESS": address})

        wait_until(lambda: bool(told), within=120)
        run(TAKEN_AWAY, tmp_path, {})

    assert [block.language for block in blocks] == ["python", "sh"]
    assert b"No e-mail leaves." in told[0]
