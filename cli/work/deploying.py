"""What `mumaris deploy` does: the work pool and the deployments, by Prefect's own commands."""

import http
import http.client
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from urllib.error import HTTPError

from cli.errors import Unreachable
from cli.work.prefect_look import ask_prefect, said_of_prefect
from rules.errors import Conflict, Unavailable
from stack.local import POOL, POOL_TYPE, ROOT

#: Seconds that a server may take that is busy with what waited for an upgrade.
_PATIENCE = 60.0


class PoolOfAnotherType(Conflict):
    """There is a work pool of our name whose workers are others; nothing was changed."""

    def __init__(self, found: str, wanted: str) -> None:
        super().__init__(
            f"the work pool {POOL} is of type {found}: say `--type {found}`, or delete it "
            f"(`prefect work-pool delete {POOL}`) for one of type {wanted}"
        )
        self.found = found
        self.wanted = wanted


class DeployRefused(Unavailable):
    """Prefect's own command has failed; the message is what it said."""


def deploy(*, pool_type: str = POOL_TYPE, say: Callable[[str], object]) -> None:
    """Make the pool where there is none, and the deployments as `prefect.yaml` describes them.

    Asks nothing. A pool that is there stays as it is, paused or not. Repeated, it changes nothing.
    Raises `Unreachable`, `PoolOfAnotherType`, `DeployRefused`.
    """
    if not os.environ.get("PREFECT_API_URL"):  # Prefect would start a server, and end it again
        raise Unreachable("no Prefect server is named: set PREFECT_API_URL, or run `mumaris up`")
    found = _type_of_pool(os.environ)
    if found is None:
        _prefect("work-pool", "create", POOL, "--type", pool_type)
        say(f"the work pool {POOL} is made")
    elif found != pool_type:
        raise PoolOfAnotherType(found, pool_type)
    _prefect("deploy", "--all")
    say("the deployments are as prefect.yaml describes them")


def _type_of_pool(environment: Mapping[str, str]) -> str | None:
    """None where there is no such pool."""
    try:
        found = ask_prefect(environment, f"/work_pools/{POOL}", within=_PATIENCE)
        return str(found["type"])
    except HTTPError as refusal:
        if refusal.code == http.HTTPStatus.NOT_FOUND:
            return None
        raise Unreachable(f"Prefect cannot be used: {said_of_prefect(refusal)}") from refusal
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise Unreachable(f"Prefect cannot be used: {said_of_prefect(error)}") from error


def _prefect(*words: str) -> None:
    done = subprocess.run(  # noqa: S603 - Prefect's command with words of ours
        [sys.executable, "-m", "prefect", "--no-prompt", *words],
        cwd=ROOT,
        env={**os.environ, "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = f"{done.stdout}\n{done.stderr}".strip().splitlines()
        raise DeployRefused("\n".join([f"`prefect {' '.join(words)}` has failed:", *said[-15:]]))
