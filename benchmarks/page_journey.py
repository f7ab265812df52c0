"""People in the update journey: each signs in, and goes from the home page to the last one."""

import asyncio
from dataclasses import dataclass, field
from random import Random

from benchmarks.browser import Answer, Browser

#: Seconds for which somebody reads a page or types, about: most people take longer.
READS = (2.0, 8.0)
_NEITHER = 400


@dataclass
class Taken:
    """The answers by the page's name, and what was no answer to go on from."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    #: The largest body of each page.
    sizes: dict[str, int] = field(default_factory=dict)

    def note(self, name: str, answer: Answer) -> Answer:
        """Count it; raises `Stopped` where the journey cannot go on."""
        if answer.status >= _NEITHER:
            self.refused.append(f"{name}: {answer.status}")
            raise Stopped
        self.seconds.setdefault(name, []).append(answer.seconds)
        self.sizes[name] = max(self.sizes.get(name, 0), len(answer.body))
        return answer

    @property
    def all(self) -> list[float]:
        """The seconds of all pages."""
        return [each for some in self.seconds.values() for each in some]


class Stopped(Exception):
    """The journey of one person ended before its last page."""


@dataclass(frozen=True)
class Person:
    """Somebody with an account, before a browser."""

    registration_number: str
    identity_number: str
    browser: Browser

    async def sign_in(self, password: str) -> Answer:
        """By the page's form."""
        shown = await self.browser.get("/sign-in")
        return await self.browser.send(
            shown, "/sign-in", name=self.identity_number, password=password
        )

    async def update(
        self, taken: Taken, chance: Random, reads: tuple[float, float] = READS
    ) -> None:
        """From the home page to the request's last page, and back home; reads what it is shown."""

        async def read() -> None:
            await asyncio.sleep(chance.uniform(*reads))

        async def get(name: str, path: str) -> Answer:
            return taken.note(name, await self.browser.get(path))

        async def send(name: str, shown: Answer, **fields: str) -> Answer:
            answer = taken.note(name, await self.browser.send(shown, shown.path, **fields))
            return await get(f"{name}, then", answer.leads_to.partition("#")[0])

        await read()
        for name, path in (("style sheet", "/portal.css"), ("home", "/home")):
            await get(name, path)
        await read()
        search = await get("search", "/update")
        await read()
        await send("Search", search, registration_number=self.registration_number)
        await read()
        form = await get("contact details", "/update/edit/contact")
        await read()
        mobile = f"055{self.registration_number[-7:]}"
        await send("Continue", form, mobile=mobile)
        await read()
        review = await get("review", "/update/review")
        await read()
        await send("Next", review, sure="yes")
        await read()
        await get("home again", "/home")
