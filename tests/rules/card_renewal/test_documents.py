"""Which documents a renewal needs, day by day."""

from dataclasses import replace
from datetime import date

import pytest

from rules.findings.problems import problem as problem_of
from rules.policy.policy import Policy
from rules.register.card import Category
from rules.requests.documents import needed_for_renewal
from rules.values.document_kind import DocumentKind
from support.card_judge import LETTER, CardJudge

RESIDENT = {"nationality": "EG"}
OLD = {"birth_date": date(1950, 1, 1)}


def judge_who_asks_for(kind: DocumentKind, policy: Policy) -> CardJudge:
    """Judges by a policy that asks nurses for this document alone."""
    needs = dict(policy.renewal.documents) | {Category.NURSING: (kind.value,)}
    renewal = replace(policy.renewal, documents=needs)  # type: ignore[arg-type]  # one of the values
    return CardJudge(replace(policy, renewal=renewal))


@pytest.fixture
def judge(policy: Policy) -> CardJudge:
    """Judges renewals of the sample card on 2026-03-15."""
    return CardJudge(policy)


@pytest.mark.parametrize(
    ("issued_on", "problem"),
    [
        ("2025-12-14", ("documents[0].issued_on", "employer_letter_too_old")),
        ("2025-12-15", None),
        ("2026-03-15", None),
        ("2026-03-16", ("documents[0].issued_on", "date_in_future")),
        ("1447-06-24", None),
    ],
)
def test_the_employers_letter_is_at_most_three_months_old(
    judge: CardJudge, issued_on: str, problem: tuple[str, str] | None
) -> None:
    """Calendar months before 15 March 2026, either calendar."""
    letter = replace(LETTER, issued_on=issued_on)

    assert judge.codes(documents=(letter,)) == ({problem} if problem else set())


def test_three_months_before_the_end_of_may_is_the_end_of_february(judge: CardJudge) -> None:
    """Clamped to the month, in a common year and in a leap year."""
    judge.today = date(2026, 5, 31)
    codes = [
        judge.codes(documents=(replace(LETTER, issued_on=day),))
        for day in ("2026-02-28", "2026-02-27")
    ]
    judge.today = date(2024, 5, 31)
    judge.card = replace(judge.card, expires_on=date(2024, 6, 1))
    leap = [
        judge.codes(documents=(replace(LETTER, issued_on=day),))
        for day in ("2024-02-29", "2024-02-28")
    ]

    too_old = {("documents[0].issued_on", "employer_letter_too_old")}
    assert codes == [set(), too_old]
    assert leap == [set(), too_old]


def test_a_renewal_without_documents_lacks_what_its_holder_needs(judge: CardJudge) -> None:
    """All of it at once; a young Saudi needs the letter alone."""
    everything = {
        ("documents", "employer_letter_missing"),
        ("documents", "residence_card_missing"),
        ("documents", "medical_report_missing"),
    }

    assert judge.codes(documents=()) == {("documents", "employer_letter_missing")}
    assert judge.with_card(**RESIDENT, **OLD).codes(documents=()) == everything


def test_a_citizen_of_a_gulf_state_shows_the_card_that_policy_says(judge: CardJudge) -> None:
    """They have no residence card; the list of what is missing says so too."""
    gulf = judge.with_card(nationality="BH", identity_kind="gcc_id")

    assert gulf.codes(documents=(LETTER,)) == {("documents", "identity_missing")}
    assert gulf.codes(documents=(LETTER, replace(LETTER, kind=DocumentKind.IDENTITY))) == set()
    assert DocumentKind.IDENTITY in needed_for_renewal(gulf.card, gulf.today, gulf.policy)


@pytest.mark.parametrize(
    ("expires_on", "problem"),
    [
        ("2026-03-14", ("documents[1].expires_on", "residence_card_expired")),
        ("2026-03-15", None),
        (None, ("documents[1].expires_on", "residence_card_without_expiry")),
    ],
)
def test_a_residents_card_is_valid_on_the_day(
    judge: CardJudge, expires_on: str | None, problem: tuple[str, str] | None
) -> None:
    """The last day of validity counts."""
    card = judge.document(DocumentKind.RESIDENCE_CARD, expires_on=expires_on)

    found = judge.with_card(**RESIDENT).codes(documents=(LETTER, card))

    assert found == ({problem} if problem else set())


