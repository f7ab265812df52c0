"""May this card be renewed: the lines of the answer."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.card_renewal.eligibility import EligibilityLine, eligibility, may_renew
from rules.card_renewal.eligibility_sentences import LINES
from rules.card_renewal.sources import DOCUMENTS, FINE, RuleSource
from rules.findings.both_languages import left_to_right
from rules.policy.policy import Policy
from rules.policy.renewals import LateFinePolicy
from rules.register.card import CardOnFile, CardStatus, Category
from rules.values.dates import hijri
from support.card_judge import CARD, ENOUGH, CardJudge

DAY = date(2026, 3, 15)


def lines_of(
    policy: Policy, card: CardOnFile = CARD, on: date = DAY, *, hours: bool = True
) -> dict[str, EligibilityLine]:
    """The answer, by rule."""
    lines = eligibility(card, ENOUGH if hours else (), on=on, policy=policy)
    return {line.rule: line for line in lines}


def test_a_card_in_order_may_be_renewed_and_says_everything(policy: Policy) -> None:
    """From when, until when, what is missing, what it costs."""
    lines = lines_of(policy)

    assert may_renew(lines.values())
    assert {rule: line.sentence.en for rule, line in lines.items()} == {
        "card_status": "The card is neither suspended nor revoked.",
        "no_open_renewal": "No renewal of this card is open.",
        "window": "The card can be renewed now. Renewal opened on 2025-12-31 / 1447-07-11.",
        "penalty_free": "Last day to renew without a fine: 2026-04-30 / 1447-11-13.",
        "last_day": "Last day to renew: 2027-03-31 / 1448-10-23.",
        "cpd_hours": "CPD hours counted: 30. Needed: 30.",
        "document_employer_letter": "Attach an introduction letter from your employer.",
        "years": "Renewal period in years: 2.",
        "fee": "Renewal fee: 240.00 SAR.",
        "fine": "There is no fine for lateness.",
    }
    assert {rule for rule, line in lines.items() if not line.holds} == {"document_employer_letter"}
    assert lines["document_employer_letter"].holds is False


@pytest.mark.parametrize(
    ("on", "sentence", "allowed"),
    [
        (date(2025, 12, 30), "The card can be renewed from 2025-12-31", False),
        (date(2026, 4, 1), "The card expired on 2026-03-31", True),
        (date(2026, 5, 1), "The card expired on 2026-03-31", True),
        (date(2027, 4, 1), "The last day to renew the card was 2027-03-31", False),
    ],
)
def test_the_answer_depends_on_the_day(
    policy: Policy, on: date, sentence: str, allowed: bool
) -> None:
    """Before, in the grace, late, and too late."""
    lines = lines_of(policy, on=on)

    assert lines["window"].sentence.en.startswith(sentence)
    assert may_renew(lines.values()) is allowed
    assert lines["penalty_free"].holds is (on <= date(2026, 4, 30))


@pytest.mark.parametrize(
    ("members", "rule"),
    [
        ({"status": CardStatus.SUSPENDED}, "card_status"),
        ({"status": CardStatus.REVOKED}, "card_status"),
        ({"has_open_renewal": True}, "no_open_renewal"),
    ],
    ids=str,
)
def test_a_condition_that_does_not_hold_forbids_the_renewal(
    policy: Policy, members: dict[str, object], rule: str
) -> None:
    """And its line says which."""
    lines = lines_of(policy, replace(CARD, **members))  # type: ignore[arg-type]  # members of the card

    assert not may_renew(lines.values())
    assert [line.rule for line in lines.values() if line.is_condition and not line.holds] == [rule]


def test_short_hours_forbid_the_renewal_only_where_policy_refuses_them(policy: Policy) -> None:
    """Else they cost a year."""
    cpd = replace(policy.renewal.cpd, short_hours="refuse")
    strict = replace(policy, renewal=replace(policy.renewal, cpd=cpd))
    reduced, refused = lines_of(policy, hours=False), lines_of(strict, hours=False)

    assert may_renew(reduced.values())
    assert reduced["years"].sentence.en == "Renewal period in years: 1."
    assert refused["years"].holds is False
    assert not may_renew(refused.values())
    assert refused["years"].sentence.en.endswith("until the CPD hours are complete.")


def test_a_late_card_shows_a_fine_only_where_policy_has_one(policy: Policy) -> None:
    """The amount, or that the authority sets it."""
    late = date(2026, 5, 1)
    fixed = LateFinePolicy(formula="fixed", minor_units=5_000)
    known = replace(policy, renewal=replace(policy.renewal, late_fine=fixed))

    assert "set by the authority" in lines_of(policy, on=late)["fine"].sentence.en
    assert lines_of(known, on=late)["fine"].sentence.en == "Fine for lateness: 50.00 SAR."


def test_an_open_renewal_is_said_as_it_is(policy: Policy) -> None:
    """Not as if there were none."""
    open_ = lines_of(policy, replace(CARD, has_open_renewal=True))["no_open_renewal"]

    assert open_.sentence != lines_of(policy)["no_open_renewal"].sentence
    assert open_.sentence.en.startswith("A renewal")


def test_the_fee_is_that_of_the_years_and_the_category(policy: Policy) -> None:
    """A year costs half of two; a rank may cost otherwise in another category."""
    shorter = lines_of(policy, hours=False)["fee"]
    consultant = replace(CARD, rank="consultant")
    doctor = replace(consultant, category=Category.PHYSICIAN_DENTIST)

    assert shorter.sentence.en == "Renewal fee: 120.00 SAR."
    assert lines_of(policy, doctor)["fee"].sentence != lines_of(policy, consultant)["fee"].sentence


def test_a_fine_by_months_grows_with_the_day(policy: Policy) -> None:
    """Each month that has begun counts."""
    monthly = LateFinePolicy(formula="each_started_month", minor_units=5_000)
    known = replace(policy, renewal=replace(policy.renewal, late_fine=monthly))

    said = [lines_of(known, on=date(2026, month, 15))["fine"].sentence.en for month in (5, 7)]

    assert said == ["Fine for lateness: 50.00 SAR.", "Fine for lateness: 150.00 SAR."]


def test_who_is_exempt_hears_so(policy: Policy) -> None:
    """Instead of numbers."""
    lines = lines_of(policy, replace(CARD, category=Category.EXEMPT), hours=False)

    assert lines["cpd_hours"].holds
    assert lines["cpd_hours"].sentence.en == "This category needs no CPD hours."


@given(
    days=st.integers(-200, 500),
    status=st.sampled_from(CardStatus),
    is_open=st.booleans(),
    hours=st.booleans(),
)
def test_the_answer_agrees_with_what_an_application_would_hear(
    policy: Policy, days: int, status: CardStatus, is_open: bool, hours: bool
) -> None:
    """Who may renew has no problem but documents; who may not has one."""
    card = replace(CARD, status=status, has_open_renewal=is_open)
    judge = CardJudge(policy).with_card(status=status, has_open_renewal=is_open)
    judge.today = card.expires_on + timedelta(days=days)
    judge.ledger = ENOUGH if hours else ()

    allowed = may_renew(eligibility(card, judge.ledger, on=judge.today, policy=policy))

    assert allowed is not any(field == "registration_number" for field, _ in judge.codes())


@pytest.mark.parametrize("line", LINES.values(), ids=str)
def test_every_line_speaks_both_languages_and_has_a_source(
    line: tuple[str, str, RuleSource],
) -> None:
    """A rule without a source is said to be assumed."""
    arabic, english, source = line

    assert re.findall("{[a-z]*}", arabic) in ([], ["{ar}"]) or sorted(
        re.findall("{[a-z]*}", arabic)
    ) == sorted(re.findall("{[a-z]*}", english))
    assert re.search(r"\[[0-9]+\]|assumed|no source", source.reference)


@pytest.mark.parametrize(
    "source", [*(source for _, _, source in LINES.values()), *DOCUMENTS.values()], ids=str
)
def test_no_number_of_ours_is_called_the_authoritys(source: RuleSource) -> None:
    """Each is said to be set for this service, in both languages and in nobody's code words."""
    said = source.said

    if source is not FINE:
        assert said.en.startswith("Set for this service. ")
        assert said.ar.startswith("قاعدة معتمدة في إعدادات هذه الخدمة. ")
    if not re.search(r"\[[0-9]+\]", source.reference):
        assert "no published source" in said.en
        assert re.search("مصدرًا منشورًا", said.ar)
    assert not re.search("[a-zA-Z_\\[\\]]", said.ar)
    assert not re.search(r"assumed|article|[_\[\]]", said.en)


