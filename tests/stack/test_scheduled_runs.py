"""Prefect's scheduler works on the versions that the lock names."""

import asyncio
from pathlib import Path

import yaml
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import DeploymentScheduleCreate
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterId
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.schedules import CronSchedule
from prefect.settings import PREFECT_API_URL, temporary_settings

from stack.local import ROOT
from stack.prefect_server import PrefectServer
from support.patience import Patience
from support.server_log import repeated_errors

#: The scheduler looks at new deployments every 5 s and at all of them every minute.
WITHIN = 150.0


async def test_a_deployment_with_a_schedule_makes_its_own_runs(
    prefect_server: PrefectServer,
) -> None:
    """Each cron line of prefect.yaml; with SQLAlchemy 2.1 there was never one."""
    wanted = yaml.safe_load((ROOT / "prefect.yaml").read_text())["deployments"]
    crons = [each["schedules"][0]["cron"] for each in wanted if "schedules" in each]
    assert crons
    with temporary_settings({PREFECT_API_URL: prefect_server.api_url}):
        made = [await runs_of(cron) for cron in crons]
    assert all(made)
    assert all(run.auto_scheduled for runs in made for run in runs)


async def runs_of(cron: str) -> list[FlowRun]:
    """The runs that a deployment of this schedule has, once there is one."""
    schedule = CronSchedule(cron=cron, timezone="Asia/Riyadh")
    async with get_client() as client:
        deployment_id = await client.create_deployment(
            flow_id=await client.create_flow_from_name("scheduled"),
            name=f"by itself {cron}",
            schedules=[DeploymentScheduleCreate(schedule=schedule, active=True)],
        )
        patience = Patience(WITHIN)
        its = DeploymentFilter(id=DeploymentFilterId(any_=[deployment_id]))
        while not (runs := await client.read_flow_runs(deployment_filter=its)):
            assert not patience.is_at_its_end, f"no run by itself within {WITHIN:g} s"
            await asyncio.sleep(0.5)
        await client.delete_deployment(deployment_id)
    return runs


def test_an_error_that_repeats_in_the_servers_log_is_found(tmp_path: Path) -> None:
    """Whatever numbers stand in it; one that comes once or twice may be a test's doing."""
    log = tmp_path / "server.log"
    lines = [
        f"10:00:0{at}.123 | ERROR   | prefect.server - run {at}: no attribute" for at in range(3)
    ]
    log.write_text("\n".join([*lines, "10:00:09.000 | ERROR   | prefect.server - once", "more"]))

    found = repeated_errors(log)

    assert len(found) == 1
    assert "no attribute" in found[0]
