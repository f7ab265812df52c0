"""Many submissions from a program, each of its kind's own type."""

from collections.abc import AsyncIterator

from flows import card_renewal, profile_update
from flows.profile_update import ProfileChanges, ProfileUpdateSubmission, RowOutcome
from rules.card_renewal.submission import CardRenewalSubmission
from support.people import register_applicant


async def test_each_update_has_its_place_and_its_outcome(database: str) -> None:
    """In the order in which they were handed in, whatever is wrong with one."""
    number = (await register_applicant()).registration_number

    async def updates() -> AsyncIterator[ProfileUpdateSubmission]:
        for mobile in ("12", "0551112233"):
            yield ProfileUpdateSubmission(
                registration_number=number,
                changes=ProfileChanges(mobile=mobile),
                confirmed_by_applicant=True,
                idempotency_key=f"own-key-{mobile}",
            )

    results = [each async for each in profile_update.submit_many(updates())]

    assert [(each.mark, each.outcome) for each in results] == [
        (0, RowOutcome.REFUSED),
        (1, RowOutcome.ACCEPTED),
    ]


async def test_renewals_are_handed_in_as_renewals(database: str) -> None:
    """Who has no card is told so."""
    number = (await register_applicant()).registration_number

    async def renewals() -> AsyncIterator[CardRenewalSubmission]:
        yield CardRenewalSubmission(
            registration_number=number,
            confirmed_by_applicant=True,
            idempotency_key="their-renewal",
        )

    results = [each async for each in card_renewal.submit_many(renewals())]

    assert [one.code for each in results for one in each.problems] == ["card_unknown"]