def test_a_date_in_an_arabic_line_keeps_its_order(policy: Policy) -> None:
    """Each stands inside isolates; the English line holds nothing invisible."""
    window = lines_of(policy)["window"].sentence

    assert "\u20662025-12-31\u2069 / \u20661447-07-11\u2069" in window.ar
    assert window.en.isprintable()


def test_every_document_that_policy_may_ask_for_has_a_source(policy: Policy) -> None:
    """And the shipped policy asks for nothing else."""
    asked = {kind for kinds in policy.renewal.documents.values() for kind in kinds}

    assert asked <= {kind.value for kind in DOCUMENTS}


@pytest.mark.parametrize(
    ("rule", "last"), [("penalty_free", date(2026, 4, 30)), ("last_day", date(2027, 3, 31))]
)
def test_the_last_day_is_in_time_and_the_next_is_not(policy: Policy, rule: str, last: date) -> None:
    """For the fine and for the renewal."""
    assert lines_of(policy, on=last)[rule].holds
    assert not lines_of(policy, on=last + timedelta(days=1))[rule].holds


def test_every_line_is_said_in_both_languages_with_its_source(policy: Policy) -> None:
    """Also of somebody old and foreign, who attaches more."""
    somebody = replace(CARD, birth_date=date(1950, 1, 1), nationality="IN")

    lines = lines_of(policy, somebody)

    assert {"document_medical_report", "document_residence_card"} <= lines.keys()
    assert "65" in lines["document_medical_report"].sentence.en
    assert [line.rule for line in lines.values() if not re.search("[ء-ي]", line.sentence.ar)] == []
    assert [line.rule for line in lines.values() if not line.source] == []
    assert {line.is_condition for line in lines.values()} == {True, False}


@pytest.mark.parametrize("on", [DAY, date(2025, 12, 30), date(2026, 5, 1), date(2027, 4, 1)])
def test_a_line_can_be_said_with_its_day_put_in_afterwards(policy: Policy, on: date) -> None:
    """Pages write the day as they write every day; put in as here, it is the sentence."""
    lines = lines_of(policy, on=on)

    for line in lines.values():
        dates = [] if line.day is None else [line.day.isoformat(), hijri(line.day).isoformat()]
        in_arabic = " / ".join(map(left_to_right, dates))
        assert line.words.en.replace("{day}", " / ".join(dates)) == line.sentence.en
        assert line.words.ar.replace("{day}", in_arabic) == line.sentence.ar
        assert ("{day}" in line.words.ar) is ("{day}" in line.words.en) is (line.day is not None)
    assert lines["last_day"].day == date(2027, 3, 31)
