"""The examples, carried through the whole pipeline by everybody it takes.

Each story does what people would do: hands a submission in, decides as an officer, reads the letter
that arrived and presses its button. It fails loudly (`DemoFailed`) where a step did not happen.
"""

import asyncio
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.request import Request as HttpRequest
from urllib.request import urlopen

from cli.examples import OFFICERS, OFFICIAL_RECORDS, REGISTER, read_example
from desk import submission
from desk.clock import utc_now
from desk.handle import RequestHandle
from desk.loading import load_register
from desk.register_files import read_register_files
from rules.dates import riyadh_day
from rules.errors import MumarisError
from rules.statuses import Kind, Status
from stack.mail_letters import Letters

#: Seconds that one step may take.
PATIENCE = 90.0
_LINK = re.compile(r"https?://\S+/activate/[\w-]+")


class DemoFailed(MumarisError):
    """A step of the demo did not happen."""


@dataclass(frozen=True)
class Story:
    """A story that was told, and how it was to end."""

    title: str
    handle: RequestHandle
    ends: Status


class Stories:
    """Tells the examples' stories; `say` gets one line for each step."""

    def __init__(self, letters: Letters, say: Callable[[str], None]) -> None:
        self._letters = letters
        self._say = say

    async def tell(self) -> list[Story]:
        """Load the register and carry every example; raises `DemoFailed`."""
        await self._load_register()
        return [
            await self._passes_by_policy(),
            await self._is_decided(),
            await self._is_returned_and_corrected(),
            await self._is_rejected(),
        ]

    async def _load_register(self) -> None:
        files = read_register_files(
            practitioners=REGISTER,
            officers=OFFICERS,
            official=OFFICIAL_RECORDS,
            today=riyadh_day(utc_now()),
        )
        report = await load_register(files)
        self._say(f"{report.practitioners.added} practitioners are on the register")

    async def _passes_by_policy(self) -> Story:
        handle = await self._submit("A contact change", "01-contact-change.json")
        await self._activate(handle)
        return Story("A contact change passes the gate by policy", handle, Status.ACTIVATED)

    async def _is_decided(self) -> Story:
        handle = await self._submit("A new specialty", "02-specialty-and-certificates.json")
        await self._at_the_gate(handle)
        await handle.decide("approve", officer="amal")
        self._say("  amal, an officer, approves it")
        await self._activate(handle)
        return Story("A new specialty is decided by an officer", handle, Status.ACTIVATED)

    async def _is_returned_and_corrected(self) -> Story:
        handle = await self._submit("A new employer", "03-returned-and-corrected.json")
        await self._at_the_gate(handle)
        await handle.decide(
            "return", officer="amal", reason_code="differs_from_document", fields=["employer"]
        )
        self._say("  amal returns it: the employer differs from the letter")
        await self._letter(handle, _TRACKED, earlier=1)
        corrected = read_example("03-corrected.json", riyadh_day(utc_now()))
        await submission.resubmit(handle.tracking_code, corrected, now=utc_now())
        self._say("  the applicant corrects it and sends it again")
        await self._expect(handle, Status.UNDER_REVIEW)
        await handle.decide("approve", officer="basim")
        self._say("  basim approves it")
        await self._activate(handle)
        return Story("A new employer is returned and corrected", handle, Status.ACTIVATED)

    async def _is_rejected(self) -> Story:
        handle = await self._submit("A new rank", "04-rejected.json")
        await self._at_the_gate(handle)
        await handle.decide("reject", officer="basim", reason_code="not_eligible")
        self._say("  basim rejects it: the conditions are not met")
        await self._letter(handle, _TRACKED, earlier=1)
        return Story("A new rank is rejected", handle, Status.REJECTED)

    async def _submit(self, title: str, example: str) -> RequestHandle:
        document = read_example(example, riyadh_day(utc_now()))
        request = await submission.accept(Kind.PROFILE_UPDATE, document, now=utc_now())
        self._say(f"{title} is submitted; its tracking code is {request.tracking_code}")
        return RequestHandle(request.tracking_code)

    async def _at_the_gate(self, handle: RequestHandle) -> None:
        await self._expect(handle, Status.UNDER_REVIEW)
        self._say("  valid; the run waits at the review gate")

    async def _activate(self, handle: RequestHandle) -> None:
        await self._expect(handle, Status.AWAITING_ACTIVATION)
        reference = (await handle.look()).reference_number
        text = await self._letter(handle, _LINK)
        self._say(f"  reference number {reference}; the activation letter has arrived")
        link = _LINK.search(text)
        if link is None:
            raise DemoFailed("the activation letter has no link")
        await asyncio.to_thread(_open_and_press, link.group())
        await self._expect(handle, Status.ACTIVATED)
        self._say("  the link is pressed; the change is in force")

    async def _expect(self, handle: RequestHandle, status: Status) -> None:
        found = await handle.wait_for(status, timeout=PATIENCE)
        if found is not status:
            raise DemoFailed(f"request {handle.tracking_code} is {found}, not {status}")

    async def _letter(
        self, handle: RequestHandle, sign: re.Pattern[str], *, earlier: int = 0
    ) -> str:
        """The text of the letter about this request that bears this sign, once it has arrived."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            texts = await asyncio.to_thread(self._texts, handle.tracking_code)
            found = [text for text in texts if sign.search(text)]
            if len(found) > earlier:
                return found[-1]
            await asyncio.sleep(0.1)
        raise DemoFailed(f"a letter about request {handle.tracking_code} did not arrive")

    def _texts(self, tracking_code: str) -> list[str]:
        letters = [self._letters.find(summary.key) for summary in self._letters.newest(50)]
        texts = [letter.text for letter in reversed(letters) if letter is not None]
        return [text for text in texts if tracking_code in text]


#: Every letter names its request; the first of them says that it was received.
_TRACKED = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}")


def _open_and_press(link: str) -> None:
    """Open the link's page as a browser does, then press its button."""
    for method in ("GET", "POST"):
        with urlopen(HttpRequest(link, method=method), timeout=30) as page:  # noqa: S310 - http from our own letter
            if page.status != 200:  # noqa: PLR2004 - HTTP's own number
                raise DemoFailed(f"the activation page answered {page.status}")
