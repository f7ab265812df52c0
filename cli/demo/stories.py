"""The examples, carried through the whole pipelines by everybody it takes.

Each story does what people would do: submits a request, decides as an officer, reads the e-mail
that arrived and presses its button. They go side by side, as the requests of different people do.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from cli.demo.examples import (
    CARDS,
    LEDGER,
    OFFICERS,
    OFFICIAL_RECORDS,
    REGISTER,
    dated_again,
)
from cli.demo.stage import DemoFailed, Stage, side_by_side
from desk.clock import utc_now
from desk.kinds.reading import SubmissionRefused
from desk.register.files import read_register_files
from desk.register.loading import load_register
from desk.requests import submission
from rules.requests.statuses import Kind, Status
from rules.values.dates import riyadh_day


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
        await self._stage.letter(story, earlier=1)  # the first one says that it was received
        corrected = await self._stage.example("03-corrected.json")
        await submission.resubmit(story.code, corrected, now=utc_now())
        story.steps.append("it is corrected")
        await self._stage.decide(story, "approve", "basim")
        await self._stage.activate(story)

    async def _is_rejected(self) -> None:
        story = await self._stage.submit("a new rank", "04-rejected.json")
        await self._stage.decide(story, "reject", "basim", reason_code="not_eligible")
        await self._stage.letter(story, earlier=1)
        await self._stage.ends(story, Status.REJECTED)

    async def _is_renewed(self, title: str, example: str) -> None:
        story = await self._stage.submit(title, example, kind=Kind.CARD_RENEWAL)
        await self._stage.decide(story, "approve", "amal")
        await self._stage.activate(story)

    async def _lacks_a_document(self) -> None:
        title, example = "a renewal without its residence card", "07-renewal-lacks-document.json"
        try:
            await self._stage.submit(title, example, kind=Kind.CARD_RENEWAL)
        except SubmissionRefused as refused:
            codes = ", ".join(found.code for found in refused.problems)
            self._stage.say(f"  (refused)  {title}: {codes}; nothing is kept")
        else:
            raise DemoFailed("a renewal without a document that it needs was accepted")
        await self._is_renewed("the same with its card", "07-corrected.json")
