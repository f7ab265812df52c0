"""What the demo leaves for whoever looks around: one request in each wait, and what to do to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.demo.people import address_of
from cli.demo.stage import Stage, Story, side_by_side
from desk.clock import utc_now
from desk.policy import current_policy
from rules.requests.statuses import Kind, Status
from rules.values.dates import riyadh_day


@dataclass(frozen=True)
class Left:
    """A request that waits, and what ends its wait: a command, or the page of whoever made it."""

    waits_for: str
    command: str = ""
    #: Who must be signed in to the command for it; nothing where nobody must.
    officer: str = ""
    #: A path of the portal, and the name by which this person signs in.
    page: str = ""
    name: str = ""
    #: What the page does not say by itself.
    note: str = ""


class Waits:
    """Brings one request to each wait."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.left: list[Left] = []
        self._look = ""

    async def leave(self) -> None:
        """All of them, side by side, and none that policy does not ask for; raises `DemoFailed`."""
        waits = [
            self._for_you(),
            self._for_an_officer(),
            self._for_a_second_officer(),
            self._for_a_correction(),
            self._for_its_activation(),
        ]
        if current_policy().payment.required_before_activation:
            waits.append(self._for_its_payment())
        left = await side_by_side(*waits)
        look = Left("a look", self._look, officer="amal")
        desk = Left("the desk", page="/desk", name=address_of("amal"))
        self.left = [look, *left, desk]

    async def _for_you(self) -> Left:
        """Nothing is submitted: an example lies ready, with its letter."""
        submission, files = self._stage.example("14-to-submit-yourself.json")
        letter = ", ".join(str(_short(file)) for _, file in files)
        employer = submission["changes"]["employer"]
        return self._on_page("/update", submission, "your own", f"({employer}; {letter})")

    async def _for_an_officer(self) -> Left:
        story = await self._stage.submit("a new employer", "09-waits-for-review.json")
        await self._stage.waits(story, Status.UNDER_REVIEW)
        folder, pages = await self._stage.look(story, "amal")
        where = f"{pages} page, in {_short(folder)}"
        self._stage.say(f"  {story.code}  amal looks at its letter: {where}")
        self._look = f"review show {story.code} --documents {_short(folder)}"
        return Left("review", _approve(story), officer="amal")

    async def _for_a_second_officer(self) -> Left:
        story = await self._stage.submit("a new identity number", "10-second-officer.json")
        await self._stage.decide(story, "approve", "amal")
        await self._stage.waits(story, Status.UNDER_REVIEW)
        return Left("a second officer", _approve(story), officer="basim")

    async def _for_a_correction(self) -> Left:
        story = await self._stage.submit("a new employer", "11-returned.json")
        await self._stage.decide(
            story, "return", "amal", reason_code="differs_from_document", fields=["employer"]
        )
        await self._stage.waits(story, Status.RETURNED)
        submission, _ = self._stage.example("11-returned.json")
        return self._on_page(f"/requests/{story.code}/correct", submission, "a correction")

    async def _for_its_payment(self) -> Left:
        story = await self._stage.submit(
            "a renewal", "13-waits-for-payment.json", kind=Kind.CARD_RENEWAL
        )
        await self._stage.decide(story, "approve", "amal")
        bill = await self._stage.bill(story)
        await self._stage.waits(story, Status.AWAITING_PAYMENT)
        amount = bill.amount.formatted("en").split()[0]
        paid_on = riyadh_day(utc_now())
        return Left(
            "payment", f"payment record {bill.number} --amount {amount} --paid-on {paid_on}"
        )

    async def _for_its_activation(self) -> Left:
        example = "12-waits-for-activation.json"
        story = await self._stage.submit("a new address", example)
        await self._stage.waits(story, Status.AWAITING_ACTIVATION)
        await self._stage.letter(story, earlier=1)
        submission, _ = self._stage.example(example)
        note = "(and the link in its e-mail)"
        return self._on_page(f"/requests/{story.code}", submission, "activation", note)

    def _on_page(
        self, page: str, submission: Mapping[str, Any], waits_for: str, note: str = ""
    ) -> Left:
        """Left for whoever this submission is of."""
        name = self._stage.people.email_of(submission["registration_number"])
        return Left(waits_for, page=page, name=name, note=note)


def _approve(story: Story) -> str:
    return f"request decide {story.code} --approve"


def _short(path: Path) -> Path:
    """The path as somebody would type it here."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
