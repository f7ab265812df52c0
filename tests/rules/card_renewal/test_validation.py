"""Validating a card renewal."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.card_renewal.fees import Fine, FineKind
from rules.card_renewal.plan import RenewalPlan
from rules.documents.on_hand import DocumentOnHand, DocumentsOnHand
from rules.documents.states import DocumentState
from rules.findings.doubts import Doubt
from rules.policy.policy import Policy
from rules.policy.renewals import LateFinePolicy
from rules.register.card import CardStatus, Category
from rules.requests.review import ReviewReason
from rules.values.document_kind import DocumentKind
from rules.values.money import Money
from support.card_judge import CARD, ENOUGH, LETTER, CardJudge


@pytest.fixture
def judge(policy: Policy) -> CardJudge:
    """Judges renewals of the sample card on 2026-03-15."""
    return CardJudge(policy)


def test_a_good_renewal_becomes_a_plan(judge: CardJudge) -> None:
    """For two years, with its fee, and without a fine."""
    validation = judge.says(preferred_language="en")

    assert validation.is_valid
    assert validation.warnings == ()
    (letter,) = validation.plan.documents
    assert validation.plan == RenewalPlan(
        registration_number="12345678",
        years=2,
        old_expires_on=date(2026, 3, 31),
        hours_needed=Decimal(30),
        hours_counted=Decimal(30),
        hours_short=False,
        fee=Money(24_000, "SAR"),
        fine=Fine(kind=FineKind.NONE),
        late=False,
        documents=(letter,),
        preferred_language="en",
        warnings=(),
    )


def test_the_same_arguments_give_the_same_answer(judge: CardJudge) -> None:
    """Whoever asks again loses nothing."""
    assert judge.says() == judge.says()


@pytest.mark.parametrize(
    ("members", "problem"),
    [
        ({"registration_number": "12345679"}, ("registration_number", "registration_number_of_a")),
        ({"registration_number": "x"}, ("registration_number", "registration_number_form")),
        ({"registration_number": "1" * 999}, ("registration_number", "registration_number_form")),
        ({"confirmed_by_applicant": False}, ("confirmed_by_applicant", "not_confirmed")),
        ({"idempotency_key": "short"}, ("idempotency_key", "idempotency_key_form")),
        ({"documents": (LETTER,) * 21}, ("documents", "too_many")),
    ],
    ids=str,
)
def test_what_is_typed_wrongly_is_said(
    judge: CardJudge, members: dict[str, object], problem: tuple[str, str]
) -> None:
    """As in a profile update."""
    ((field, code),) = judge.codes(**members)

    assert field == problem[0]
    assert code.startswith(problem[1])


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"status": CardStatus.SUSPENDED}, "card_suspended"),
        ({"status": CardStatus.REVOKED}, "card_revoked"),
        ({"has_open_renewal": True}, "request_already_open"),
        ({"expires_on": date(2026, 6, 14)}, "renewal_too_early"),
        ({"expires_on": date(2025, 3, 14), "valid_from": date(2025, 3, 1)}, "renewal_too_late"),
    ],
    ids=str,
)
def test_a_card_that_cannot_be_renewed_says_why(
    judge: CardJudge, members: dict[str, object], code: str
) -> None:
    """The reason, and what to do."""
    assert ("registration_number", code) in judge.with_card(**members).codes()


@pytest.mark.parametrize(
    ("expires_on", "accepted"),
    [
        (date(2026, 6, 14), False),
        (date(2026, 6, 13), True),
        (date(2025, 3, 15), True),
        (date(2025, 3, 14), False),
    ],
)
def test_the_window_is_closed_a_day_before_and_a_day_after(
    judge: CardJudge, expires_on: date, accepted: bool
) -> None:
    """On 15 March 2026: 90 days before expiry, 365 days after it."""
    card = judge.with_card(valid_from=date(2024, 4, 1), expires_on=expires_on)

    assert card.says().is_valid is accepted


def test_too_early_tells_the_days_that_are_left(judge: CardJudge) -> None:
    """A number that somebody can act on."""
    (problem,) = (
        judge.with_card(expires_on=date(2026, 6, 20), valid_from=CARD.valid_from).says().problems
    )

    assert problem.sentence.en == "The card cannot be renewed yet. Days until renewal opens: 7."


def test_too_late_tells_how_many_days_there_were(judge: CardJudge) -> None:
    """As policy has them, whenever the card ended."""
    days = judge.policy.renewal.latest_after_expiry_days
    ended = judge.with_card(expires_on=date(2024, 1, 1), valid_from=date(2022, 1, 1))

    (problem,) = ended.says().problems

    assert problem.sentence.en.startswith(f"The card expired more than {days} days ago")


def test_what_came_in_its_window_is_not_too_early_by_an_extension(judge: CardJudge) -> None:
    """It came when it could; the authority's gift takes nothing from the holder."""
    extended = judge.with_card(expires_on=date(2026, 12, 31))
    assert ("registration_number", "renewal_too_early") in extended.codes()

    extended.besides = {"is_accepted": True}

    assert extended.says().is_valid


