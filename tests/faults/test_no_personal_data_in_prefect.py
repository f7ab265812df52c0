"""Prefect never sees personal data: whole runs, then its own database and all logs are searched."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx
import pytest
from psycopg import connect

from desk.clock import utc_now
from desk.requests.review import Ruling, decide
from desk.requests.submission import accept, resubmit
from desk.requests.waiting import load_request
from desk.requests.withdrawal import withdraw
from models.database import close_engine
from models.practitioners import Practitioner
from rules.register.fields import Field
from rules.requests.statuses import Kind, Status
from rules.requests.verdicts import Verdict
from stack.local import PORTAL_COMMAND
from stack.ports import HOST, free_port
from stack.prefect_server import answers
from support.faults import Parts, approve, letter, people_act, stands_at
from support.people import Applicant, register_applicant, specialty_change
from support.personal import found_in, lines_of, mobile_spellings, rows_of

DAY = datetime.now(UTC).date()
NOTE = "Her cousin Umm Khalid rang about the letter"
MOBILES = {"551112233", "501234567"}
pytestmark = pytest.mark.timeout(1200)


@dataclass
class People:
    """Those whose requests ran, and what must be found nowhere."""

    parts: Parts
    portal: str
    codes: list[str] = field(default_factory=list)
    secrets: set[str] = field(default_factory=set)

    async def submit(self, **changes: str) -> tuple[Applicant, str]:
        """A new applicant's request that an officer decides on, with these changes besides."""
        applicant = await register_applicant()
        wish = await self._wish(applicant, **changes)
        request = await accept(Kind.PROFILE_UPDATE, wish, now=utc_now())
        self.codes.append(request.tracking_code)
        self.secrets |= {*personal(await applicant.on_file()), *changes.values()}
        return applicant, request.tracking_code

    async def correct(self, applicant: Applicant, tracking_code: str) -> None:
        """Hand the corrected request in."""
        wish = await self._wish(applicant, address="7 Tahlia Street, Jeddah")
        self.secrets.add("7 Tahlia Street, Jeddah")
        await resubmit(tracking_code, wish, now=utc_now())

    async def _wish(self, applicant: Applicant, **changes: str) -> dict[str, object]:
        number = applicant.registration_number
        wish = specialty_change(
            DAY, registration_number=number, idempotency_key=f"private-{number}"
        )
        wish["changes"] |= {"mobile": "055 111 2233", **changes}
        return wish

    async def at_gate(self, **changes: str) -> tuple[Applicant, str]:
        """The same, once it waits for an officer."""
        applicant, code = await self.submit(**changes)
        await stands_at(code, Status.UNDER_REVIEW)
        return applicant, code

    async def press(self, tracking_code: str, page: str, to: str) -> None:
        """Open the link in the letter to this address and press the page's button."""
        address = (await letter(self.parts.post, tracking_code, page, to=to)).link(page)
        path = address.removeprefix("http://portal.example.org")
        async with httpx.AsyncClient(
            base_url=self.portal, follow_redirects=True, timeout=60
        ) as browser:
            assert (await browser.get(path)).is_success
            person = {"sure": "yes", "code": tracking_code}
            assert (await browser.post(path, data=person)).is_success
            # Opened again, and with something typed behind it.
            await browser.get(path)
            await browser.get(f"{path}{to}")


def personal(person: Practitioner) -> set[str]:
    """What is on file about somebody and must stay there."""
    names = {
        getattr(person, f"{part}_name_{language}")
        for part in ("first", "father", "grandfather", "family")
        for language in ("ar", "en")
    }
    rest = {person.email, person.identity_number, person.registration_number}
    return names | rest | {str(person.address), str(person.employer), person.email.split("@")[0]}


async def activated_under_a_new_address(people: People) -> None:
    """The link goes to the new address, the notice to the old one."""
    _, code = await people.at_gate(email="noura.new@example.net")
    await approve(code)
    await people.press(code, "activate", "noura.new@example.net")
    await stands_at(code, Status.ACTIVATED)


async def stopped_by_the_old_address(people: People) -> None:
    """Whoever reads the old address did not ask for it."""
    applicant, code = await people.at_gate(email="thief@example.net")
    await approve(code)
    await people.press(code, "stop", applicant.email)
    await stands_at(code, Status.WITHDRAWN)


async def returned_and_corrected(people: People) -> None:
    """With an officer's note."""
    applicant, code = await people.at_gate()
    ruling = Ruling(
        verdict=Verdict.RETURN,
        officer="amal",
        reason_code="unclear",
        note=NOTE,
        fields=[Field.SPECIALTY],
    )
    await decide(code, ruling, now=utc_now())
    await people.correct(applicant, code)
    await people_act(people.parts.post, code)


async def rejected(people: People) -> None:
    """With an officer's note."""
    _, code = await people.at_gate()
    ruling = Ruling(verdict=Verdict.REJECT, officer="amal", reason_code="not_eligible", note=NOTE)
    await decide(code, ruling, now=utc_now())


