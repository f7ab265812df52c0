"""The `mumaris` command as tests run it."""

import asyncio
import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from cli.main import app

#: No session is kept there, whoever runs the tests.
_NOBODY = Path("/nonexistent/session")


async def mumaris(*arguments: str, stdin: bytes | None = None, session: Path = _NOBODY) -> Result:
    """Run the command as a shell would, in a thread: it has an event loop of its own.

    ``session`` is the file in which it keeps who is signed in.
    """
    return await asyncio.to_thread(
        CliRunner().invoke,
        app,
        arguments,
        input=stdin,
        env={"MUMARIS_SESSION_FILE": str(session)},
    )


def write_json(folder: Path, document: Any) -> str:
    """Write the document to a file in this folder and return the file's name."""
    path = folder / "submission.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return str(path)