def test_a_document_that_was_uploaded_is_found(judge: CardJudge) -> None:
    """What is known of its file goes onto the plan; it may be a doubt."""
    upload = DocumentOnHand(
        kind=DocumentKind.EMPLOYER_LETTER,
        state=DocumentState.READY,
        readable=True,
        sha256="cd" * 32,
        size_bytes=5,
        media_type="application/pdf",
        is_scanned=False,
    )
    judge.besides = {"on_hand": DocumentsOnHand(by_id={"upload-1": upload})}

    validation = judge.says(documents=(replace(LETTER, id="upload-1", sha256=None),))

    (letter,) = validation.plan.documents
    assert validation.is_valid
    assert (letter.upload_id, letter.sha256, letter.size_bytes) == ("upload-1", "cd" * 32, 5)
    assert validation.warnings == (Doubt("document_not_scanned", "documents[0].id"),)


def test_all_problems_come_at_once(judge: CardJudge) -> None:
    """One correction round, not six."""
    hopeless = judge.with_card(
        status=CardStatus.SUSPENDED,
        has_open_renewal=True,
        nationality="EG",
        expires_on=date(2027, 1, 1),
    )

    found = hopeless.codes(documents=(), confirmed_by_applicant=False, idempotency_key="")

    assert {code for _, code in found} == {
        "card_suspended",
        "request_already_open",
        "renewal_too_early",
        "employer_letter_missing",
        "residence_card_missing",
        "not_confirmed",
        "idempotency_key_form",
    }


def test_a_late_renewal_is_planned_with_a_fine_that_has_no_number(judge: CardJudge) -> None:
    """And an officer sees why."""
    judge.today = date(2026, 5, 1)
    validation = judge.says()

    assert validation.is_valid
    assert validation.plan.late
    assert validation.plan.fine == Fine(kind=FineKind.UNSET)
    assert ReviewReason.RENEWAL_LATE in validation.review.reasons


def test_in_the_grace_a_renewal_is_late_and_free(judge: CardJudge) -> None:
    """After expiry is late; the fine begins later."""
    judge.today = date(2026, 4, 1)
    plan = judge.says().plan

    assert (plan.late, plan.fine) == (True, Fine(kind=FineKind.NONE))


def test_on_the_cards_last_day_a_renewal_is_not_late(judge: CardJudge) -> None:
    """It is in force until midnight."""
    judge.today = CARD.expires_on

    assert not judge.says().plan.late


def test_a_fine_for_each_month_counts_to_the_day_of_the_renewal(judge: CardJudge) -> None:
    """The grace ended with April: of June, the second month has begun."""
    monthly = LateFinePolicy(formula="each_started_month", minor_units=5_000)
    judge.policy = replace(judge.policy, renewal=replace(judge.policy.renewal, late_fine=monthly))
    judge.today = date(2026, 6, 1)

    fine = judge.says().plan.fine

    assert fine == Fine(kind=FineKind.AMOUNT, money=Money(10_000, "SAR"))


