"""What the doctor has against Prefect's server: each is brought about, and told."""

from datetime import timedelta
from typing import Any

import pytest

from cli.work.prefect_look import answers_strangers
from desk.clock import utc_now
from desk.requests.submission import accept
from rules.requests.statuses import Kind
from stack.ports import free_port
from stack.prefect_server import PrefectServer
from support.doctor import PASSWORD, Prefect, findings_of, found
from support.people import contact_change, register_applicant
from support.policies import policy_with
from support.shell import mumaris


async def test_one_that_answers_strangers_is_told(prefect: Prefect) -> None:
    """Whoever reaches it could cancel, and so withdraw, any request."""
    prefect.asks_for_password = False

    assert await found(exit_code=1) == {"prefect_open": True}


async def test_one_that_does_not_know_our_password_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With the setting that is missing."""
    monkeypatch.delenv("PREFECT_API_AUTH_STRING")

    findings = await findings_of(exit_code=1)

    assert "set PREFECT_API_AUTH_STRING" in findings["prefect_unusable"]["what"]


async def test_one_without_a_worker_is_told(prefect: Prefect) -> None:
    """Nothing would move."""
    prefect.workers = [{"status": "OFFLINE"}]

    assert await found(exit_code=1) == {"no_worker": True}


async def test_one_of_another_version_is_told(prefect: Prefect) -> None:
    """Our worker was tried with one."""
    prefect.version = "3.0.0"

    assert await found(exit_code=1) == {"prefect_of_another_version": True}


@pytest.mark.parametrize("enabled", [None, [], ["flow_runs"], ["events"]])
async def test_one_that_keeps_everything_is_told(
    prefect: Prefect, enabled: list[str] | None
) -> None:
    """Its disk fills, in years or in months."""
    prefect.vacuum = enabled

    assert await found(exit_code=0) == {"prefect_keeps_all": False}


async def test_a_pool_that_is_paused_is_told_and_left(prefect: Prefect) -> None:
    """Somebody has paused it, and knows why."""
    prefect.pools[0]["is_paused"] = True

    assert not (await findings_of(exit_code=1))["pool_paused"]["fixable"]


async def test_a_pool_of_another_type_is_told(prefect: Prefect) -> None:
    """It works, slowly, and needs a caretaker."""
    prefect.pools[0]["type"] = "process"

    assert await found(exit_code=0) == {"pool_of_another_type": False}


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        (
            "entrypoint",
            "flows.old.sweep",
            "sweep: entry point flows.old.sweep, not flows.sweep.sweep",
        ),
        ("work_pool_name", "other", "sweep: work pool other, not mumaris"),
        ("work_queue_name", "default", "sweep: queue default, not people"),
        ("schedules", [], "sweep: schedule none, not ['17 * * * * Asia/Riyadh']"),
        ("pull_steps", [{"git_clone": {}}], "sweep: pull steps [{'git_clone': {}}], not none"),
        ("paused", True, "sweep: paused"),
        ("name", "another", "sweep: missing"),
    ],
)
async def test_a_deployment_that_is_otherwise_is_told(
    prefect: Prefect, column: str, value: Any, said: str
) -> None:
    """With what it has and what it should have."""
    next(each for each in prefect.deployments if each["name"] == "sweep")[column] = value

    told = (await findings_of(exit_code=1))["deployments_differ"]

    assert told["details"] == [said]
    assert told["fixable"]


async def test_a_schedule_that_is_switched_off_is_told(prefect: Prefect) -> None:
    """In Prefect's UI that is one press."""
    sweep = next(each for each in prefect.deployments if each["name"] == "card-reminders")
    sweep["schedules"][0]["active"] = False

    assert await found(exit_code=1) == {"deployments_differ": True}


async def test_an_address_without_tls_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of another machine; this one's own is nobody's to hear."""
    port = free_port(0)
    monkeypatch.setattr(
        "cli.work.doctor.prefect._look", lambda environment: seen_at(environment, Prefect())
    )
    monkeypatch.setenv("PREFECT_API_URL", f"http://prefect.example.org:{port}/api")

    assert await found(exit_code=0) == {"prefect_without_tls": False}


def seen_at(environment: Any, prefect: Prefect) -> Any:
    """What a server would say that nothing else can be said against."""
    from cli.work.doctor.prefect import ServerSeen  # noqa: PLC0415 - beside what it stands in for

    return ServerSeen(
        api_url=environment["PREFECT_API_URL"],
        is_open=False,
        version=prefect.version,
        settings=prefect.answer("/api/admin/settings"),
        pool=prefect.pools[0],
        workers_online=1,
        deployments=prefect.deployments,
    )


async def test_what_mends_two_findings_is_done_once(
    prefect: Prefect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To deploy takes a while; what fails is told, and stays a finding."""
    pools, deployments, deployed = prefect.pools, prefect.deployments, list[bool]()

    def deploy(**_: object) -> None:
        deployed.append(True)
        prefect.pools, prefect.deployments = pools, deployments

    prefect.pools, prefect.deployments = [], []
    monkeypatch.setattr("cli.work.doctor.prefect.deploy", refuse)
    refused = await mumaris("doctor", "--fix")
    monkeypatch.setattr("cli.work.doctor.prefect.deploy", deploy)

    assert "not mended: Prefect has no work pool" in refused.stderr
    assert await found("--fix", exit_code=0) == {}
    assert deployed == [True]


def refuse(**_: object) -> None:
    """As a server that went away meanwhile."""
    raise OSError("away")


async def test_a_real_server_is_mended_and_then_lacks_what_only_people_can_give(
    prefect_server: PrefectServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pool and deployments are made; a password and a worker are not."""
    monkeypatch.delenv("PREFECT_API_AUTH_STRING")
    for name, value in prefect_server.client_env().items():
        monkeypatch.setenv(name, value)
    assert {"no_pool", "deployments_differ"} <= set(await found(exit_code=1))

    assert await found("--fix", exit_code=1) == {"prefect_open": True, "no_worker": True}


def test_a_real_prefect_without_a_password_answers_strangers(prefect_server: PrefectServer) -> None:
    """What is asked is an address of its API."""
    assert answers_strangers(prefect_server.api_url)
    assert not answers_strangers(f"http://127.0.0.1:{free_port(0)}/api")


async def test_a_window_that_trails_is_told() -> None:
    """Of a request that moved an hour ago Prefect knows nothing."""
    applicant = await register_applicant()
    wish = contact_change(
        registration_number=applicant.registration_number, idempotency_key="an-hour-ago"
    )
    await accept(Kind.PROFILE_UPDATE, wish, now=utc_now() - timedelta(hours=1))

    told = (await findings_of(exit_code=0))["window_trails"]

    assert told["what"].startswith("What Prefect shows trails by 60 minutes")
    assert told["stops"] is False


async def test_what_prefects_form_means_is_said_where_it_is_on(tmp_path: Any) -> None:
    """It knows no signed-in officer."""
    with policy_with(tmp_path, ("prefect_form_decides = false", "prefect_form_decides = true")):
        assert await found(exit_code=0) == {"prefect_form_decides": False}
        shown = await mumaris("doctor")

    assert "whoever reaches Prefect's API can decide as any officer" in shown.stdout
    assert PASSWORD not in shown.output
