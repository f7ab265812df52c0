"""Documents over HTTP: how fast one is sent, ready and shown, and in how much memory.

A part of `benchmarks.documents`.
"""

import http.client
import json
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from itertools import count
from pathlib import Path
from socket import create_connection

import pikepdf
from rich.table import Table

from benchmarks.document_server import BARE_FOLDER, SERVERS
from benchmarks.memory import forget_peak, peak_mib
from benchmarks.people import register_owners
from benchmarks.timing import p95, seconds_of
from documents.keys import new_master_key
from models.migrate import migrate
from stack.local import ROOT
from stack.ports import HOST, free_port, listens
from stack.postgres import EmbeddedPostgres
from stack.processes import Child

_REPORT = ROOT / "examples" / "documents" / "medical-report.pdf"
_MIB = 2**20
_BOUNDARY = "benchmark"
_ROUNDS, _DOCUMENTS, _AT_ONCE, _LOOKS, _CROWD = 20, 40, 4, 200, 20
_READY_SECONDS = 60


@dataclass(frozen=True)
class _Server:
    child: Child
    port: int


class _Sender:
    """Sends forms, each in the name of the next practitioner: one may send so many a day."""

    def __init__(self, owners: Sequence[str]) -> None:
        self._owners = owners
        self._next = count()

    def send(self, server: _Server, path: str, form: bytes) -> tuple[int, bytes, str]:
        """The answer's status and body, and who sent it; over a connection of its own."""
        owner = self._owners[next(self._next) % len(self._owners)]
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nX-Owner: {owner}\r\nConnection: close\r\n"
            f"Content-Type: multipart/form-data; boundary={_BOUNDARY}\r\n"
            f"Content-Length: {len(form)}\r\n\r\n"
        )
        with create_connection((HOST, server.port)) as connection:
            connection.sendall(head.encode())
            connection.sendall(form)
            answer = http.client.HTTPResponse(connection)
            answer.begin()
            return answer.status, answer.read(), owner


def measure_http(table: Table) -> None:
    """All of it, on a PostgreSQL of its own."""
    with tempfile.TemporaryDirectory(prefix="mumaris-benchmark-") as name, ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o711)
        stack.enter_context(_environment(folder))
        postgres = stack.enter_context(EmbeddedPostgres(folder / "postgres"))
        postgres.create_database("mumaris")
        os.environ["DATABASE_URL"] = postgres.url("mumaris")
        migrate()
        sender = _Sender(register_owners(50))
        servers = {kind: stack.enter_context(_serving(kind, folder)) for kind in SERVERS}
        _measure_sending(servers, sender, table)
        _measure_ready(servers["ours"], sender, table)
        _measure_memory(servers["keeping"], sender, table)
        _measure_crowd(servers["ours"], sender, table)


def _measure_sending(servers: dict[str, _Server], sender: _Sender, table: Table) -> None:
    """10 MiB sent and kept, and the same bytes written by the bare framework, in turn."""
    form = _form(_sized(10))
    sides = (
        (servers["keeping"], "/documents"),
        (servers["bare"], "/form"),
        (servers["bare"], "/body"),
    )
    taken: list[list[float]] = [[], [], []]
    for _ in range(_ROUNDS):
        for (server, path), seconds in zip(sides, taken, strict=True):
            seconds.append(seconds_of(partial(_sent, sender, server, path, form)))
    ours, by_form, by_body = (10 / statistics.median(each) for each in taken)
    table.add_row(
        "10 MiB over HTTP: sealed, on the disk, its row",
        f"{ours:.0f} MiB/s",
        f"{by_form:.0f} MiB/s: FastAPI's UploadFile, written and synced",
        f"{ours / by_form:.2f} ×",
    )
    table.add_row("", "", f"{by_body:.0f} MiB/s: the body as it comes", f"{ours / by_body:.2f} ×")


def _measure_ready(server: _Server, sender: _Sender, table: Table) -> None:
    """A PDF of three pages sent until it is ready, and then its first page."""
    form = _form(_REPORT.read_bytes())

    def ready() -> tuple[float, str, str]:
        begun = time.perf_counter()
        status, body, owner = sender.send(server, "/documents", form)
        taken = time.perf_counter() - begun
        told = json.loads(body)
        if (status, told["state"]) != (201, "ready"):
            raise TypeError(told)
        return taken, told["id"], owner

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        done = list(pool.map(lambda _: ready(), range(_DOCUMENTS)))
    table.add_row(
        f"3 pages sent and ready over HTTP, {_AT_ONCE} at once, p95",
        f"{p95([seconds for seconds, _, _ in done]):.2f} s",
        "",
        "",
    )
    _measure_page(server, done[0][1], done[0][2], table)