def test_a_ranks_fee_is_that_of_the_cards_category(judge: CardJudge) -> None:
    """A consultant's card costs less in nursing than a physician's."""
    nursing = judge.with_card(rank="consultant")

    assert nursing.says().plan.fee == Money(40_000, "SAR")


def test_short_hours_are_renewed_for_one_year(judge: CardJudge) -> None:
    """By the shipped policy: for one year's fee, and an officer sees it."""
    judge.ledger = ENOUGH[:1]
    validation = judge.says()

    assert validation.is_valid
    assert (validation.plan.hours_short, validation.plan.years) == (True, 1)
    assert validation.plan.fee == Money(12_000, "SAR")
    assert ReviewReason.HOURS_SHORT in validation.review.reasons


def test_short_hours_are_refused_where_policy_says_so(judge: CardJudge) -> None:
    """With no years and no fee."""
    renewal = judge.policy.renewal
    cpd = replace(renewal.cpd, short_hours="refuse")
    judge.policy = replace(judge.policy, renewal=replace(renewal, cpd=cpd))
    judge.ledger = ()

    assert judge.codes() == {("registration_number", "hours_short")}
    assert (judge.says().plan.years, judge.says().plan.fee) == (0, None)


def test_who_is_exempt_needs_no_hours(judge: CardJudge) -> None:
    """And is renewed for two years."""
    exempt = judge.with_card(category=Category.EXEMPT)
    exempt.ledger = ()

    assert exempt.says().plan.years == 2


def test_a_letter_of_another_employer_is_a_doubt_and_no_problem(judge: CardJudge) -> None:
    """A name may be written in two ways; an officer looks."""
    other = replace(LETTER, issuer="مستشفى النخيل")
    validation = judge.says(documents=(other,))

    assert validation.is_valid
    assert validation.warnings == (Doubt("employer_letter_of_another", "documents[0].issuer"),)
    assert validation.plan.warnings == validation.warnings
    assert ReviewReason.WARNINGS_RAISED in validation.review.reasons
    assert judge.says(documents=(other, LETTER)).warnings == ()


def test_a_card_extended_since_is_judged_by_its_new_expiry(judge: CardJudge) -> None:
    """The plan tells which expiry it was made for."""
    extended = judge.with_card(expires_on=date(2026, 5, 31))

    assert judge.says().plan.old_expires_on == date(2026, 3, 31)
    assert extended.says().plan.old_expires_on == date(2026, 5, 31)
    assert extended.says().plan.hours_needed == judge.says().plan.hours_needed


@pytest.mark.parametrize("today", [date(2026, 3, 15), date(2026, 5, 1)])
def test_a_plan_is_read_back_from_json(judge: CardJudge, today: date) -> None:
    """As it is kept on the request's row; with a fee and without."""
    judge.today = today
    report = judge.document(DocumentKind.MEDICAL_REPORT, expires_on="2026-12-31", size_bytes=5)
    known = judge.says(documents=(LETTER, report), preferred_language="en").plan
    unknown = judge.with_card(rank="shaman").says().plan

    assert RenewalPlan.from_json(known.to_json()) == known
    assert RenewalPlan.from_json(unknown.to_json()) == unknown
    assert unknown.fee is None


@given(
    text=st.text(max_size=50),
    day=st.text(max_size=15) | st.dates().map(str),
    kind=st.sampled_from(DocumentKind),
    size=st.none() | st.integers(),
)
def test_whatever_is_typed_is_answered_with_problems(
    policy: Policy, text: str, day: str, kind: DocumentKind, size: int | None
) -> None:
    """Nothing is raised, and what could be read is a plan all the same."""
    judge = CardJudge(policy).with_card(nationality="EG", birth_date=date(1950, 1, 1))
    document = judge.document(
        kind, issuer=text, issued_on=day, expires_on=day, sha256=text, size_bytes=size
    )

    validation = judge.says(
        registration_number=text, documents=(document, LETTER), idempotency_key=text
    )

    assert not validation.is_valid
    assert RenewalPlan.from_json(validation.plan.to_json()) == validation.plan
