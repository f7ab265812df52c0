"""A server that speaks S3, in a process of its own: moto's."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.request import Request, urlopen

import pytest

from stack.ports import HOST, free_port, listens
from stack.processes import Child
from support.stack import open_folder

NAME = "documents"


@dataclass(frozen=True)
class Bucket:
    """A bucket, and what is seen of it by others than our store."""

    endpoint: str

    def name_in(self, patch: pytest.MonkeyPatch) -> str:
        """Let the environment tell how it is reached; returns its address for a store."""
        for name, value in {
            "AWS_ENDPOINT": self.endpoint,
            "AWS_ACCESS_KEY_ID": "nobody",
            "AWS_SECRET_ACCESS_KEY": "nothing",
            "AWS_REGION": "us-east-1",
        }.items():
            patch.setenv(name, value)
        return f"s3://{NAME}/mumaris"

    def make(self) -> None:
        """Make it, empty."""
        self._ask("POST", "moto-api/reset")
        self._ask("PUT", NAME)

    def holds(self) -> bool:
        """Whether an object is in it."""
        return "<Key>" in self._ask("GET", NAME)

    def holds_parts(self) -> bool:
        """Whether parts are in it that were never put together."""
        return "<UploadId>" in self._ask("GET", f"{NAME}?uploads")

    def _ask(self, method: str, path: str) -> str:
        request = Request(f"{self.endpoint}/{path}", method=method)  # noqa: S310 - our own address
        with urlopen(request) as answer:  # noqa: S310 - as above
            return str(answer.read().decode())


@contextmanager
def serving_s3() -> Iterator[Bucket]:
    """A server of buckets, until the end of the test's module."""
    port = free_port(0)
    command = [sys.executable, "-m", "moto.server", "-H", HOST, "-p", f"{port}"]
    with open_folder() as folder:
        child = Child("moto", command, log=folder / "moto.log")
        child.start()
        try:
            child.wait_until_ready(lambda: listens(port), within=120)
            yield Bucket(f"http://{HOST}:{port}")
        finally:
            child.stop()
