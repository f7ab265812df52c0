"""What the peers stand on: the same PostgreSQL, policy and mail server, and no Prefect."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.pages import environment
from benchmarks.sides import environment_with, home_folder, migrate_at, policy_without_files
from benchmarks.whole_pipeline.post import Post, post
from stack.postgres import EmbeddedPostgres


@dataclass(frozen=True)
class Place:
    """A machine with our tables on it."""

    folder: Path
    post: Post
    _postgres: EmbeddedPostgres

    def database(self, name: str) -> str:
        """The address of a database of this name, which is made."""
        self._postgres.create_database(name)
        return self._postgres.url(name)


@contextmanager
def place() -> Iterator[Place]:
    """A PostgreSQL as the stack runs it, with our tables; this process finds both in it."""
    with (
        home_folder() as folder,
        environment(folder),
        policy_without_files(folder),
        EmbeddedPostgres(folder / "postgres") as postgres,
        post(folder) as mail,
    ):
        found = Place(folder, mail, postgres)
        address = found.database("mumaris")
        migrate_at(address)
        with environment_with({"DATABASE_URL": address, **mail.environment()}):
            yield found
