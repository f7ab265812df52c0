"""First registrations over the API: an employer's own newcomers, and nothing of others."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlmodel import func, select

from desk.accounts.machine_keys import whose_key
from desk.documents.adding import add_for_newcomer
from desk.kinds.reading import SubmissionRefused
from desk.machines.handing_in import hand_in
from desk.requests.review import Ruling, decide
from desk.requests.submission import accept
from models.database import transaction
from models.documents.documents import Upload
from models.machines import find_machine, set_employers
from models.newcomers import Newcomer, newcomer_of_mailbox
from models.requests import Request
from rules.accounts.machines import MachineKind
from rules.requests.statuses import Kind
from rules.requests.verdicts import Verdict
from rules.values.document_kind import DocumentKind
from support.api import System, problem_of, system_of
from support.document_files import EXAMPLES
from support.machines import EMPLOYER, key_of, machine_lines
from support.newcomers import FROM_NOURA, LAYLA, known_officially, registration
from support.people import NOURA, register_applicant
from support.portal import Clock
from support.requests import NOW
from support.uploads import name_a_shelf
from tasks.steps.validation import validate

OTHERS = "Aseer Central Hospital"
PDF = EXAMPLES / "employer-letter.pdf"


@pytest.fixture(autouse=True)
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A place for documents."""
    name_a_shelf(tmp_path, monkeypatch)


@pytest.fixture
async def other(api: FastAPI, people: None) -> AsyncIterator[System]:
    """Another employer's personnel system."""
    await register_applicant(employer=OTHERS)
    async with system_of(api, await key_of("other", employer=OTHERS)) as system:
        yield system


def newcomer(profile: Any = (), **more: Any) -> dict[str, Any]:
    """Layla's registration by her employer, as a system sends it: its key is a header."""
    sent = registration(profile={"employer": EMPLOYER} | dict(profile), **more)
    del sent["idempotency_key"]
    return sent


async def register(
    system: System, sent: dict[str, Any] | None = None, *, key: str = "layla-0001"
) -> httpx.Response:
    """Hand it in."""
    return await system.submit(sent or newcomer(), key=key, kind="registrations")


async def correct(system: System, code: str, sent: dict[str, Any]) -> httpx.Response:
    """Hand its correction in."""
    headers = {"Idempotency-Key": "correction-1"}
    return await system.client.post(f"/requests/{code}/corrections", json=sent, headers=headers)


async def send(system: System, **fields: str) -> httpx.Response:
    """Send a letter for who is to be registered."""
    said = {"email": LAYLA["email"], "kind": "employer_letter"} | fields
    file = {"document": ("letter.pdf", PDF.read_bytes(), "application/pdf")}
    return await system.client.post("/documents", data=said, files=file)


def naming(letter: str, **more: Any) -> dict[str, Any]:
    """A registration whose first document is this upload."""
    sent = newcomer(**more)
    first, *others = sent["documents"]
    stated = {name: first[name] for name in ("kind", "issuer", "issued_on")}
    return sent | {"documents": [stated | {"id": letter}, *others]}


async def kept() -> tuple[int, int, int]:
    """How many requests, uploads and newcomers there are."""
    async with transaction() as session:
        counts = [
            (await session.exec(select(func.count()).select_from(table))).one()
            for table in (Request, Upload, Newcomer)
        ]
    return counts[0], counts[1], counts[2]


async def return_to(code: str, *fields: str) -> None:
    """An officer returns it."""
    await validate.task.fn(code)
    ruling = Ruling(
        verdict=Verdict.RETURN, officer="amal", reason_code="unclear", fields=list(fields)
    )
    await decide(code, ruling, now=NOW)


async def test_a_newcomer_is_registered_and_read(hospital: System, clock: Clock) -> None:
    """And is listed among what changed; a look at it has its line."""
    sent = await register(hospital)
    code = sent.json()["tracking_code"]
    read = await hospital.read(code)
    clock.forward(timedelta(minutes=1))
    listed = (await hospital.client.get("/requests")).json()["requests"]

    assert (sent.status_code, sent.headers["location"]) == (201, f"/api/v1/requests/{code}")
    assert read.json() == sent.json()
    assert read.json()["kind"] == "registration"
    assert all(LAYLA[name] not in read.text for name in ("family_name_ar", "email", "mobile"))
    assert [one["tracking_code"] for one in listed] == [code]
    assert (await machine_lines())[:2] == [
        ("hospital", "machine_use", "submit_registration"),
        ("hospital", "case", None),
    ]


