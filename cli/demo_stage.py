"""What the demo's stories are told with: people's hands, and the letters that arrive.

It fails loudly (`DemoFailed`) where a step did not happen.
"""

import asyncio
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode
from urllib.request import urlopen

from cli.examples import read_example
from desk import submission
from desk.clock import utc_now
from desk.handle import RequestHandle
from models.requests import Request
from rules.dates import riyadh_day
from rules.errors import MumarisError
from rules.statuses import Kind, Status
from stack.mail_letters import Letters

#: Seconds that one step may take.
PATIENCE = 90.0
_LINK = re.compile(r"https?://\S+/activate/[\w-]+")
#: What the page of a profile sends back with its button.
_SEEN = re.compile(r'name="seen" value="([0-9a-f]+)"')


class DemoFailed(MumarisError):
    """A step of the demo did not happen."""


@dataclass(frozen=True)
class Story:
    """A story that was told, and how it was to end."""

    title: str
    handle: RequestHandle
    ends: Status


class Stage:
    """Does what people do; `say` gets one line for each step."""

    def __init__(self, letters: Letters, say: Callable[[str], None]) -> None:
        self._letters = letters
        self.say = say

    async def submit(
        self, title: str, example: str, *, kind: Kind = Kind.PROFILE_UPDATE
    ) -> RequestHandle:
        """Hand the example in; raises `SubmissionRefused` as the door does."""
        document = read_example(example, riyadh_day(utc_now()))
        request = await submission.accept(kind, document, now=utc_now())
        self.say(f"{title} is submitted; its tracking code is {request.tracking_code}")
        return RequestHandle(request.tracking_code)

    async def at_the_gate(self, handle: RequestHandle) -> Request:
        """Wait until the run waits for officers; returns the request as they see it."""
        await self.expect(handle, Status.UNDER_REVIEW)
        self.say("  valid; the run waits at the review gate")
        return await handle.look()

    async def approve(self, handle: RequestHandle, officer: str) -> None:
        """Approve as this officer."""
        await handle.decide("approve", officer=officer)
        self.say(f"  {officer}, an officer, approves it")

    async def activate(self, handle: RequestHandle) -> None:
        """Read the activation letter and press its link's button."""
        await self.expect(handle, Status.AWAITING_ACTIVATION)
        reference = (await handle.look()).reference_number
        text = await self.letter(handle, _LINK)
        self.say(f"  reference number {reference}; the activation letter has arrived")
        link = _LINK.search(text)
        if link is None:
            raise DemoFailed("the activation letter has no link")
        await self.press(link.group())
        await self.expect(handle, Status.ACTIVATED)
        self.say("  the link is pressed; it is in force")

    async def press(self, link: str) -> None:
        """Open the link's page as a browser does, then press its button."""
        await asyncio.to_thread(_open_and_press, link)

    async def link(self, sign: re.Pattern[str]) -> str:
        """A link of this form, from the newest letter that bears one."""
        for text in reversed(await asyncio.to_thread(self._texts)):
            if found := sign.search(text):
                return found.group()
        raise DemoFailed("no letter has such a link")

    async def told(self, handle: RequestHandle) -> None:
        """Wait for the letter after the first, which says that the request was received."""
        await self.letter(handle, _TRACKED, earlier=1)

    async def expect(self, handle: RequestHandle, status: Status) -> None:
        """Wait until the request has this status; raises `DemoFailed` where it ends elsewhere."""
        found = await handle.wait_for(status, timeout=PATIENCE)
        if found is not status:
            raise DemoFailed(f"request {handle.tracking_code} is {found}, not {status}")

    async def letter(
        self, handle: RequestHandle, sign: re.Pattern[str], *, earlier: int = 0
    ) -> str:
        """The text of the letter about this request that bears this sign, once it has arrived."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            texts = await asyncio.to_thread(self._texts)
            found = [text for text in texts if handle.tracking_code in text and sign.search(text)]
            if len(found) > earlier:
                return found[-1]
            await asyncio.sleep(0.1)
        raise DemoFailed(f"a letter about request {handle.tracking_code} did not arrive")

    def _texts(self) -> list[str]:
        """The texts of the newest letters, oldest first."""
        letters = [self._letters.find(summary.key) for summary in self._letters.newest(50)]
        return [letter.text for letter in reversed(letters) if letter is not None]


#: Every letter names its request; the first of them says that it was received.
_TRACKED = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}")


def _open_and_press(link: str) -> None:
    with urlopen(link, timeout=30) as page:  # noqa: S310 - http from our own letter
        seen = _SEEN.search(page.read().decode())
    body = urlencode({"seen": seen[1]}).encode() if seen else b""
    with urlopen(link, data=body, timeout=30) as page:  # noqa: S310 - as above
        if page.status != 200:  # noqa: PLR2004 - HTTP's own number
            raise DemoFailed(f"the page answered {page.status}")
