"""SQL statements that tests compile once in a process, as a process of ours does.

Each test has an event loop and therefore an engine of its own, and a new engine compiles every
statement anew: a third of what a test of the desk or of a page did.
"""

from typing import Any

from sqlalchemy import Engine
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg, PGDialectAsync_psycopg
from sqlalchemy.engine import URL

_compiled: dict[Any, Any] = {}


class OneForAll(PGDialectAsync_psycopg):
    """What is compiled for one engine is for all: their servers are of one version."""

    supports_statement_cache = True

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OneForAll)

    def __hash__(self) -> int:
        return hash(OneForAll)

    @classmethod
    def engine_created(cls, engine: Engine) -> None:
        """Give it what other engines have compiled."""
        engine.update_execution_options(compiled_cache=_compiled)


class Psycopg(PGDialect_psycopg):
    """The driver, as an address names it."""

    supports_statement_cache = True

    @classmethod
    def get_async_dialect_cls(cls, _url: URL) -> type[OneForAll]:
        """The one whose engines share what they compile."""
        return OneForAll


def compile_once() -> None:
    """From now on; an engine that is there already goes on as it was."""
    registry.register("postgresql.psycopg", __name__, Psycopg.__name__)
