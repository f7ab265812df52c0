"""Prefect: whether its server is ours alone, and has what our runs need."""

import http.client
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from importlib.metadata import version
from typing import Any
from urllib.parse import urlsplit

import yaml

from cli.running import run
from cli.work.deploying import deploy
from cli.work.doctor.findings import Finding
from cli.work.prefect_look import answers_strangers, ask_prefect, said_of_prefect
from desk.operations.overview import overview
from rules.values.hosts import LOOPBACK
from stack.local import POOL, POOL_TYPE, ROOT

#: What Prefect is to remove in time: without it a year is some hundred GB (docs/PREFECT.md, Speed).
_VACUUMED = frozenset({"events", "flow_runs"})
#: A sweep tells Prefect every few seconds; a server that was away for so long was missed.
_TOLD_WITHIN = timedelta(minutes=10)

Described = Mapping[str, Any]


@dataclass(frozen=True)
class ServerSeen:
    """What Prefect's server says of itself."""

    api_url: str
    is_open: bool
    version: str
    settings: Described
    #: None where there is none of our name.
    pool: Described | None
    workers_online: int
    deployments: Sequence[Described]


def of_prefect(environment: Mapping[str, str] = os.environ) -> Iterator[Finding]:
    """Whether it answers, to us alone, knows our deployments, and whether somebody works for it."""
    if not environment.get("PREFECT_API_URL"):
        yield _unusable("no server is named", command="export PREFECT_API_URL=…")
        return
    try:
        seen = _look(environment)
    except (OSError, ValueError, http.client.HTTPException) as error:
        yield _unusable(said_of_prefect(error))
        return
    for check in _CHECKS:
        yield from check(seen)


def of_window() -> Iterator[Finding]:
    """Whether Prefect shows what has happened; raises what stands in the way of looking."""
    seen = run(overview)
    since = seen.window.since
    if since is not None and seen.at - since > _TOLD_WITHIN:
        minutes = (seen.at - since).total_seconds() / 60
        yield Finding(
            code="window_trails",
            stops=False,
            what=(
                f"What Prefect shows trails by {minutes:.0f} minutes: it was not told of "
                f"{seen.window.requests} requests that moved."
            ),
            why="Operations look at what was.",
            command="mumaris status",
        )


def _look(environment: Mapping[str, str]) -> ServerSeen:
    ask = partial(ask_prefect, environment)
    pools = {each["name"]: each for each in ask("/work_pools/filter", {})}
    workers = ask(f"/work_pools/{POOL}/workers/filter", {}) if POOL in pools else []
    return ServerSeen(
        api_url=environment["PREFECT_API_URL"],
        is_open=answers_strangers(environment["PREFECT_API_URL"]),
        version=ask("/admin/version"),
        settings=ask("/admin/settings"),
        pool=pools.get(POOL),
        workers_online=sum(each["status"] == "ONLINE" for each in workers),
        deployments=ask("/deployments/filter", {}),
    )


def _unusable(trouble: str, *, command: str | None = None) -> Finding:
    return Finding(
        code="prefect_unusable",
        stops=True,
        what=f"Prefect cannot be used: {trouble}.",
        why="Requests are taken, and no run moves them.",
        command=command,
    )


def _strangers(seen: ServerSeen) -> Iterator[Finding]:
    if seen.is_open:
        yield Finding(
            code="prefect_open",
            stops=True,
            what=f"Prefect at {seen.api_url} answers without a password.",
            why="Whoever reaches it can cancel runs, and a cancelled request is withdrawn.",
            command="export PREFECT_SERVER_API_AUTH_STRING=… PREFECT_API_AUTH_STRING=…",
        )


def _transport(seen: ServerSeen) -> Iterator[Finding]:
    address = urlsplit(seen.api_url)
    if address.scheme != "https" and address.hostname not in LOOPBACK:
        yield Finding(
            code="prefect_without_tls",
            stops=False,
            what=f"Prefect's password goes to {seen.api_url} without TLS.",
            why="Whoever hears it can cancel runs. Between containers of one machine nobody does.",
            command="export PREFECT_API_URL=https://…/api",
        )


