"""The bare side of `benchmarks.api`: ``python -m benchmarks.api_server PORT``.

FastAPI and uvicorn with one route, which reads a body of the same members by pydantic and inserts
one row by SQLAlchemy, over the same driver and as many connections; no key, no log, no rule.
"""

import sys
from typing import Any

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel
from sqlalchemy import text

from models.connections import CALLS, limited
from models.database import transaction
from models.statements import execute

#: Made by `benchmarks.api`.
TABLE = "CREATE TABLE bare (id bigserial PRIMARY KEY, number text NOT NULL, body jsonb NOT NULL)"
_INSERT = text("INSERT INTO bare (number, body) VALUES (:number, CAST(:body AS jsonb))")


class Wish(BaseModel):
    """A submission, as far as a bare route looks at it."""

    registration_number: str
    changes: dict[str, str]
    documents: list[dict[str, Any]]
    confirmed_by_applicant: bool


def bare_app() -> FastAPI:
    """One route, one row."""
    app = FastAPI()

    @app.post("/rows", status_code=201)
    async def keep(wish: Wish) -> dict[str, str]:
        with limited(CALLS):
            async with transaction() as session:
                values = {"number": wish.registration_number, "body": wish.model_dump_json()}
                await execute(session, _INSERT, values)
        return {"status": "kept"}

    return app


def main(port: int) -> None:
    """Serve until stopped."""
    uvicorn.run(bare_app(), host="127.0.0.1", port=port, access_log=False, log_level="warning")


if __name__ == "__main__":
    main(int(sys.argv[1]))