async def test_the_same_key_is_the_same_registration_also_from_many_at_once(
    hospital: System,
) -> None:
    """With other content it is refused."""
    many = await asyncio.gather(*(register(hospital) for _ in range(50)))
    changed = await register(hospital, newcomer({"mobile": "0551112244"}))

    assert {one.status_code for one in many} <= {201, 503}
    assert len({one.json()["tracking_code"] for one in many if one.status_code == 201}) == 1
    assert problem_of(changed) == (409, "idempotency_key_used")
    assert (await kept())[0] == 1


async def test_nobody_learns_who_is_on_the_register(hospital: System) -> None:
    """Handed in, and once the rules have looked: the same is heard of Noura and of Layla."""
    await known_officially()
    of_both = []
    for key, profile in (("layla-0001", {}), ("noura-0001", FROM_NOURA)):
        sent = (await register(hospital, newcomer(profile), key=key)).json()
        await validate.task.fn(sent["tracking_code"])
        read = (await hospital.read(sent["tracking_code"])).json()
        of_both.append(
            [{**one, "tracking_code": "", "timeline": told(one)} for one in (sent, read)]
        )

    layla, noura = of_both
    assert {**layla[1], "status_since": ""} == {**noura[1], "status_since": ""}
    assert layla[0] == noura[0]
    assert layla[1]["status"] == "under_review"


def told(read: dict[str, Any]) -> list[tuple[Any, ...]]:
    """The timeline without its hours."""
    return [(one["what"], one["reason_code"], one["round"]) for one in read["timeline"]]


@pytest.mark.parametrize("employer", [OTHERS, f" {EMPLOYER}", EMPLOYER.upper(), "x", ""])
async def test_an_employer_registers_its_own_alone(hospital: System, employer: str) -> None:
    """Letter for letter; nothing is kept of any other."""
    refused = await register(hospital, newcomer({"employer": employer}))

    assert problem_of(refused) == (422, "employer_not_of_system")
    assert await kept() == (0, 0, 0)


async def test_a_system_of_the_house_registers_anybody(api: FastAPI, people: None) -> None:
    """It acts for everybody."""
    async with system_of(api, await key_of("app", MachineKind.HOUSE)) as app:
        sent = await register(app, newcomer({"employer": OTHERS}))

    assert sent.status_code == 201


async def test_another_s_registration_does_not_exist(hospital: System, other: System) -> None:
    """Nor does one that the newcomer sent: each answer is that of a code that nobody has."""
    theirs = (await register(other, newcomer({"employer": OTHERS}))).json()["tracking_code"]
    by_newcomer = await accept(
        Kind.REGISTRATION, registration(profile={"employer": EMPLOYER}), now=NOW
    )
    answers = []
    for code in (theirs, by_newcomer.tracking_code, "K7Q2-M9XD", "nothing"):
        answers += [
            await hospital.read(code),
            await hospital.press(code, "withdrawal"),
            await hospital.press(code, "activation-link"),
            await correct(hospital, code, newcomer()),
        ]

    assert {problem_of(one) for one in answers} == {(404, "request_unknown")}
    assert len({one.text for one in answers}) == 1
    assert (await other.read(theirs)).status_code == 200


async def test_who_acts_for_the_employer_no_more_sees_it_no_more(hospital: System) -> None:
    """Operations say for whom a machine acts, at any time."""
    code = (await register(hospital)).json()["tracking_code"]
    await register_applicant(employer=OTHERS)
    async with transaction() as session:
        await set_employers(session, (await find_machine(session, "hospital")).id, [OTHERS])

    assert (await hospital.read(code)).status_code == 404


async def test_a_returned_registration_is_corrected(hospital: System) -> None:
    """With a document that was sent since; it cannot go to another employer thereby."""
    await known_officially()
    code = (await register(hospital)).json()["tracking_code"]
    await return_to(code, "documents")
    letter = (await send(hospital)).json()["id"]
    read = (await hospital.read(code)).json()
    elsewhere = await correct(hospital, code, newcomer({"employer": OTHERS}))
    corrected = await correct(hospital, code, naming(letter))

    assert (read["status"], read["problems"][0]["field"]) == ("returned", "documents")
    assert problem_of(elsewhere) == (422, "employer_not_of_system")
    assert (corrected.status_code, corrected.json()["round"]) == (200, 2)


