"""Mobile numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.findings.problems import ValueRefused
from rules.values.mobile import SaudiNumbers, clean_mobile

#: Nine digits that begin with 5 (DOMAIN.md 2 [36][37]).
SAUDI = st.from_regex(r"5[0-9]{8}", fullmatch=True)
WAYS = st.sampled_from(["0{}", "{}", "+966{}", "00966{}", "966{}", "+966 0{}", "+966-{}", " 0{} "])
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def cleaned(text: str, *, countries: tuple[str, ...], saudi_numbers: SaudiNumbers = "form") -> str:
    """As under the policy that the repository ships."""
    return clean_mobile(text, countries=countries, saudi_numbers=saudi_numbers)


@given(SAUDI, WAYS)
def test_a_saudi_mobile_is_one_number_however_it_is_written(number: str, way: str) -> None:
    """With country code, trunk zero, spaces, dashes or Arabic digits."""
    typed = way.format(number)

    assert cleaned(typed, countries=("SA",)) == f"+966{number}"
    assert cleaned(typed.translate(ARABIC), countries=("SA",)) == f"+966{number}"


@pytest.mark.parametrize(
    "typed", ["0512345678", "05 1234 5678", "051-234-5678", "(051) 2345678", "٠٥١٢٣٤٥٦٧٨"]
)
def test_the_usual_ways_are_understood(typed: str) -> None:
    """As on a business card."""
    assert cleaned(typed, countries=("SA",)) == "+966512345678"


def test_ranges_that_the_library_does_not_know_are_a_matter_of_policy() -> None:
    """New ranges come into use before the library hears of them."""
    assert cleaned("0525310001", countries=("SA",)) == "+966525310001"
    with pytest.raises(ValueRefused) as refused:
        cleaned("0525310001", countries=("SA",), saudi_numbers="known_ranges")
    assert refused.value.code == "mobile_form"
    assert cleaned("0512345678", countries=("SA",), saudi_numbers="known_ranges")


def test_a_saudi_number_without_its_country_is_one_of_the_first_country() -> None:
    """Where that is another one, only the code makes it Saudi."""
    assert cleaned("00966525310001", countries=("AE", "SA")) == "+966525310001"
    assert cleaned("0501234567", countries=("AE", "SA")) == "+971501234567"
    with pytest.raises(ValueRefused) as refused:
        cleaned("+966525310001", countries=("AE",))
    assert refused.value.code == "mobile_country"


def test_virtual_operators_count_as_mobile() -> None:
    """57X are mobile numbers of virtual operators (DOMAIN.md 2 [36])."""
    assert cleaned("0572345678", countries=("SA",)) == "+966572345678"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0112345678",
        "05123456",
        "051234567890",
        "0512345678 ext 5",
        "tel:0512345678",
        "051234567a",
        "++966512345678",
        "1-800-FLOWERS",
        "²512345678",
        "+9990123456",
        "0" * 10_000_000,
    ],
)
def test_what_is_no_mobile_is_refused(text: str) -> None:
    """Landlines, wrong lengths, extensions and everything else."""
    with pytest.raises(ValueRefused) as refused:
        cleaned(text, countries=("SA",))

    assert refused.value.code == "mobile_form"


def test_another_country_is_a_matter_of_policy() -> None:
    """An Egyptian mobile is refused, and accepted where policy lists Egypt."""
    with pytest.raises(ValueRefused) as refused:
        cleaned("+201001234567", countries=("SA",))

    assert refused.value.code == "mobile_country"
    assert cleaned("+201001234567", countries=("SA", "EG")) == "+201001234567"


@given(st.text(max_size=30))
def test_no_text_raises_anything_but_a_refusal(text: str) -> None:
    """Whatever is typed is E.164 or refused, and E.164 is accepted again."""
    try:
        number = cleaned(text, countries=("SA",))
    except ValueRefused:
        return

    assert cleaned(number, countries=("SA",)) == number
