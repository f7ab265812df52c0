"""Forms with a file as browsers send them, and who says that they send them."""

import httpx
from fastapi import FastAPI, Request

from desk.looks import Looker

BOUNDARY = "----WebKitFormBoundaryAbCdEfGhIjKlMnOp"
TYPE = f"multipart/form-data; boundary={BOUNDARY}"
HEADERS = {"Content-Type": TYPE}


async def who_says(request: Request) -> Looker | None:
    """Whoever the header says: tests have no sign-in."""
    kind, _, name = request.headers.get("x-asking", "").partition(" ")
    if kind == "practitioner":
        return Looker.owner(name)
    return Looker.officer(name) if kind == "officer" else None


def practitioner(registration_number: str) -> dict[str, str]:
    """The header of a practitioner."""
    return {"X-Asking": f"practitioner {registration_number}"}


def officer(user_name: str) -> dict[str, str]:
    """The header of an officer."""
    return {"X-Asking": f"officer {user_name}"}


def browser_of(app: FastAPI, headers: dict[str, str]) -> httpx.AsyncClient:
    """A browser that sends these headers with each request."""
    transport = httpx.ASGITransport(app)
    return httpx.AsyncClient(
        transport=transport, base_url="http://documents.test", headers=headers, timeout=60
    )


def field(name: str, value: str) -> bytes:
    """A part with a text."""
    return part(f'form-data; name="{name}"', value.encode())


def file(content: bytes, name: str = "letter.pdf", media_type: str = "application/pdf") -> bytes:
    """The part with the file."""
    disposition = f'form-data; name="document"; filename="{name}"'
    return part(f"{disposition}\r\nContent-Type: {media_type}", content)


def part(head: str, content: bytes) -> bytes:
    """Any part; ``head`` begins with what its disposition says."""
    return f"--{BOUNDARY}\r\nContent-Disposition: {head}\r\n\r\n".encode() + content + b"\r\n"


def form(*parts: bytes) -> bytes:
    """All of these, and the end."""
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def letter(content: bytes, **fields: str) -> bytes:
    """A form with this file as an employer's letter."""
    sent = {"kind": "employer_letter", **fields}
    return form(*(field(name, value) for name, value in sent.items()), file(content))
