"""The application as it is served, in a process of its own: its memory, and what its log holds."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Iterator
from io import BytesIO
from pathlib import Path
from socket import create_connection

import httpx
import pikepdf
import pytest

from benchmarks.memory import forget_peak, peak_mib
from stack.ports import HOST, free_port, listens
from stack.processes import Child
from support.document_files import EXAMPLES
from support.people import register_applicant
from support.sent_forms import HEADERS, field, file, form, letter, practitioner
from support.stack import open_folder

MIB = 2**20
#: What the server may hold while twenty files of 10 MiB come at once: 200 MB.
MOST_MIB = 200_000_000 / MIB
AT_ONCE = 20
NAME = "Noura-Alqahtani-1000000008"


@pytest.fixture
def served(database: str, folder: Path, repository: Path) -> Iterator[tuple[str, Child]]:
    """Its address, and its process."""
    port = free_port(0)
    with open_folder() as home:
        child = Child(
            "documents",
            [sys.executable, "-m", "support.document_server", f"{port}"],
            log=home / "documents.log",
            cwd=repository,
            env={**os.environ, "PYTHONPATH": f"{repository}:{repository / 'tests'}"},
        )
        child.start()
        try:
            child.wait_until_ready(lambda: listens(port), within=120)
            yield f"http://{HOST}:{port}", child
        finally:
            child.stop()


def pdf_of(mib: int) -> bytes:
    """A page, and beside it noise of so many MiB less a little."""
    out = BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.Root.Noise = pdf.make_stream(bytes(mib * MIB - 4096))
        pdf.save(out, compress_streams=False)
    return out.getvalue()


async def test_twenty_large_files_at_once_take_little_memory(served: tuple[str, Child]) -> None:
    """Of the server: pages are drawn in processes of their own, which have limits of their own."""
    address, child = served
    body = letter(pdf_of(10))
    owners = [(await register_applicant()).registration_number for _ in range(AT_ONCE)]
    async with httpx.AsyncClient(base_url=address, timeout=600) as browser:
        await browser.post("/documents", content=letter(b"%PDF-"), headers=HEADERS)
        forget_peak(child.pid)
        answers = await asyncio.gather(
            *(
                browser.post(
                    "/documents", content=in_pieces(body), headers=HEADERS | practitioner(owner)
                )
                for owner in owners
            )
        )

    assert [answer.json()["state"] for answer in answers] == ["ready"] * AT_ONCE
    assert peak_mib(child.pid) < MOST_MIB


async def in_pieces(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), 64 * 1024):
        yield body[start : start + 64 * 1024]


async def test_the_log_names_nobody_and_nothing_of_a_file(served: tuple[str, Child]) -> None:
    """Whatever was sent, refused, looked at, or broken."""
    address, child = served
    owner = (await register_applicant()).registration_number
    content = (EXAMPLES / "employer-letter.pdf").read_bytes()
    sent = form(field("kind", "employer_letter"), file(content, name=f"{NAME}.pdf"))
    bad = [
        sent[:-30],
        sent.replace(b"form-data", b"\xff\x00" + NAME.encode()),
        form(field("kind", NAME), file(content)),
        form(field(NAME, NAME), file(content)),
        NAME.encode() * 1000,
        letter(b"MZ" + NAME.encode()),
    ]
    async with httpx.AsyncClient(
        base_url=address, timeout=120, headers=practitioner(owner)
    ) as browser:
        made = await browser.post("/documents", content=sent, headers=HEADERS)
        for each in bad:
            answer = await browser.post("/documents", content=each, headers=HEADERS)
            assert 400 <= answer.status_code < 500
            assert NAME not in answer.text
        for path in ("", "/pages/1", "/original", f"/pages/{NAME}", f"?name={NAME}"):
            await browser.get(f"{made.headers['location']}{path}")
    with create_connection((HOST, int(address.rpartition(":")[2]))) as broken:
        broken.sendall(f"BROKEN {NAME}\r\n\r\n".encode())
        broken.recv(1000)

    log = child.log.read_text()
    assert "Application startup complete" in log
    for secret in (NAME, owner, "%PDF", "employer_letter", made.json()["id"]):
        assert secret not in log