@pytest.mark.parametrize(
    ("born", "needed"),
    [
        (date(1961, 3, 15), False),
        (date(1960, 3, 16), False),
        (date(1960, 3, 15), True),
        (date(1960, 2, 29), True),
    ],
)
def test_a_medical_report_is_needed_above_65_full_years(
    judge: CardJudge, born: date, needed: bool
) -> None:
    """On 15 March 2026: on the 65th birthday it is not needed, on the 66th it is."""
    missing = ("documents", "medical_report_missing")

    assert (missing in judge.with_card(birth_date=born).codes()) is needed


def test_the_medical_report_comes_from_another_institution(judge: CardJudge) -> None:
    """One's own employer does not count (DOMAIN.md 1.2 [6])."""
    own = judge.document(DocumentKind.MEDICAL_REPORT)
    other = judge.document(DocumentKind.MEDICAL_REPORT, issuer="مستشفى النخيل")
    elder = judge.with_card(**OLD)

    assert elder.codes(documents=(LETTER, own)) == {
        ("documents[1].issuer", "medical_report_own_employer")
    }
    assert elder.codes(documents=(LETTER, other)) == set()


def test_policy_may_take_a_medical_report_from_ones_own_employer(judge: CardJudge) -> None:
    """Where it does not ask for another institution's."""
    own = judge.document(DocumentKind.MEDICAL_REPORT)
    documents = replace(judge.policy.documents, medical_report_from_another_institution=False)
    judge.policy = replace(judge.policy, documents=documents)

    assert judge.with_card(**OLD).codes(documents=(LETTER, own)) == set()


def test_the_numbers_of_what_is_wrong_with_a_document_are_policys(judge: CardJudge) -> None:
    """Of the letter its months, of the report its age."""
    documents = judge.policy.documents
    old = replace(LETTER, issued_on="2025-01-01")

    letter, report = judge.with_card(**OLD).says(documents=(old,)).problems

    assert letter == problem_of(
        "employer_letter_too_old",
        "documents[0].issued_on",
        months=documents.employer_letter_max_age_months,
    )
    assert report == problem_of(
        "medical_report_missing", "documents", age=documents.medical_report_above_age_years
    )


def test_a_document_that_cannot_be_read_is_not_missing_too(policy: Policy) -> None:
    """One mistake is told once."""
    kind = DocumentKind.LIFE_SUPPORT
    judge = judge_who_asks_for(kind, policy)
    torn = judge.document(kind, issued_on="never")

    assert judge.codes(documents=(torn,)) == {("documents[0].issued_on", "date_form")}


@pytest.mark.parametrize("kind", [DocumentKind.LIFE_SUPPORT, DocumentKind.MALPRACTICE_INSURANCE])
def test_what_a_category_needs_besides_is_policy(policy: Policy, kind: DocumentKind) -> None:
    """Missing, expired, valid on its last day, or without an expiry."""
    judge = judge_who_asks_for(kind, policy)
    given = [judge.document(kind, expires_on=day) for day in ("2026-03-14", "2026-03-15", None)]

    assert judge.codes(documents=()) == {("documents", f"{kind}_missing")}
    assert [judge.codes(documents=(one,)) for one in given] == [
        {("documents[0].expires_on", f"{kind}_expired")},
        set(),
        set(),
    ]
    assert judge.codes(documents=given) == set()


def test_the_needed_documents_are_listed_before_anybody_applies(
    judge: CardJudge, policy: Policy
) -> None:
    """For the answer to: what do I need?"""
    card = judge.with_card(**RESIDENT).card

    assert needed_for_renewal(card, judge.today, policy) == (
        DocumentKind.EMPLOYER_LETTER,
        DocumentKind.RESIDENCE_CARD,
    )


def test_a_document_that_cannot_be_read_is_not_called_missing_as_well(judge: CardJudge) -> None:
    """One mistake, one problem."""
    letter = replace(LETTER, issued_on="soon")

    assert judge.codes(documents=(letter,)) == {("documents[0].issued_on", "date_form")}
