"""Prefect's server as a child process, with the settings that PREFECT.md asks for."""

import http.client
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from stack.ports import HOST
from stack.processes import Child

_READY_SECONDS = 120.0  # the first start creates some forty tables
_STOP_SECONDS = 3.0  # an open event stream would hold a graceful shutdown for as long as it likes

_COMMAND = (sys.executable, "-m", "stack.guarded_prefect", "server", "start", "--analytics-off")
#: The folder of our packages.
_ROOT = Path(__file__).resolve().parent.parent

#: What a user may have set for another server; with ours they would be wrong.
_OTHER_SERVERS = frozenset(
    {
        "PREFECT_API_AUTH_STRING",
        "PREFECT_API_KEY",
        "PREFECT_API_URL",
        "PREFECT_PROFILE",
        "PREFECT_SERVER_API_AUTH_STRING",
    }
)


class PrefectServer:
    """A Prefect server on 127.0.0.1 with its data in PostgreSQL.

    Started with Prefect's own command: running uvicorn on its app factory was 0.2 s faster of 2.8 s
    (4.9 s on an empty database), which does not pay for leaving the documented way. `home` is where
    its log and PREFECT_HOME go; a port is given, because links in the UI carry it. With ``sign_in``
    (``user:password``) it answers nobody who does not know it, except whether it is healthy.
    """

    def __init__(
        self, database_url: str, home: Path, port: int, *, sign_in: str | None = None
    ) -> None:
        self.home = home.absolute()
        self.port = port
        self._sign_in = sign_in
        self.child = Child(
            "Prefect server",
            [*_COMMAND, "--host", HOST, "--port", str(port)],
            log=self.home / "prefect-server.log",
            env=server_environment(database_url, self.home, port, sign_in=sign_in),
            cwd=_ROOT,
        )

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def ui_url(self) -> str:
        """Where people look."""
        return f"http://{HOST}:{self.port}"

    @property
    def api_url(self) -> str:
        """Where programs ask."""
        return f"{self.ui_url}/api"

    def start(self) -> None:
        """Run it and return when it answers; raises `ChildDied` or `ChildNotReady`.

        What failed to start is stopped again. Started while it runs, it stays as it is.
        """
        self.launch()
        try:
            self.wait_until_ready()
        except BaseException:
            self.stop()
            raise

    def launch(self) -> None:
        """Run it without waiting for it."""
        _prefect_home(self.home).mkdir(parents=True, exist_ok=True)
        self.child.start()

    def wait_until_ready(self) -> None:
        """Return when a launched server answers; raises `ChildDied` or `ChildNotReady`."""
        self.child.wait_until_ready(self.is_healthy, within=_READY_SECONDS)

    def stop(self) -> None:
        """End it, within 3 s or by force; stopping a stopped one changes nothing."""
        self.child.stop(_STOP_SECONDS)

    def is_healthy(self) -> bool:
        """Whether it answers now."""
        return answers(self.port, "/api/health")

    def client_env(self) -> dict[str, str]:
        """The variables that make a process talk to this server and to no other."""
        return {
            **_quiet(self.home),
            **no_proxy(os.environ),
            "PREFECT_API_URL": self.api_url,
            **({"PREFECT_API_AUTH_STRING": self._sign_in} if self._sign_in else {}),
            # Only because it is plain http on loopback: half of a client's CPU time goes into
            # TLS contexts that nothing uses (PREFECT.md, Speed).
            "PREFECT_API_TLS_INSECURE_SKIP_VERIFY": "true",
            "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
        }


def server_environment(
    database_url: str, home: Path, port: int, *, sign_in: str | None = None
) -> dict[str, str]:
    """All variables of the server's process: ours win over the user's own PREFECT_ settings."""
    kept = {name: value for name, value in os.environ.items() if name not in _OTHER_SERVERS}
    return {
        **kept,
        **_quiet(home),
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": database_url,
        "PREFECT_SERVER_DATABASE_SQLALCHEMY_POOL_SIZE": "15",
        "PREFECT_SERVER_DATABASE_SQLALCHEMY_MAX_OVERFLOW": "15",
        # Without it the UI asks port 4200 and shows an error page (PREFECT.md, Installing).
        "PREFECT_SERVER_UI_API_URL": f"http://{HOST}:{port}/api",
        # Also for what a browser may read; `stack.guarded_prefect` refuses the rest.
        "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": f"http://{HOST}:{port},http://localhost:{port}",
        **({"PREFECT_SERVER_API_AUTH_STRING": sign_in} if sign_in else {}),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
    }


def answers(port: int, path: str) -> bool:
    """Whether a GET to this port of 127.0.0.1 brings 200, asked past any proxy."""
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):  # not listening yet, or just going away
        return False
    finally:
        connection.close()


def no_proxy(environment: Mapping[str, str]) -> dict[str, str]:
    """NO_PROXY with loopback added: a hospital's proxy must not get what we say to ourselves."""
    known = environment.get("NO_PROXY") or environment.get("no_proxy") or ""
    hosts = [host for host in (*known.split(","), HOST, "localhost") if host]
    value = ",".join(dict.fromkeys(hosts))
    return {"NO_PROXY": value, "no_proxy": value}


def _quiet(home: Path) -> dict[str, str]:
    return {
        "PREFECT_HOME": str(_prefect_home(home)),
        "DO_NOT_TRACK": "1",
        "PREFECT_LOGGING_COLORS": "false",
        "PREFECT_CLI_COLORS": "false",
    }


def _prefect_home(home: Path) -> Path:
    return home / "prefect"
