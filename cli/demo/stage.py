"""What the demo's stories are told with: people's hands, and the e-mails that arrive.

It fails loudly (`DemoFailed`) where a step did not happen.
"""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from cli.demo.browser import PortalBrowser
from cli.demo.examples import files_of, read_example
from cli.demo.failing import DemoFailed
from cli.demo.handing_in import hand_in
from cli.demo.people import People
from cli.demo.runs import state_shown
from cli.work.documents.page_pictures import write_pages
from desk.cases.case import read_case
from desk.cases.payments import BillState, bill_state
from desk.cases.progress import read_progress
from desk.clock import utc_now
from desk.documents.attaching import Attachment
from desk.looks import Looker
from desk.policy import current_policy
from desk.requests import payments
from desk.requests.document_reading import read_document
from desk.requests.handle import RequestHandle
from rules.requests.document_readings import as_stated
from rules.requests.statuses import Kind, Status
from rules.values.dates import riyadh_day
from rules.values.money import Money
from stack.mail_letters import Letters, OpenedLetter
from stack.running import RunningStack

T = TypeVar("T")

#: Seconds that one step may take, on the slowest machine: what goes wrong is told at once.
PATIENCE = 300.0
_LINK = re.compile(r"https?://\S+/activate/[\w-]+")
#: People who are before the portal at a time: more would only wait for each other.
_AT_A_TIME = 3
#: As the English half of the e-mail has it that confirms an address.
_CODE = re.compile(r"^Code: ([0-9]+)", re.MULTILINE)
#: Every e-mail about a request names it.
_ANY = re.compile("")
#: Minor units that an invented authority asks for where policy knows no amount.
_ASKED = 50_000


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
        self.people = People()
        self._letters = letters
        self._read: dict[str, OpenedLetter] = {}
        self._room = asyncio.Semaphore(_AT_A_TIME)

    async def submit(self, title: str, example: str, *, kind: Kind = Kind.PROFILE_UPDATE) -> Story:
        """Hand the example in with its files, on the portal's pages as whoever it is of."""
        submission, files = self.example(example)
        async with self.signed_in(submission) as browser:
            code = await hand_in(browser, kind, submission, files, read_code=self.code_sent_to)
        return Story(title, RequestHandle(code))

    @asynccontextmanager
    async def signed_in(self, submission: Mapping[str, Any]) -> AsyncIterator[PortalBrowser]:
        """The portal, as whoever this submission is of."""
        async with self._room, self._browser() as browser:
            name = self.people.email_of(submission["registration_number"])
            await browser.sign_in(name, self.people.password)
            yield browser

    def example(self, name: str) -> tuple[dict[str, Any], list[Attachment]]:
        """The submission and its files, good today."""
        papers = self.folder / "papers"
        papers.mkdir(exist_ok=True)
        submission = read_example(name, riyadh_day(utc_now()))
        return submission, files_of(name, submission, papers)

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
        """Open the link's page as a browser does, tick the box that asks for a person, and press.

        Raises `DemoFailed`, which does not hold the link: it is the applicant's alone.
        """
        async with self._browser() as browser:
            try:
                await browser.press(urlsplit(link).path, {"sure": "yes"})
            except DemoFailed:
                raise DemoFailed("a page behind a link refuses a press") from None

    async def link(self, sign: re.Pattern[str]) -> str:
        """A link of this form, from the newest e-mail that bears one."""
        for letter in reversed(await asyncio.to_thread(self._read_letters)):
            if found := sign.search(letter.text):
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

        def is_it(letter: OpenedLetter) -> bool:
            return story.code in letter.text and sign.search(letter.text) is not None

        return await self._arrived(is_it, f"about request {story.code}", earlier=earlier)

    async def code_sent_to(self, address: str) -> str:
        """The code in the newest e-mail to this address that has one, once it is there."""

        def is_it(letter: OpenedLetter) -> bool:
            return address in letter.summary.to and _CODE.search(letter.text) is not None

        text = await self._arrived(is_it, "with the code of a new address")
        return str(_CODE.findall(text)[0])

    async def _arrived(
        self, is_it: Callable[[OpenedLetter], bool], what: str, *, earlier: int = 0
    ) -> str:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            letters = await asyncio.to_thread(self._read_letters)
            found = [letter.text for letter in letters if is_it(letter)]
            if len(found) > earlier:
                return found[-1]
            await asyncio.sleep(0.2)
        raise DemoFailed(f"an e-mail {what} did not arrive")

    def _browser(self) -> PortalBrowser:
        return PortalBrowser(self.running.portal_url, patience=PATIENCE)

    def _read_letters(self) -> list[OpenedLetter]:
        """All e-mails, oldest first; each is read once."""
        keys = self._letters.keys()
        for key in keys:
            if key not in self._read and (letter := self._letters.find(key)):
                self._read[key] = letter
        return [self._read[key] for key in keys]


_DID = {"approve": "approves", "return": "returns", "reject": "rejects"}


async def side_by_side(*works: Coroutine[Any, Any, T]) -> list[T]:
    """Do all of it at once; the first failure ends the others and is raised by itself."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(work) for work in works]
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None
    return [task.result() for task in tasks]
