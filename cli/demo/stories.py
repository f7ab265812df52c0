"""The examples, carried through the whole pipelines by everybody it takes.

Each story does what people would do: submits a request, decides as an officer, reads the e-mail
that arrived and presses its button. They go side by side, as the requests of different people do.
"""

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from cli.demo.browser import PageRefuses
from cli.demo.examples import (
    CARDS,
    LEDGER,
    OFFICERS,
    OFFICIAL_RECORDS,
    REGISTER,
    dated_again,
)
from cli.demo.failing import DemoFailed
from cli.demo.handing_in import begin_renewal, send_corrected, send_renewal, write_documents
from cli.demo.stage import Stage, Story, side_by_side
from desk.clock import utc_now
from desk.register.files import read_register_files
from desk.register.loading import load_register
from desk.requests.handle import RequestHandle
from rules.requests.statuses import Kind, Status
from rules.values.dates import riyadh_day

_CORRECT = re.compile(r"https?://\S+/requests/[\w-]+/correct")


async def load_examples() -> str:
    """Load the register of the examples; says how much is on it."""
    today = riyadh_day(utc_now())
    with TemporaryDirectory(prefix="mumaris-demo-") as folder:
        files = read_register_files(
            practitioners=REGISTER,
            officers=OFFICERS,
            official=OFFICIAL_RECORDS,
            cards=dated_again(CARDS, Path(folder), today),
            ledger=dated_again(LEDGER, Path(folder), today),
            today=today,
        )
    report = await load_register(files)
    return (
        f"{report.practitioners.added} practitioners with {report.cards.added} cards "
        "are on the register."
    )


class Stories:
    """Tells the stories of eight requests, from their submission to their end."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    async def tell(self) -> None:
        """All of them, side by side; raises `DemoFailed`."""
        await side_by_side(
            self._passes_by_policy(),
            self._is_decided(),
            self._is_returned_and_corrected(),
            self._is_rejected(),
            self._is_renewed("a clean renewal", "05-renewal-clean.json"),
            self._is_renewed("a late renewal", "06-renewal-late.json"),
            self._lacks_a_document(),
            self._is_renewed("a renewal short of CPD hours", "08-renewal-short-hours.json"),
        )

    async def _passes_by_policy(self) -> None:
        story = await self._stage.submit("a new mobile number", "01-contact-change.json")
        story.steps.append("no officer is needed")
        await self._stage.activate(story)

    async def _is_decided(self) -> None:
        example = "02-specialty-and-certificates.json"
        story = await self._stage.submit("a new specialty", example)
        await self._stage.read(story, "amal")
        await self._stage.decide(story, "approve", "amal")
        await self._stage.activate(story)

    async def _is_returned_and_corrected(self) -> None:
        story = await self._stage.submit("a new employer", "03-returned-and-corrected.json")
        await self._stage.decide(
            story, "return", "amal", reason_code="differs_from_document", fields=["employer"]
        )
        await self._correct(story, "03-corrected.json")
        story.steps.append("it is corrected")
        await self._stage.decide(story, "approve", "basim")
        await self._stage.activate(story)

    async def _correct(self, story: Story, example: str) -> None:
        """By the link in the e-mail that says what is wrong, signing in first."""
        corrected, _ = self._stage.example(example)
        link = _CORRECT.search(await self._stage.letter(story, _CORRECT))
        if link is None:
            raise DemoFailed("the e-mail leads to no correction")
        async with self._stage.signed_in(corrected) as browser:
            await send_corrected(browser, urlsplit(link.group()).path, corrected)

    async def _is_rejected(self) -> None:
        story = await self._stage.submit("a new rank", "04-rejected.json")
        await self._stage.decide(story, "reject", "basim", reason_code="not_eligible")
        await self._stage.letter(story, earlier=1)
        await self._stage.ends(story, Status.REJECTED)

    async def _is_renewed(self, title: str, example: str) -> None:
        story = await self._stage.submit(title, example, kind=Kind.CARD_RENEWAL)
        await self._is_approved(story)

    async def _is_approved(self, story: Story) -> None:
        await self._stage.decide(story, "approve", "amal")
        await self._stage.activate(story)

    async def _lacks_a_document(self) -> None:
        """The page says what is missing and keeps what was typed; with it, the same is sent."""
        lacking, files = self._stage.example("07-renewal-lacks-document.json")
        whole, _ = self._stage.example("07-corrected.json")
        rest = [stated for stated in whole["documents"] if stated not in lacking["documents"]]
        async with self._stage.signed_in(lacking) as browser:
            await begin_renewal(browser)
            await write_documents(browser, lacking["documents"], dict(files))
            try:
                await send_renewal(browser)
            except PageRefuses as refused:
                said = " ".join(refused.mistakes)
                self._stage.say(f"  (refused)  a renewal without its residence card: {said}")
            else:
                raise DemoFailed("a renewal without a document that it needs was accepted")
            await write_documents(browser, rest, {})
            code = await send_renewal(browser)
        await self._is_approved(Story("the same with its card", RequestHandle(code)))