async def withdrawn(people: People) -> None:
    """By the applicant."""
    _, code = await people.at_gate()
    await withdraw(code, now=utc_now())


async def decided_by_form(people: People) -> None:
    """At first by nobody whom we know, and then with a reason that is none."""
    _, code = await people.at_gate()
    window = people.parts.window
    first = await window.resume(code, {"decision": "approve", "officer": "nobody-we-know"})
    await window.resume(code, {"decision": "approve", "officer": "basim"}, after=first)
    await people.press(code, "activate", "@example.com")
    await stands_at(code, Status.ACTIVATED)


async def refused_by_the_rules(people: People) -> None:
    """The official record says another name: the pipeline itself returns it."""
    _, code = await people.submit(family_name_en="Almutairi")
    await stands_at(code, Status.RETURNED)


async def broken_by_the_database(people: People) -> None:
    """Statements fail whose error quotes the row, in a step and between two; the runs go on."""
    codes = [(await people.at_gate(employer="Green Crescent Clinic"))[1] for _ in range(2)]
    columns = ("status", "waits_in")
    with ExitStack() as faults:
        for code, column in zip(codes, columns, strict=True):
            never = f"{column} = 'awaiting_activation' AND tracking_code = '{code}'"
            faults.enter_context(failing(people.parts, column, never))
            await approve(code)
        for code in codes:
            await people.parts.window.waits_at("Failed", code)
    await people_act(people.parts.post, *codes)


@contextmanager
def failing(parts: Parts, name: str, never: str) -> Iterator[None]:
    """Make every statement fail that would make this true of a request's row."""
    url = parts.postgres.url("mumaris")
    check = f"CHECK (({never}) IS NOT TRUE) NOT VALID"
    with connect(url, autocommit=True) as session:
        session.execute(f"ALTER TABLE requests ADD CONSTRAINT staged_{name} {check}".encode())
        try:
            yield
        finally:
            session.execute(f"ALTER TABLE requests DROP CONSTRAINT staged_{name}".encode())


STORIES = (
    activated_under_a_new_address,
    stopped_by_the_old_address,
    returned_and_corrected,
    rejected,
    withdrawn,
    decided_by_form,
    refused_by_the_rules,
)


@pytest.fixture(scope="module")
def people(parts_of_all: Parts) -> People:
    """Everybody, after all stories have been told to their end."""
    port = free_port(0)
    where = ["--host", HOST, "--port", str(port)]
    told = People(parts_of_all, f"http://{HOST}:{port}")
    told.secrets |= {NOTE, "Almutairi"}.union(*map(mobile_spellings, MOBILES))
    portal = parts_of_all.child("portal", [*PORTAL_COMMAND, *where])
    with pytest.MonkeyPatch.context() as patch, parts_of_all.worker(**parts_of_all.form_on()):
        for name, value in parts_of_all.environment().items():
            patch.setenv(name, value)
        portal.start()
        try:
            portal.wait_until_ready(lambda: answers(port, "/"), within=30)
            asyncio.run(tell(told))
        finally:
            portal.stop()
    told.secrets |= tokens(parts_of_all)
    return told


async def tell(people: People) -> None:
    """All the stories, and wait until Prefect shows every outcome."""
    await register_applicant()  # and the officers, whom all stories share
    await asyncio.gather(*(story(people) for story in STORIES))
    await broken_by_the_database(people)
    for code in people.codes:
        if (await load_request(code)).status != Status.RETURNED:
            await people.parts.window.outcome_of(code)
    await close_engine()


def tokens(parts: Parts) -> set[str]:
    """Every token in a letter."""
    return {
        one.link(page).rpartition("/")[2]
        for page in ("activate", "stop")
        for one in parts.post.letters("", page=page)
    }


def test_prefects_database_holds_nothing_personal(people: People) -> None:
    """Every column of every row of every table."""
    rows = list(rows_of(people.parts.postgres.url("prefect")))

    assert found_in(rows, people.secrets) == set()
    # The search does find what is there.
    places = {place for place, _ in found_in(rows, people.codes)}
    # Lines of a run's log come only of what goes wrong: `worker.logs`.
    assert {"flow_run", "artifact", "events"} <= places


def test_no_log_holds_anything_personal(people: People) -> None:
    """Those of the worker, the portal, Prefect's server and PostgreSQL."""
    folders = (
        people.parts.folder,
        people.parts.prefect.home,
        people.parts.postgres.data_dir.parent,
    )
    logs = {log for folder in folders for log in folder.glob("*.log*")}

    assert found_in(lines_of(logs), people.secrets) == set()
    assert {"portal.log", "prefect-server.log"} <= {log.name for log in logs}
    assert any(log.name.startswith("worker-") for log in logs)


def test_the_search_finds_personal_data_where_they_belong(people: People) -> None:
    """Our own database holds them, so the search above was able to see them."""
    rows = rows_of(people.parts.postgres.url("mumaris"))

    known = {value for _, value in found_in(rows, people.secrets)}

    assert {"Alqahtani", "القحطاني", NOTE, "noura.new@example.net"} <= known
