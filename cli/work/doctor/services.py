"""The servers that an installation needs: whether they answer, and as they should."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from cli.errors import explain
from cli.running import run
from cli.work.doctor.findings import Finding
from cli.work.prefect_look import answers_strangers, look_at_prefect
from desk.clock import utc_now
from desk.common_clock import common_now
from desk.operations.health import Health, look_at_health
from mail.delivering.trying import trouble_with_server
from mail.settings import MailSettings
from models.schema import Schema
from stack.local import POOL, POOL_TYPE

#: The pages count seconds (a decision that can be taken back) by their machine's clock.
_CLOCKS_DIFFER = timedelta(seconds=5)


@dataclass(frozen=True)
class _Database:
    health: Health
    #: By how much this machine's clock is before the database's.
    ahead: timedelta


async def _look() -> _Database:
    health = await look_at_health()
    before = utc_now()
    theirs = await common_now()
    return _Database(health, before + (utc_now() - before) / 2 - theirs)


def of_database() -> Iterator[Finding]:
    """Whether it takes writes, has our tables, and what time it says."""
    try:
        seen = run(_look)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what is to be told
        yield Finding(
            code="database_unusable",
            stops=True,
            what=f"The database cannot be used: {explain(error)[1]}.",
            why="Everything is kept there.",
        )
        return
    if seen.health.schema is Schema.AHEAD:
        yield Finding(
            code="schema_ahead",
            stops=True,
            what="A newer version has migrated the database.",
            why="This one may write what that one does not expect.",
        )
    if abs(seen.ahead) > _CLOCKS_DIFFER:
        yield Finding(
            code="clocks_differ",
            stops=False,
            what=f"This machine's clock is {seen.ahead.total_seconds():+.0f} s off the database's.",
            why="Pages count seconds by one of them, and the worker by the other.",
            command="timedatectl status",
        )


def of_prefect(environment: Mapping[str, str]) -> Iterator[Finding]:
    """Whether it answers, to us alone, and whether somebody works for it."""
    seen = look_at_prefect(environment)
    if seen.api_url is None or seen.trouble:
        yield Finding(
            code="prefect_unusable",
            stops=True,
            what=f"Prefect cannot be used: {seen.trouble or 'no server is named'}.",
            why="Requests are taken, and no run moves them.",
            command=None if seen.api_url else "export PREFECT_API_URL=…",
        )
        return
    if answers_strangers(seen.api_url):
        yield Finding(
            code="prefect_open",
            stops=True,
            what=f"Prefect at {seen.api_url} answers without a password.",
            why="Whoever reaches it can cancel runs, and a cancelled request is withdrawn.",
            command="export PREFECT_SERVER_API_AUTH_STRING=… PREFECT_API_AUTH_STRING=…",
        )
    if not seen.workers_online:
        yield Finding(
            code="no_worker",
            stops=True,
            what="No worker is online.",
            why="No request moves, and no e-mail leaves.",
            command=f"prefect worker start --pool {POOL} --type {POOL_TYPE}",
        )


async def of_mail_server() -> list[Finding]:
    """Whether it takes us, as whoever sends signs in."""
    settings = MailSettings()
    trouble = await trouble_with_server(settings)
    if trouble is None:
        return []
    server = f"{settings.smtp_host}:{settings.smtp_port}"
    return [
        Finding(
            code="mail_server_unusable",
            stops=True,
            what=f"The mail server {server} cannot be used: {trouble}.",
            why="No e-mail leaves.",
            command="export MUMARIS_SMTP_HOST=… MUMARIS_SMTP_PORT=… MUMARIS_SMTP_TLS=…",
        )
    ]