def _measure_page(server: _Server, document: str, owner: str, table: Table) -> None:
    """A page's picture, over one connection, as a browser has it."""
    with closing(http.client.HTTPConnection(HOST, server.port)) as connection:

        def look() -> None:
            connection.request("GET", f"/documents/{document}/pages/1", headers={"X-Owner": owner})
            answer = connection.getresponse()
            if not answer.read().startswith(b"\xff\xd8"):
                raise TypeError(answer.status)

        taken = [seconds_of(look) for _ in range(_LOOKS)]
    table.add_row("a page's picture over HTTP, p95", f"{p95(taken) * 1000:.1f} ms", "", "")


def _measure_memory(server: _Server, sender: _Sender, table: Table) -> None:
    """The most that the server held for a small file, and for a large one."""
    small, large = (_peak(server, sender, _form(_sized(mib)), 1) for mib in (1, 10))
    table.add_row("memory of the server: 10 MiB", f"{large:.0f} MiB", f"{small:.0f} MiB: 1 MiB", "")


def _measure_crowd(server: _Server, sender: _Sender, table: Table) -> None:
    """Twenty large files at once, each drawn; and what a child held that drew one of them."""
    form = _form(_noisy_pdf(10))
    with _largest_child(server.child.pid) as child:
        peak = _peak(server, sender, form, _CROWD)
    table.add_row(
        f"memory of the server: {_CROWD} × 10 MiB at once",
        f"{peak:.0f} MiB",
        f"{max(child):.0f} MiB: a child that draws one of them",
        "",
    )


def _peak(server: _Server, sender: _Sender, form: bytes, at_once: int) -> float:
    forget_peak(server.child.pid)
    with ThreadPoolExecutor(at_once) as pool:
        sent = [pool.submit(_sent, sender, server, "/documents", form) for _ in range(at_once)]
    for each in sent:
        each.result()
    return peak_mib(server.child.pid)


@contextmanager
def _largest_child(parent: int) -> Iterator[list[float]]:
    """What the largest of its children held, as far as looking every few milliseconds tells."""
    seen, done = [0.0], threading.Event()

    def look() -> None:
        children = Path(f"/proc/{parent}/task/{parent}/children")
        while not done.wait(0.005):
            for child in children.read_text(encoding="ascii").split():
                with suppress(OSError, IndexError, ValueError):  # it has ended meanwhile
                    # Until it runs a program of its own it holds what its parent holds.
                    if b"documents.rendering" in Path(f"/proc/{child}/cmdline").read_bytes():
                        seen[0] = max(seen[0], peak_mib(child))

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield seen
    finally:
        done.set()
        looking.join()


def _noisy_pdf(mib: int) -> bytes:
    """A page, and noise that nothing can make smaller."""
    out = BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.Root.Noise = pdf.make_stream(os.urandom(mib * _MIB - 4096))
        pdf.save(out, compress_streams=False)
    return out.getvalue()


def _sent(sender: _Sender, server: _Server, path: str, form: bytes) -> None:
    status, body, _ = sender.send(server, path, form)
    if status not in {200, 201}:
        raise TypeError(body)


def _sized(mib: int) -> bytes:
    """So many MiB that begin as a PDF does."""
    return b"%PDF-1.7\n".ljust(mib * _MIB, b"\0")


def _form(content: bytes) -> bytes:
    """As a browser sends it."""
    mark, says = f"--{_BOUNDARY}", "Content-Disposition: form-data;"
    kind = f'{mark}\r\n{says} name="kind"\r\n\r\nmedical_report\r\n'
    file = f'{mark}\r\n{says} name="document"; filename="a.pdf"\r\n\r\n'
    return (kind + file).encode() + content + f"\r\n{mark}--\r\n".encode()


@contextmanager
def _serving(kind: str, folder: Path) -> Iterator[_Server]:
    port = free_port(0)
    command = [sys.executable, "-m", "benchmarks.document_server", kind, f"{port}"]
    child = Child(kind, command, log=folder / f"{kind}.log", cwd=ROOT)
    child.start()
    try:
        child.wait_until_ready(lambda: listens(port), within=_READY_SECONDS)
        yield _Server(child, port)
    finally:
        child.stop()


@contextmanager
def _environment(folder: Path) -> Iterator[None]:
    """Where the servers keep what they are sent."""
    bare = folder / "bare"
    bare.mkdir()
    before = dict(os.environ)
    os.environ |= {
        "MUMARIS_DOCUMENTS": (folder / "documents").as_uri(),
        "MUMARIS_DOCUMENT_KEYS": new_master_key(),
        BARE_FOLDER: str(bare),
    }
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
