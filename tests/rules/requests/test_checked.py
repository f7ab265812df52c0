"""What a kind's rules make of a submission, with the doubts that come later."""

from rules.findings.doubts import IDENTITY_NUMBER_HELD, SAME_PERSON_ON_FILE, Doubt
from rules.policy.policy import Policy
from rules.requests.checked import Checked
from rules.requests.review import ReviewNeed, ReviewReason

FIRST = Doubt(SAME_PERSON_ON_FILE, "name_en", "1234-5678")
LATER = Doubt(IDENTITY_NUMBER_HELD, "identity_number", "1234-5678")
CHECKED = Checked(
    problems=(),
    normalised={"rank": "consultant", "warnings": [FIRST.to_json()]},
    review=ReviewNeed(2, (ReviewReason.WARNINGS_RAISED,)),
    identity=None,
    uploads=("a",),
)


def test_without_a_doubt_it_is_as_it_was(policy: Policy) -> None:
    """Nobody is asked to look."""
    assert CHECKED.with_doubts((), policy) is CHECKED


def test_more_doubts_stand_behind_the_first(policy: Policy) -> None:
    """They are kept with the request, officers are asked for them too, and the rest stays."""
    more = CHECKED.with_doubts([LATER], policy)

    assert more.normalised == {
        "rank": "consultant",
        "warnings": [FIRST.to_json(), LATER.to_json()],
    }
    assert more.review.approvals == 2
    assert set(more.review.reasons) == {
        ReviewReason.WARNINGS_RAISED,
        ReviewReason.IDENTITY_NUMBER_HELD,
    }
    assert more.uploads == CHECKED.uploads
