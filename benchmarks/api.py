"""How many submissions the API takes, and how many webhooks leave: ``python -m benchmarks.api``.

Beside a bare FastAPI route that inserts one row, in the same run, on the same PostgreSQL, with the
same clients. Ours reads a key, writes lines of the access log, asks every rule, and writes the
request with its history, its key, and the e-mail that is owed. Webhooks: `benchmarks.webhooks`.
"""

import argparse
import asyncio
import http.client
import json
import os
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from pydantic import TypeAdapter

from benchmarks.api_server import TABLE
from benchmarks.page_servers import Server, serving
from benchmarks.people import register_practitioners
from benchmarks.timing import p95
from benchmarks.webhooks import WEBHOOKS_WANTED, Told, measure_webhooks
from desk.accounts.machines import make_machine
from desk.clock import utc_now
from documents.keys import new_master_key
from models.database import close_engine
from models.migrate import migrate
from models.settings import DatabaseSettings
from rules.accounts.machines import MachineKind
from rules.profile_update.submission import ProfileUpdateSubmission
from stack.ports import HOST
from stack.postgres import EmbeddedPostgres

#: Of a bare route's submissions a second, the part that is to be reached.
TARGET = 1 / 3
_WISH = TypeAdapter(ProfileUpdateSubmission)
_WARM = 20


@dataclass(frozen=True)
class Side:
    """Where one side takes submissions."""

    server: Server
    path: str
    headers: dict[str, str]


@dataclass(frozen=True)
class Rate:
    """What a side did."""

    per_second: float
    p95_ms: float
    cpu_ms: float


def main() -> None:
    """Measure both sides in turn, and print them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.api")
    parser.add_argument("--submissions", type=int, default=600, help="of each side and round")
    parser.add_argument("--clients", type=int, default=8, help="at once, each on a connection")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--webhooks", type=int, default=3_000, help="told to one receiver")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mumaris-benchmark-") as name, ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o711)
        postgres = stack.enter_context(EmbeddedPostgres(folder / "postgres"))
        postgres.create_database("mumaris")
        os.environ["DATABASE_URL"] = postgres.url("mumaris")
        os.environ["MUMARIS_DOCUMENT_KEYS"] = new_master_key()
        # Nobody counts calls here: the limit is policy's, and the same for every side without it.
        os.environ["MUMARIS_POLICY"] = str(_without_limit(folder))
        migrate()
        with psycopg.connect(DatabaseSettings().libpq_url(), autocommit=True) as connection:
            connection.execute(TABLE)
        many = options.rounds * options.submissions + _WARM
        key, wishes = asyncio.run(_prepared(many))
        portal = stack.enter_context(serving("portal", ["portal", "--port"], folder))
        bare = stack.enter_context(serving("bare", ["benchmarks.api_server"], folder))
        ours = Side(portal, "/api/v1/profile-updates", {"Authorization": f"Bearer {key}"})
        theirs = Side(bare, "/rows", {})
        _show(*_measured(ours, theirs, wishes, options))
        _show_webhooks(asyncio.run(measure_webhooks(options.webhooks)))


async def _prepared(many: int) -> tuple[str, Sequence[dict[str, Any]]]:
    found = await register_practitioners(many)
    made = await make_machine("benchmark", MachineKind.HOUSE, by="benchmark", now=utc_now())
    await close_engine()
    wishes = [_WISH.dump_python(one, mode="json", exclude_none=True) for one in found]
    for one in wishes:
        del one["idempotency_key"]
    return made.key, wishes


def _measured(
    ours: Side, theirs: Side, wishes: Sequence[dict[str, Any]], options: argparse.Namespace
) -> tuple[list[Rate], list[Rate]]:
    for side in (ours, theirs):
        _round(side, wishes[:_WARM], options.clients)
    found: tuple[list[Rate], list[Rate]] = ([], [])
    for number in range(options.rounds):
        begin = _WARM + number * options.submissions
        part = wishes[begin : begin + options.submissions]
        for side, rates in zip((ours, theirs), found, strict=True):
            rates.append(_round(side, part, options.clients))
    return found


def _round(side: Side, wishes: Sequence[dict[str, Any]], clients: int) -> Rate:
    """All of these, by so many clients at once."""
    shares = [wishes[number::clients] for number in range(clients)]
    before, begun = side.server.processor_seconds(), time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        taken = [one for share in pool.map(lambda each: _send(side, each), shares) for one in share]
    seconds = time.perf_counter() - begun
    used = side.server.processor_seconds() - before
    many = len(wishes)
    return Rate(many / seconds, p95(taken) * 1000, used / many * 1000)


def _send(side: Side, wishes: Sequence[dict[str, Any]]) -> list[float]:
    """One client's, one after the other over one connection; the seconds of each."""
    connection, taken = http.client.HTTPConnection(HOST, side.server.port), []
    for wish in wishes:
        headers = {
            **side.headers,
            "Content-Type": "application/json",
            "Idempotency-Key": f"benchmark-{wish['registration_number']}",
        }
        begun = time.perf_counter()
        connection.request("POST", side.path, json.dumps(wish), headers)
        answer = connection.getresponse()
        said = answer.read()
        taken.append(time.perf_counter() - begun)
        if answer.status != http.HTTPStatus.CREATED:
            raise TypeError(said)
    connection.close()
    return taken


def _without_limit(folder: Path) -> Path:
    """The policy that ships, where documents need no file and calls have no end."""
    shipped = Path(__file__).resolve().parents[1] / "policy.toml"
    text = shipped.read_text(encoding="utf-8")
    for found, put in (
        ("calls_a_minute = 600", "calls_a_minute = 100000000"),
        ('files = "required"', 'files = "optional"'),
        # Webhooks go to a receiver on this machine.
        ("plain_http = false", "plain_http = true"),
        ("networks = []", 'networks = ["127.0.0.1"]'),
    ):
        if text.count(found) != 1:
            raise TypeError(found)
        text = text.replace(found, put)
    changed = folder / "policy.toml"
    changed.write_text(text, encoding="utf-8")
    changed.chmod(0o644)
    return changed


def _show(ours: Sequence[Rate], theirs: Sequence[Rate]) -> None:
    """Each side's middle round."""
    print(f"{'':24}{'a second':>10}{'p95 ms':>10}{'CPU ms':>10}")
    middles = []
    for name, rates in (("ours: submissions", ours), ("bare: one row", theirs)):
        middle = sorted(rates, key=lambda one: one.per_second)[len(rates) // 2]
        middles.append(middle.per_second)
        print(f"{name:24}{middle.per_second:>10.0f}{middle.p95_ms:>10.1f}{middle.cpu_ms:>10.2f}")
    print(f"{middles[0] / middles[1]:.2f} of the bare route (at least {TARGET:.2f} is wanted)")


def _show_webhooks(told: Told) -> None:
    """Beside the library alone."""
    print(
        f"webhooks from one sender: {told.per_second:.0f} a second of {told.webhooks}"
        f" ({WEBHOOKS_WANTED} are wanted); its HTTP library alone: {told.bare_per_second:.0f}"
    )


if __name__ == "__main__":
    main()