def _version(seen: ServerSeen) -> Iterator[Finding]:
    ours = version("prefect")
    if seen.version != ours:
        yield Finding(
            code="prefect_of_another_version",
            stops=True,
            what=f"Prefect's server is version {seen.version}, and ours is {ours}.",
            why="Our worker uses what Prefect promises nobody; it was tried with one version.",
            command=f"python -m pip install prefect=={ours}",
        )


def _vacuum(seen: ServerSeen) -> Iterator[Finding]:
    enabled = seen.settings["server"]["services"]["db_vacuum"]["enabled"] or ()
    lacking = _VACUUMED.difference(enabled)
    if lacking:
        yield Finding(
            code="prefect_keeps_all",
            stops=False,
            what=f"Prefect's server never removes old {' and '.join(sorted(lacking))}.",
            why="A run is 0.15 MB of its database, for ever.",
            command="export PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED=events,flow_runs",
        )


def _pool(seen: ServerSeen) -> Iterator[Finding]:
    if seen.pool is None:
        yield Finding(
            code="no_pool",
            stops=True,
            what=f"Prefect has no work pool {POOL}.",
            why="No worker finds a run.",
            command="mumaris deploy",
            mend=_deploy,
        )
        return
    if seen.pool["is_paused"]:
        yield Finding(
            code="pool_paused",
            stops=True,
            what=f"Prefect's work pool {POOL} is paused.",
            why="No run begins, so no request moves.",
            command=f"prefect work-pool resume {POOL}",
        )
    if seen.pool["type"] != POOL_TYPE:
        yield Finding(
            code="pool_of_another_type",
            stops=False,
            what=f"Prefect's work pool {POOL} is of type {seen.pool['type']}, not {POOL_TYPE}.",
            why="Each run waits ten seconds to begin, and `mumaris caretaker` has to run as well.",
            command=f"prefect work-pool delete {POOL}; mumaris deploy",
        )


def _workers(seen: ServerSeen) -> Iterator[Finding]:
    if not seen.workers_online:
        yield Finding(
            code="no_worker",
            stops=True,
            what="No worker is online.",
            why="No request moves, and no e-mail leaves.",
            command=f"prefect worker start --pool {POOL} --type {POOL_TYPE}",
        )


def _deployments(seen: ServerSeen) -> Iterator[Finding]:
    wanted = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
    details = tuple(differences(wanted, seen.deployments))
    if details:
        yield Finding(
            code="deployments_differ",
            stops=True,
            what=f"Deployments are not as prefect.yaml describes them: {len(details)} differences.",
            why="Runs are not made, or are made of another version's flows, or at other times.",
            command="mumaris deploy",
            details=details,
            mend=_deploy,
        )


def differences(wanted: Sequence[Described], made: Sequence[Described]) -> Iterator[str]:
    """What the server has otherwise than ``prefect.yaml``, by deployment."""
    there = {each["name"]: each for each in made}
    for each in wanted:
        found = there.get(each["name"])
        if found is None:
            yield f"{each['name']}: missing"
            continue
        pool = each["work_pool"]
        for name, ours, theirs in (
            ("entry point", each["entrypoint"], found["entrypoint"]),
            ("work pool", pool["name"], found["work_pool_name"]),
            ("queue", pool["work_queue_name"], found["work_queue_name"]),
            ("schedule", _crons(each), _crons(found)),
            ("pull steps", [], found["pull_steps"] or []),
        ):
            if ours != theirs:
                yield f"{each['name']}: {name} {theirs or 'none'}, not {ours or 'none'}"
        if found["paused"]:
            yield f"{each['name']}: paused"


def _crons(described: Described) -> list[str]:
    """Of the schedules that are active, as ``prefect.yaml`` and the server write them."""
    active = [each for each in described.get("schedules") or () if each.get("active", True)]
    rules = [each.get("schedule", each) for each in active]
    return sorted(f"{each.get('cron')} {each.get('timezone')}" for each in rules)


def _deploy() -> None:
    deploy(say=lambda _: None)


_CHECKS = (_strangers, _transport, _version, _vacuum, _pool, _workers, _deployments)
