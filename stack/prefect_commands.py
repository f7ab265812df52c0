"""Prefect's own commands, one after the other, in one process that starts up while the server does.

``python -m stack.prefect_commands PATH COMMAND… [+ COMMAND…]…`` waits until the server at
``PREFECT_API_URL`` has something at PATH, then runs what ``prefect COMMAND…`` would. To import
Prefect takes longer than most of its commands; here it is done once, and before the server answers.
"""

import base64
import http.client
import importlib
import os
import sys
import time
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

#: Between two commands.
THEN = "+"
_POLL_SECONDS = 0.1
#: Imported by the commands when they run, which is later than need be.
_SLOW_IMPORTS = ("prefect.cli.deploy", "prefect.cli.worker", "prefect.workers.base")


def main(arguments: Sequence[str]) -> int:
    """Run the commands; the exit code is that of the first that fails, else 0."""
    for module in _SLOW_IMPORTS:
        importlib.import_module(module)
    path, *words = arguments
    while not _has(path):
        time.sleep(_POLL_SECONDS)
    return next((code for code in map(_run, _commands(words)) if code), 0)


def _commands(words: Sequence[str]) -> Iterator[list[str]]:
    command: list[str] = []
    for word in [*words, THEN]:
        if word == THEN:
            yield command
            command = []
        else:
            command.append(word)


def _run(command: list[str]) -> int:
    from prefect.cli import app  # noqa: PLC0415 - main has imported it by now, and not before

    sys.argv = ["prefect", "--no-prompt", *command]
    try:
        app()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return 0


def _has(path: str) -> bool:
    """Whether a GET of this path of the API brings 200, asked past any proxy."""
    api = urlsplit(os.environ["PREFECT_API_URL"])
    connection = http.client.HTTPConnection(api.hostname or "", api.port, timeout=5)
    try:
        connection.request("GET", f"{api.path}{path}", headers=_authorization())
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):  # not listening yet, or just going away
        return False
    finally:
        connection.close()


def _authorization() -> dict[str, str]:
    password = os.environ.get("PREFECT_API_AUTH_STRING")
    if not password:
        return {}
    return {"Authorization": f"Basic {base64.b64encode(password.encode()).decode()}"}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
