"""The bare side of `benchmarks.pages`: ``python -m benchmarks.page_server FILE PORT``.

FastAPI and uvicorn with one page, the file's content: no session, no database, no template.
"""

import sys
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from fastapi.responses import HTMLResponse


def main(file: Path, port: int) -> None:
    """Serve until stopped."""
    content = file.read_bytes()
    app = FastAPI()

    @app.get("/")
    async def page() -> HTMLResponse:
        return HTMLResponse(content)

    uvicorn.run(app, host="127.0.0.1", port=port, access_log=False, log_level="warning")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
