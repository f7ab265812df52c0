"""The demo's renewals: a clean one, a late one, one without a document, one short of hours."""

from cli.demo_stage import DemoFailed, Stage, Story
from desk.handle import RequestHandle
from desk.reading import SubmissionRefused
from models.requests import Request
from rules.renewal_fees import fee_sentences, fine_sentences
from rules.renewal_plan import RenewalPlan
from rules.review import ReviewReason
from rules.statuses import Kind, Status


class Renewals:
    """Tells the stories of cards."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    async def tell(self) -> list[Story]:
        """Renew every example's card; raises `DemoFailed`."""
        return [
            await self._renewed("A clean renewal", "05-renewal-clean.json"),
            await self._renewed("A late renewal", "06-renewal-late.json"),
            await self._lacks_a_document(),
            await self._renewed("A renewal short of hours", "08-renewal-short-hours.json"),
        ]

    async def _renewed(self, title: str, example: str) -> Story:
        handle = await self._submit(title, example)
        self._tell_plan(await self._stage.at_the_gate(handle))
        await self._stage.approve(handle, "amal")
        await self._stage.activate(handle)
        return Story(f"{title} is approved by an officer", handle, Status.ACTIVATED)

    async def _lacks_a_document(self) -> Story:
        title = "A renewal without its residence card"
        try:
            await self._submit(title, "07-renewal-lacks-document.json")
        except SubmissionRefused as refused:
            codes = ", ".join(found.code for found in refused.problems)
            self._stage.say(f"{title} is refused at the door: {codes}; nothing is kept")
        else:
            raise DemoFailed("a renewal without a document that it needs was accepted")
        return await self._renewed("The same with its card", "07-corrected.json")

    async def _submit(self, title: str, example: str) -> RequestHandle:
        return await self._stage.submit(title, example, kind=Kind.CARD_RENEWAL)

    def _tell_plan(self, request: Request) -> None:
        plan = RenewalPlan.from_json(request.normalised)
        years = f"{plan.years} year{'' if plan.years == 1 else 's'}"
        self._stage.say(
            f"  for {years}. {fee_sentences(plan.fee).en} {fine_sentences(plan.fine).en}"
        )
        for code in request.review_reasons:
            self._stage.say(f"  why a person is needed: {ReviewReason(code).sentence_en}")
