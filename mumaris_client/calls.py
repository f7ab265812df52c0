"""Each call as a value, which either client sends: what it asks for, and what answers it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast
from urllib.parse import quote

import httpx

from mumaris_client.errors import ApiProblem
from mumaris_client.shapes import (
    Card,
    Changes,
    CheckedCards,
    Document,
    Eligibility,
    Job,
    JobRows,
    RequestInShort,
    RequestRead,
)

T = TypeVar("T")
Wish = Mapping[str, Any]


@dataclass(frozen=True)
class Call(Generic[T]):
    """One call; ``T`` is what it is answered with."""

    method: str
    path: str
    sent: Mapping[str, Any] = field(default_factory=dict)
    #: Whether it does nothing more when it is sent again: it only reads, its key says that it is
    #: the same, or what it asks for can only be done once.
    may_repeat: bool = True

    def read(self, answer: httpx.Response) -> T:
        """The answer; raises `ApiProblem` where it is none."""
        if answer.is_success:
            return cast("T", answer.json())
        try:
            body = answer.json()
        except ValueError:
            body = {}
        seconds = answer.headers.get("retry-after", "")
        raise ApiProblem(
            answer.status_code,
            body if isinstance(body, dict) else {},
            retry_after=int(seconds) if seconds.isdecimal() else None,
        )


def submit_profile_update(wish: Wish, *, key: str) -> Call[RequestRead]:
    """Hand a profile update in."""
    return Call("POST", "/profile-updates", _wish(wish, key))


def submit_card_renewal(wish: Wish, *, key: str) -> Call[RequestRead]:
    """Hand a card renewal in."""
    return Call("POST", "/card-renewals", _wish(wish, key))


def submit_registration(wish: Wish, *, key: str) -> Call[RequestRead]:
    """Hand a first registration in."""
    return Call("POST", "/registrations", _wish(wish, key))


def read_request(code: str) -> Call[RequestRead]:
    """How a request stands."""
    return Call("GET", f"/requests/{_part(code)}")


def changes(cursor: str, *, limit: int) -> Call[Changes]:
    """The requests that changed since the cursor."""
    return Call("GET", "/requests", {"params": {"cursor": cursor, "limit": limit}})


def correct(code: str, wish: Wish, *, key: str) -> Call[RequestRead]:
    """Hand a corrected submission in."""
    return Call("POST", f"/requests/{_part(code)}/corrections", _wish(wish, key))


def withdraw(code: str) -> Call[RequestRead]:
    """Take a request back."""
    return Call("POST", f"/requests/{_part(code)}/withdrawal")


def resend_link(code: str) -> Call[RequestRead]:
    """Have a new activation link e-mailed; each is an e-mail more."""
    return Call("POST", f"/requests/{_part(code)}/activation-link", may_repeat=False)


def submit_file(
    content: bytes, *, key: str, kind: str, form: str, check: bool, day_first: bool
) -> Call[Job]:
    """Hand a file of submissions in."""
    said = {"kind": kind, "check": _yes(check), "day_first": _yes(day_first)}
    headers = {"Idempotency-Key": key, "Content-Type": form}
    return Call(
        "POST", "/submission-files", {"params": said, "content": content, "headers": headers}
    )


def read_job(job_id: str) -> Call[Job]:
    """How far a file is."""
    return Call("GET", f"/jobs/{_part(job_id)}")


def job_rows(job_id: str, cursor: str, *, limit: int) -> Call[JobRows]:
    """What became of its rows."""
    asked = {"cursor": cursor, "limit": limit}
    return Call("GET", f"/jobs/{_part(job_id)}/rows", {"params": asked})


def job_problems(job_id: str, cursor: str, *, limit: int) -> Call[JobRows]:
    """Those of them that are to be put right."""
    asked = {"cursor": cursor, "limit": limit}
    return Call("GET", f"/jobs/{_part(job_id)}/problems", {"params": asked})


def upload(
    registration_number: str | None, kind: str, content: bytes, *, email: str | None
) -> Call[Document]:
    """Send a document; sent again, it is another one."""
    whose = {"registration_number": registration_number, "email": email}
    fields = {name: text for name, text in whose.items() if text is not None} | {"kind": kind}
    files = {"document": ("document", content, "application/octet-stream")}
    return Call("POST", "/documents", {"data": fields, "files": files}, may_repeat=False)


def read_document(document_id: str) -> Call[Document]:
    """How a document stands."""
    return Call("GET", f"/documents/{_part(document_id)}")


def look_card_up(registration_number: str) -> Call[Card]:
    """A card."""
    return Call("POST", "/card-lookups", {"json": {"registration_number": registration_number}})


def check_cards(codes: Sequence[str]) -> Call[CheckedCards]:
    """What these codes say."""
    return Call("POST", "/card-checks", {"json": {"codes": list(codes)}})


def check_eligibility(registration_number: str, on: str | None) -> Call[Eligibility]:
    """Whether a card may be renewed."""
    asked = {"registration_number": registration_number, "on": on}
    return Call("POST", "/eligibility-checks", {"json": asked})


def report_payment(bill: str, minor: int, currency: str, paid_on: str) -> Call[RequestInShort]:
    """That a bill was paid."""
    amount = {"minor": minor, "currency": currency}
    report = {"bill": bill, "amount": amount, "paid_on": paid_on}
    return Call("POST", "/payments", {"json": report})


def _wish(wish: Wish, key: str) -> dict[str, Any]:
    return {"json": dict(wish), "headers": {"Idempotency-Key": key}}


def _yes(said: bool) -> str:
    return "true" if said else "false"


def _part(text: str) -> str:
    """One part of a path, whatever stands in it."""
    return quote(text, safe="")
