"""The renewal tables of the policy file, and their errors."""

import re
from typing import get_args

import pytest

from rules.policy.policy import Policy, parse_policy
from rules.policy.reader import PolicyInvalid
from rules.policy.renewals import LateFinePolicy, RenewalDocument
from rules.register.card import ActivityKind, Category
from rules.values.document_kind import DocumentKind
from support.policies import FROZEN

TEXT = FROZEN.read_text(encoding="utf-8")


def errors_of(text: str) -> list[str]:
    """The errors in this file, as lines."""
    with pytest.raises(PolicyInvalid) as invalid:
        parse_policy(text, filename="policy.toml")
    return str(invalid.value).splitlines()


def test_a_policy_reads_as_typed_values(policy: Policy) -> None:
    """Arrays of tables become tuples; what is absent is None."""
    first, second = policy.renewal.cpd.caps

    assert (first.category, second.kinds) == (
        Category.NURSING,
        (ActivityKind.ONLINE, ActivityKind.INTERNAL),
    )
    assert policy.renewal.late_fine == LateFinePolicy(formula="unset", minor_units=None)
    assert policy.renewal.fees.rates[0].minor_units_a_year == 25_000
    assert not policy.payment.required_before_activation


def test_a_word_of_the_file_is_read_as_the_member_that_it_names(policy: Policy) -> None:
    """A rule that asks which member it is finds it: a text of the same letters is another thing."""
    caps = policy.renewal.cpd.caps

    assert caps[0].category is Category.NURSING
    assert {type(kind) for cap in caps for kind in cap.kinds} == {ActivityKind}


def test_every_document_that_policy_may_name_is_a_kind_of_document() -> None:
    """Policy's words are the submission's words."""
    assert all(DocumentKind(name) for name in get_args(RenewalDocument))


@pytest.mark.parametrize(
    ("old", "new", "key", "message"),
    [
        ("years = 2", "years = 0", "renewal.years", "1 or more"),
        ("years = 2", "years = 20", "renewal.years", "10 or less"),
        ("years = 2", "months = 24", "renewal.months", "unknown"),
        ("grace_days = 30", "grace_days = -1", "renewal.grace_days", "0 or more"),
        ("grace_days = 30", "grace_months = 1", "renewal.grace_months", "unknown"),
        ("grace_days = 30", "grace_days = 400", "renewal.latest_after_expiry_days", "not be below"),
        ("reduced_years = 1", "reduced_years = 3", "renewal.reduced_years", "not be above"),
        (
            "_before_expiry_days = 90",
            "_before_expiry_days = 354",
            "renewal.opens_before_expiry_days",
            "shortest",
        ),
        (
            'late_begins = "activation"',
            'late_begins = "old_expiry"',
            "renewal.late_begins",
            "only where",
        ),
        ('short_hours = "reduce"', 'short_hours = "waive"', "renewal.cpd.short_hours", "one of"),
        (
            "\npharmacist = 20",
            "\npharmacist = 20.0",
            "renewal.cpd.hours_a_year.pharmacist",
            "whole",
        ),
        ("\npharmacist = 20", "\nalchemist = 20", "renewal.cpd.hours_a_year.alchemist", "unknown"),
        ("\nexempt = 0", "\nexempt = 5", "renewal.cpd.hours_a_year.exempt", "must be 0"),
        ("hours_a_year = 10", "hours_a_year = -1", "renewal.cpd.caps[1].hours_a_year", "0 or more"),
        ("hours_a_year = 10", "hours = 10", "renewal.cpd.caps[1].hours", "unknown"),
        ('kinds = ["online",', 'kinds = ["inline",', "renewal.cpd.caps[1].kinds", "must be one of"),
        ("year = 20000", "year = 200.00", "renewal.fees.rates[1].minor_units_a_year", "whole"),
        (
            '"fellow"',
            '"consultant"',
            "renewal.fees.rates[1].ranks",
            ": a rank has its fee already above",
        ),
        ('currency = "SAR"', 'currency = "EUR"', "renewal.fees.currency", "must be one of: SAR"),
        (
            'formula = "unset"',
            'formula = "fixed"',
            "renewal.late_fine.minor_units",
            "with a form",
        ),
        ('formula = "unset"', 'formula = "guess"', "renewal.late_fine.formula", "must be one of"),
        (
            'formula = "unset"',
            'formula = "unset"\nminor_units = 5000',
            "renewal.late_fine.minor_units",
            "with a formula",
        ),
        (
            'formula = "unset"',
            'formula = "fixed"\nminor_units = 0',
            "renewal.late_fine.minor_units",
            "1 or more",
        ),
        (
            'formula = "unset"',
            'formula = "fixed"\nminor_units = "50 SAR"',
            "renewal.late_fine.minor_units",
            "a whole number",
        ),
        (
            '\nnursing = ["employer_letter"',
            '\nnursing = ["a_letter"',
            "renewal.documents.nursing",
            "must be one of",
        ),
        (
            "required_before_activation = false",
            "required_before_activation = 0",
            "payment.required_before_activation",
            "true",
        ),
    ],
)
def test_an_error_names_file_line_key_and_rule(old: str, new: str, key: str, message: str) -> None:
    """Whoever edits the file is led to the line."""
    text = TEXT.replace(old, new, 1)
    assert text != TEXT
    (error,) = [error for error in errors_of(text) if f": {key}: " in error]
    line = int(error.split(":")[1])

    assert message in error
    assert lines_near(text, line, key)


