"""The examples, carried through the whole pipelines by everybody it takes.

Each story does what people would do: hands a submission in, decides as an officer, reads the letter
that arrived and presses its button.
"""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from cli.demo_renewals import Renewals
from cli.demo_stage import Stage, Story
from cli.examples import (
    CARDS,
    LEDGER,
    OFFICERS,
    OFFICIAL_RECORDS,
    REGISTER,
    dated_again,
    read_example,
)
from desk import submission
from desk.clock import utc_now
from desk.loading import load_register
from desk.register_files import read_register_files
from rules.dates import riyadh_day
from rules.statuses import Status
from stack.mail_letters import Letters


class Stories:
    """Tells the examples' stories; `say` gets one line for each step."""

    def __init__(self, letters: Letters, say: Callable[[str], None]) -> None:
        self.stage = Stage(letters, say)

    async def tell(self) -> list[Story]:
        """Load the register and carry every example; raises `DemoFailed`."""
        await self._load_register()
        return [
            await self._passes_by_policy(),
            await self._is_decided(),
            await self._is_returned_and_corrected(),
            await self._is_rejected(),
            *await Renewals(self.stage).tell(),
        ]

    async def _load_register(self) -> None:
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
        self.stage.say(
            f"{report.practitioners.added} practitioners with {report.cards.added} cards "
            "are on the register"
        )

    async def _passes_by_policy(self) -> Story:
        handle = await self.stage.submit("A contact change", "01-contact-change.json")
        await self.stage.activate(handle)
        return Story("A contact change passes the gate by policy", handle, Status.ACTIVATED)

    async def _is_decided(self) -> Story:
        handle = await self.stage.submit("A new specialty", "02-specialty-and-certificates.json")
        await self.stage.at_the_gate(handle)
        await self.stage.approve(handle, "amal")
        await self.stage.activate(handle)
        return Story("A new specialty is decided by an officer", handle, Status.ACTIVATED)

    async def _is_returned_and_corrected(self) -> Story:
        handle = await self.stage.submit("A new employer", "03-returned-and-corrected.json")
        await self.stage.at_the_gate(handle)
        await handle.decide(
            "return", officer="amal", reason_code="differs_from_document", fields=["employer"]
        )
        self.stage.say("  amal returns it: the employer differs from the letter")
        await self.stage.told(handle)
        corrected = read_example("03-corrected.json", riyadh_day(utc_now()))
        await submission.resubmit(handle.tracking_code, corrected, now=utc_now())
        self.stage.say("  the applicant corrects it and sends it again")
        await self.stage.expect(handle, Status.UNDER_REVIEW)
        await self.stage.approve(handle, "basim")
        await self.stage.activate(handle)
        return Story("A new employer is returned and corrected", handle, Status.ACTIVATED)

    async def _is_rejected(self) -> Story:
        handle = await self.stage.submit("A new rank", "04-rejected.json")
        await self.stage.at_the_gate(handle)
        await handle.decide("reject", officer="basim", reason_code="not_eligible")
        self.stage.say("  basim rejects it: the conditions are not met")
        await self.stage.told(handle)
        return Story("A new rank is rejected", handle, Status.REJECTED)
