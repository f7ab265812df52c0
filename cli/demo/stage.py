"""What the demo's stories are told with: people's hands, and the e-mails that arrive.

It fails loudly (`DemoFailed`) where a step did not happen.
"""

import asyncio
import re
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import urlopen

from cli.demo.examples import example_with_files
from cli.demo.runs import state_shown
from cli.work.documents.page_pictures import write_pages
from desk.cases.case import read_case
from desk.cases.payments import BillState, bill_state
from desk.cases.progress import read_progress
from desk.clock import utc_now
from desk.looks import Looker
from desk.policy import current_policy
from desk.requests import payments, submission
from desk.requests.document_reading import read_document
from desk.requests.handle import RequestHandle
from rules.errors import Broken
from rules.requests.document_readings import as_stated
from rules.requests.statuses import Kind, Status
from rules.values.dates import riyadh_day
from rules.values.money import Money
from stack.mail_letters import Letters
from stack.running import RunningStack

T = TypeVar("T")

#: Seconds that one step may take, on the slowest machine: what goes wrong is told at once.
PATIENCE = 300.0
_LINK = re.compile(r"https?://\S+/activate/[\w-]+")
#: What the page of a profile sends back with its button.
_SEEN = re.compile(r'name="seen" value="([0-9a-f]+)"')
#: Every e-mail about a request names it.
_ANY = re.compile("")
#: Minor units that an invented authority asks for where policy knows no amount.
_ASKED = 50_000


class DemoFailed(Broken):
    """A step of the demo did not happen."""


@dataclass
class Story:
    """What happens to one request."""

    title: str
    handle: RequestHandle
    steps: list[str] = field(default_factory=list)

    @property
    def code(self) -> str:
        """The request's tracking code."""
        return self.handle.tracking_code


