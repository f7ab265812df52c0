"""What an installation that lacks nothing stands on, each part made to be broken by a test."""

import asyncio
import contextlib
import json
import struct
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from typing import Any, cast

import dns.message
import dns.rcode
import dns.resolver
import dns.rrset
import psycopg
import pytest
import yaml
from psycopg.conninfo import conninfo_to_dict

from stack.local import POOL, POOL_TYPE, ROOT
from support.shell import mumaris

PASSWORD = "operations:secret"
DOMAIN = "example.org"
#: As whom the tests' doctor works: a role that may do what is ours to do, and nothing else.
ROLE = "mumaris_doctor"


async def found(*arguments: str, exit_code: int) -> dict[str, bool]:
    """What is found, and whether it stops, besides what policy assumes."""
    findings = await findings_of(*arguments, exit_code=exit_code)
    stops = {code: finding["stops"] for code, finding in findings.items()}
    assert stops.pop("assumed") is False
    return stops


async def findings_of(*arguments: str, exit_code: int) -> dict[str, Any]:
    """All findings by their codes."""
    answer = await mumaris("doctor", "--json", *arguments)
    assert answer.exit_code == exit_code, answer.output
    return {each["code"]: each for each in json.loads(answer.stdout)["findings"]}


class Prefect:
    """Prefect's API, as far as it is asked, with a password and one worker."""

    def __init__(self) -> None:
        self.asks_for_password = True
        wanted = yaml.safe_load((ROOT / "prefect.yaml").read_text())["deployments"]
        self.deployments: list[dict[str, Any]] = [_as_made(each) for each in wanted]
        self.vacuum: list[str] | None = ["events", "flow_runs"]
        self.workers: list[dict[str, Any]] = [{"status": "ONLINE"}]
        self.pools = [{"name": POOL, "type": POOL_TYPE, "is_paused": False}]
        self.version = version("prefect")

    def answer(self, path: str) -> Any:
        """What is asked for, by its path."""
        return {
            "/api/flows/filter": [],
            "/api/deployments/filter": self.deployments,
            "/api/work_pools/filter": self.pools,
            f"/api/work_pools/{POOL}/workers/filter": self.workers,
            "/api/admin/version": self.version,
            "/api/admin/settings": {
                "server": {"services": {"db_vacuum": {"enabled": self.vacuum}}}
            },
        }[path]


def _as_made(described: dict[str, Any]) -> dict[str, Any]:
    schedules = described.get("schedules", [])
    return {
        "name": described["name"],
        "entrypoint": described["entrypoint"],
        "work_pool_name": described["work_pool"]["name"],
        "work_queue_name": described["work_pool"]["work_queue_name"],
        "schedules": [{"schedule": each, "active": True} for each in schedules],
        "pull_steps": [],
        "paused": False,
    }


@contextmanager
def prefect_serving(prefect: Prefect) -> Iterator[str]:
    """The address of its API."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            refused = prefect.asks_for_password and not self.headers.get("Authorization")
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.send_response(401 if refused else 200)
            self.end_headers()
            self.wfile.write(b"" if refused else json.dumps(prefect.answer(self.path)).encode())

        do_POST = do_GET  # noqa: N815 - the name that http.server looks for

        def log_message(self, *_: object) -> None:
            """Nothing is logged."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/api"
        server.shutdown()


class Names(asyncio.DatagramProtocol):
    """DNS that knows the sender's domain, and no other."""

    def __init__(self) -> None:
        self.answers: dict[tuple[str, str], str] = {
            (DOMAIN, "MX"): "10 mail.example.org.",
            (DOMAIN, "TXT"): '"v=spf1 mx -all"',
            (f"_dmarc.{DOMAIN}", "TXT"): '"v=DMARC1; p=reject"',
            (f"mumaris._domainkey.{DOMAIN}", "TXT"): '"v=DKIM1; k=rsa; p=MIIB"',
        }

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep it, to answer by."""
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: Any) -> None:
        """Answer one question."""
        query = dns.message.from_wire(data)
        (question,) = query.question
        name = question.name.to_text(omit_final_dot=True)
        answer = dns.message.make_response(query)
        said = self.answers.get((name, question.rdtype.name))
        if said is not None:
            answer.answer.append(
                dns.rrset.from_text(question.name, 60, "IN", question.rdtype, said)
            )
        elif name not in {known for known, _ in self.answers}:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        self._transport.sendto(answer.to_wire(), addr)


@asynccontextmanager
async def names_asked(names: Names, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """Whoever asks for a name in this process asks these."""
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: names, ("127.0.0.1", 0))
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers = ["127.0.0.1"]
    resolver.port = transport.get_extra_info("sockname")[1]
    monkeypatch.setattr(dns.resolver, "default_resolver", resolver)
    yield
    transport.close()


def as_own_role(url: str) -> str:
    """The address of this database for a role that may use its tables, and rules nothing."""
    with psycopg.connect(url, autocommit=True) as session:
        known = session.execute("SELECT FROM pg_roles WHERE rolname = %s", [ROLE]).fetchone()
        if known is None:
            # Of the server's and not of this database's tables, which stay as they were lent.
            session.execute(f"CREATE ROLE {ROLE} LOGIN IN ROLE pg_read_all_data, pg_write_all_data")
    return psycopg.conninfo.make_conninfo(url, user=ROLE)


@asynccontextmanager
async def transaction_pooler(url: str) -> AsyncIterator[str]:
    """A pooler in transaction mode, with one session; its address.

    As pgbouncer's: a connection of a client has the session from its first message to the end of
    its transaction.
    """
    known = conninfo_to_dict(url)
    socket = f"{known['host']}/.s.PGSQL.{known.get('port', 5432)}"
    reader, writer = await asyncio.open_unix_connection(socket)
    words = f"user\0{known['user']}\0database\0{known['dbname']}\0\0".encode()
    writer.write(struct.pack("!ii", len(words) + 8, 196608) + words)
    greeting = b"".join([message async for message in _until_ready(reader)])
    free, talks = asyncio.Lock(), set[asyncio.Task[None]]()

    async def talk(theirs: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        (length,) = struct.unpack("!i", await theirs.readexactly(4))
        await theirs.readexactly(length - 4)
        back.write(greeting)
        while (message := await _message(theirs))[:1] != b"X":  # who leaves, leaves the session
            async with free:
                while True:
                    writer.write(message)
                    if message[:1] in b"QS":
                        answer = [part async for part in _until_ready(reader)]
                        back.write(b"".join(answer))
                        if answer[-1][-1:] == b"I":
                            break
                    message = await _message(theirs)

    async def serve(theirs: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(talk(theirs, back))
        talks.add(task)
        with contextlib.suppress(asyncio.IncompleteReadError, asyncio.CancelledError):
            await task
        back.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        yield (
            f"postgresql://{known['user']}@127.0.0.1:{port}/{known['dbname']}"
            "?sslmode=disable&gssencmode=disable"
        )
        for each in talks:
            each.cancel()
        await asyncio.gather(*talks, return_exceptions=True)
    writer.close()


async def _message(reader: asyncio.StreamReader) -> bytes:
    kind = await reader.readexactly(1)
    length = await reader.readexactly(4)
    return kind + length + await reader.readexactly(struct.unpack("!i", length)[0] - 4)


async def _until_ready(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    message = b""
    while message[:1] != b"Z":
        message = await _message(reader)
        yield message