@pytest.mark.parametrize("language", ["ar", "en"])
def test_where_payment_is_required_policy_says_how_to_pay(language: str) -> None:
    """In both languages, or nothing starts: no bill goes out that nobody can pay."""
    text = TEXT.replace("required_before_activation = false", "required_before_activation = true")
    text = re.sub(f'how_to_pay_{language} = ".*"', f'how_to_pay_{language} = " "', text)

    (error,) = errors_of(text)

    assert f"payment.how_to_pay_{language}: must say how to pay" in error


def lines_near(text: str, line: int, key: str) -> bool:
    """Whether the line begins with the key's last word or opens its table."""
    at = text.splitlines()[line - 1]
    table = key.rpartition(".")[0].partition("[")[0]
    return at.startswith((key.rpartition(".")[2], f"[{table}]", f"[[{table}]]"))


def test_a_late_fine_is_read_with_its_formula() -> None:
    """As an operator would set it."""
    text = TEXT.replace('formula = "unset"', 'formula = "fixed"\nminor_units = 5000')

    fine = parse_policy(text, filename="policy.toml").renewal.late_fine

    assert fine == LateFinePolicy(formula="fixed", minor_units=5_000)


def test_a_late_renewal_may_begin_at_the_old_expiry_where_it_ends_late_enough() -> None:
    """Half a year late is not a whole period late."""
    text = TEXT.replace('late_begins = "activation"', 'late_begins = "old_expiry"')
    text = text.replace("latest_after_expiry_days = 365", "latest_after_expiry_days = 180")

    assert parse_policy(text, filename="policy.toml").renewal.late_begins == "old_expiry"


def test_a_key_missing_from_an_array_of_tables_points_to_its_table() -> None:
    """To the one that lacks it, not to the first."""
    text = TEXT.replace("minor_units_a_year = 20000", "# ", 1)

    (error,) = errors_of(text)
    line = int(error.split(":")[1])

    assert error.endswith("renewal.fees.rates[1].minor_units_a_year: missing")
    assert text.splitlines()[line - 1] == "[[renewal.fees.rates]]"
    assert "registrar" in text.splitlines()[line + 1]


def test_a_rank_that_has_its_fee_tables_above_is_refused() -> None:
    """Not only in the table just above."""
    rates = re.findall(r"\[\[renewal\.fees\.rates\]\]\n(?:[^\[\n].*\n)+", TEXT)

    (error,) = errors_of(TEXT.replace(rates[-1], f"{rates[-1]}\n{rates[0]}\n"))

    assert len(rates) > 1
    assert "a rank has its fee already above" in error