class Stage:
    """Does what people do; `say` gets a line for each story that is told.

    What people send, and what officers look at, is written to folders in `folder`.
    """

    def __init__(
        self, running: RunningStack, letters: Letters, folder: Path, say: Callable[[str], None]
    ) -> None:
        self.running = running
        self.folder = folder
        self.say = say
        self._letters = letters
        self._texts: dict[str, str] = {}

    async def submit(self, title: str, example: str, *, kind: Kind = Kind.PROFILE_UPDATE) -> Story:
        """Submit the example with its files; raises `SubmissionRefused` as the desk does."""
        document = await self.example(example)
        request = await submission.accept(kind, document, now=utc_now())
        return Story(title, RequestHandle(request.tracking_code))

    async def example(self, name: str) -> dict[str, Any]:
        """The submission as somebody hands it in: its documents are sent, and it names them."""
        papers = self.folder / "papers"
        papers.mkdir(exist_ok=True)
        return await example_with_files(name, papers, riyadh_day(utc_now()))

    async def look(self, story: Story, officer: str) -> tuple[Path, int]:
        """The officer has the pages of the case's documents written to a folder, and sees them."""
        await self.expect(story, Status.UNDER_REVIEW)
        folder = self.folder / "pages" / story.code
        folder.parent.mkdir(exist_ok=True)
        now = utc_now()
        case = await read_case(story.code, by=Looker.officer(officer), now=now)
        pages = await write_pages(case, folder, officer, now=now)
        if not pages:
            raise DemoFailed(f"no document of request {story.code} can be looked at")
        return folder, len(pages)

    async def read(self, story: Story, officer: str) -> None:
        """The officer looks at the documents, and notes that they show what is stated."""
        await self.look(story, officer)
        by = Looker.officer(officer)
        case = await read_case(story.code, by=by, now=utc_now())
        for document in case.documents:
            if document.stated is not None and document.file is not None:
                shown = as_stated(document.stated)
                await read_document(
                    story.code, document.file.upload.id, officer, shown, now=utc_now()
                )
        story.steps.append(f"{officer} reads its documents")

    async def decide(self, story: Story, verdict: str, officer: str, **why: Any) -> None:
        """Wait until the request is under review, and decide as this officer."""
        await self.expect(story, Status.UNDER_REVIEW)
        await story.handle.decide(verdict, officer=officer, **why)
        story.steps.append(f"{officer} {_DID[verdict]} it")

    async def activate(self, story: Story) -> None:
        """Pay where policy asks for it, read the activation e-mail and press its link's button."""
        asked = (Status.AWAITING_PAYMENT, Status.AWAITING_ACTIVATION)
        if await story.handle.wait_for(*asked, timeout=PATIENCE) is Status.AWAITING_PAYMENT:
            bill = await self.bill(story)
            paid_on = riyadh_day(utc_now())
            await payments.record_payment(bill.number, bill.amount, paid_on=paid_on, now=utc_now())
            story.steps.append("the bill is paid")
        await self.expect(story, Status.AWAITING_ACTIVATION)
        link = _LINK.search(await self.letter(story, _LINK))
        if link is None:
            raise DemoFailed("the activation e-mail has no link")
        await self.press(link.group())
        story.steps.append("the link is pressed")
        await self.ends(story, Status.ACTIVATED)

    async def bill(self, story: Story) -> BillState:
        """The request's bill; where policy does not know the amount, somebody sets it."""
        await self.expect(story, Status.AWAITING_PAYMENT)
        found = (await read_progress(story.code)).bill
        if found is not None:
            return found
        asked = Money(_ASKED, current_policy().renewal.fees.currency)
        return bill_state(await payments.set_amount(story.code, asked, now=utc_now()))

    async def press(self, link: str) -> None:
        """Open the link's page as a browser does, then press its button."""
        await asyncio.to_thread(_open_and_press, link)

    async def link(self, sign: re.Pattern[str]) -> str:
        """A link of this form, from the newest e-mail that bears one."""
        for text in reversed(await asyncio.to_thread(self._read_letters)):
            if found := sign.search(text):
                return found.group()
        raise DemoFailed("no e-mail has such a link")

    async def expect(self, story: Story, status: Status) -> None:
        """Wait until the request has this status; raises `DemoFailed` where it ends elsewhere."""
        found = await story.handle.wait_for(status, timeout=PATIENCE)
        if found is not status:
            raise DemoFailed(f"request {story.code} is {found}, not {status}")

    async def ends(self, story: Story, status: Status) -> None:
        """Wait until the request has ended so, in Prefect too, and say its line."""
        await self.expect(story, status)
        await self.shown(story, status.capitalize())
        request = await story.handle.look()
        number = f"; {request.reference_number}" if request.reference_number else ""
        self.say(f"  {story.code}  {story.title}: {', '.join([*story.steps, status])}{number}")

    async def waits(self, story: Story, status: Status) -> None:
        """Wait until the request waits so, and its run is suspended."""
        await self.expect(story, status)
        await self.shown(story, "Suspended")

    async def shown(self, story: Story, state: str) -> None:
        """Wait until Prefect shows the request's run in this state; raises `DemoFailed`."""
        request = await story.handle.look()
        run = str(request.flow_run_id)
        found = await asyncio.to_thread(state_shown, self.running, run, state, within=PATIENCE)
        if found != state:
            raise DemoFailed(f"the run of request {story.code} is {found}, not {state}")

    async def letter(self, story: Story, sign: re.Pattern[str] = _ANY, *, earlier: int = 0) -> str:
        """The text of the newest e-mail about this request that bears this sign, once it is there.

        With ``earlier`` it waits for one more than so many.
        """
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            texts = await asyncio.to_thread(self._read_letters)
            found = [text for text in texts if story.code in text and sign.search(text)]
            if len(found) > earlier:
                return found[-1]
            await asyncio.sleep(0.2)
        raise DemoFailed(f"an e-mail about request {story.code} did not arrive")

    def _read_letters(self) -> list[str]:
        """The texts of all e-mails, oldest first; each is read once."""
        keys = self._letters.keys()
        for key in keys:
            if key not in self._texts and (letter := self._letters.find(key)):
                self._texts[key] = letter.text
        return [self._texts[key] for key in keys]


_DID = {"approve": "approves", "return": "returns", "reject": "rejects"}


async def side_by_side(*works: Coroutine[Any, Any, T]) -> list[T]:
    """Do all of it at once; the first failure ends the others and is raised by itself."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(work) for work in works]
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None
    return [task.result() for task in tasks]


def _open_and_press(link: str) -> None:
    """Tick the box that asks for a person, and press."""
    try:
        with urlopen(link, timeout=PATIENCE) as page:  # noqa: S310 - http from our own e-mail
            seen = _SEEN.search(page.read().decode())
        form = {"sure": "yes"} | ({"seen": seen[1]} if seen else {})
        urlopen(link, data=urlencode(form).encode(), timeout=PATIENCE).close()  # noqa: S310 - as above
    except HTTPError as refusal:  # its own words hold the link, which is the applicant's alone
        raise DemoFailed(f"a page behind a link answered {refusal.code}") from None