async def test_a_document_is_sent_asked_after_and_named(hospital: System) -> None:
    """However the address is written."""
    sent = await send(hospital, email=LAYLA["email"].upper())
    asked = await hospital.client.get(f"/documents/{sent.json()['id']}")
    handed_in = await register(hospital, naming(sent.json()["id"]))

    assert (sent.status_code, sent.json()["state"]) == (201, "ready")
    assert asked.json()["id"] == sent.json()["id"]
    assert handed_in.status_code == 201


async def test_nobody_else_s_documents_are_seen_or_named(hospital: System, other: System) -> None:
    """Neither another system's under the same address, nor the newcomer's own."""
    theirs = (await send(other)).json()["id"]
    mine = (
        await add_for_newcomer(
            PDF, kind=DocumentKind.EMPLOYER_LETTER, mailbox=LAYLA["email"], now=NOW
        )
    ).id
    ids = (theirs, mine, "0" * 32)
    asked = [await hospital.client.get(f"/documents/{each}") for each in ids]
    named = [await register(hospital, naming(each)) for each in ids]

    assert {problem_of(one) for one in asked} == {(404, "document_unknown")}
    assert {problem_of(one) for one in named} == {(422, "document_unknown")}
    assert len({one.text for one in asked}) == 1
    assert len({one.text for one in named}) == 1
    assert (await kept())[0] == 0


async def test_no_system_reaches_into_a_newcomer_s_portal(hospital: System) -> None:
    """What it hands in under their address is not theirs there, and holds nothing up."""
    async with transaction() as session:
        await newcomer_of_mailbox(session, LAYLA["email"], now=NOW)
    await register(hospital)

    async with transaction() as session:
        request = (await session.exec(select(Request))).one()
    assert request.newcomer_id is None


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"email": "no address"}, (422, "email_form")),
        ({"email": "a" * 250 + "@example.org"}, (400, "malformed")),
        ({"email": ""}, (422, "email_form")),
        ({"email": "x:layla@example.org"}, (422, "email_form")),
        ({"registration_number": NOURA["registration_number"]}, (422, "field_unknown")),
        ({"replaces": "0" * 32}, (422, "field_unknown")),
        ({"kind": "passport"}, (422, "document_kind_unknown")),
    ],
)
async def test_a_form_of_nonsense_is_refused(
    hospital: System, fields: dict[str, str], expected: tuple[int, str]
) -> None:
    """And nothing is kept, not even whom it was for."""
    assert problem_of(await send(hospital, **fields)) == expected
    assert await kept() == (0, 0, 0)


async def test_what_is_no_document_leaves_no_newcomer(hospital: System) -> None:
    """A file that is refused begins nothing."""
    sent = await hospital.client.post(
        "/documents",
        data={"email": LAYLA["email"], "kind": "employer_letter"},
        files={"document": ("letter.pdf", b"MZ not a document", "application/pdf")},
    )

    assert problem_of(sent) == (415, "file_wrong_type")
    assert await kept() == (0, 0, 0)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"profile": 1}, "wrong_type"),
        ({"profile": {}}, "refused"),
        ({"qualification": None}, "wrong_type"),
        ({"idempotency_key": "of-the-body"}, "field_unknown"),
        ({"registration_number": NOURA["registration_number"]}, "field_unknown"),
        ({"confirmed_by_applicant": False}, "not_confirmed"),
        ({"category": "\u202enursing"}, "category_unknown"),
        ({"documents": []}, "refused"),
    ],
)
async def test_a_body_of_nonsense_is_refused(
    hospital: System, more: dict[str, Any], code: str
) -> None:
    """With what is wrong with it; nothing of it is kept."""
    body = json.dumps(newcomer() | more)
    headers = {"Idempotency-Key": "layla-0001", "Content-Type": "application/json"}
    sent = await hospital.client.post("/registrations", content=body, headers=headers)

    assert problem_of(sent) == (422, code)
    assert await kept() == (0, 0, 0)


async def test_the_door_is_the_desks_own(people: None) -> None:
    """Whoever calls the desk for another employer's newcomer is refused there too."""
    calling = await whose_key(await key_of(), for_what="a", now=NOW)
    sent = newcomer({"employer": OTHERS})

    with pytest.raises(SubmissionRefused):
        await hand_in(calling, Kind.REGISTRATION, sent, key="key-0001", now=NOW)
