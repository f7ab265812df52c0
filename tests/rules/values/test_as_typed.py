"""Numbers and codes through the marks that programs put around them."""

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.findings.problems import ValueRefused
from rules.requests.field_values import clean_nationality
from rules.requests.reference_number import NotAReferenceNumber, format_reference, parse_reference
from rules.requests.statuses import Kind
from rules.values.as_typed import compact, hidden_character, plain, without_marks
from rules.values.bill_number import NotABillNumber, format_bill_number, parse_bill_number
from rules.values.cpd_hours import read_hours
from rules.values.dates import parse_date
from rules.values.document_id import NotADocumentId, parse_document_id
from rules.values.email_address import clean_email
from rules.values.identity_number import clean_identity_kind, clean_identity_number
from rules.values.mobile import clean_mobile
from rules.values.money import NotAnAmount, parse_money
from rules.values.registration_number import clean_registration_number
from rules.values.text import clean_idempotency_key
from rules.values.tracking_code import NotATrackingCode, make_tracking_code, parse_tracking_code
from rules.values.user_name import read_user_name

DIRECTIONS = "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
NOTHING = "\u200b\u200c\u200d\u2060\ufeff\u00ad\ufe00\ufe0d\ufe0f"
SPACES = " \t\u00a0\u1680\u2000\u2002\u2003\u2007\u2009\u200a\u202f\u205f\u3000"
DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
DIGITS = [
    "0123456789",
    "٠١٢٣٤٥٦٧٨٩",
    "۰۱۲۳۴۵۶۷۸۹",
    "０１２３４５６７８９",
    "०१२३४५६७८९",
]
NOISE = st.text(st.sampled_from(DIRECTIONS + NOTHING), max_size=3)
AROUND = st.text(st.sampled_from(DIRECTIONS + NOTHING + SPACES), max_size=3)
PATTERN = "[A-Z]{0,3}[0-9]{6,12}"

Rule = Callable[[str], object]
#: Each rule with values that are legal as they are.
RULES: dict[str, tuple[Rule, st.SearchStrategy[str]]] = {
    "registration": (
        lambda text: clean_registration_number(text, pattern=PATTERN),
        st.from_regex(r"[A-Z]{0,3}[0-9]{2}-[0-9]{6}", fullmatch=True),
    ),
    "identity": (clean_identity_number, st.from_regex(r"[12][0-9]{9}", fullmatch=True)),
    "tracking": (
        parse_tracking_code,
        st.binary(min_size=5, max_size=5).map(make_tracking_code),
    ),
    "bill": (
        parse_bill_number,
        st.integers(1, 9_999_999).map(lambda number: format_bill_number(1448, number)),
    ),
    "reference": (
        parse_reference,
        st.integers(1, 9_999_999).map(
            lambda number: format_reference(Kind.PROFILE_UPDATE, 1448, number)
        ),
    ),
    "mobile": (
        lambda text: clean_mobile(text, countries=("SA",), saudi_numbers="form"),
        st.from_regex(r"(\+966 ?|0)5[0-9]-?[0-9]{7}", fullmatch=True),
    ),
    "date": (
        parse_date,
        st.dates(date(1930, 1, 1), date(2070, 1, 1)).map(date.isoformat),
    ),
    "e-mail": (
        lambda text: clean_email(text, allow_non_ascii_local_part=False),
        st.from_regex(r"[a-z]{1,8}[0-9]{0,3}-[a-z]@[a-z]{1,9}\.example\.com", fullmatch=True),
    ),
    "document": (parse_document_id, st.from_regex(r"[0-9a-f]{32}", fullmatch=True)),
    "money": (
        lambda text: parse_money(text, currency="SAR"),
        st.from_regex(r"[0-9]{1,5}(\.[0-9]{2})?", fullmatch=True),
    ),
    "hours": (
        lambda text: read_hours(text, most=30),
        st.from_regex(r"[12]?[0-9](\.[0-9]{1,2})?", fullmatch=True),
    ),
    "nationality": (clean_nationality, st.sampled_from(["SA", "EG", "PH"])),
    "kind of identity": (clean_identity_kind, st.sampled_from(["national_id", "iqama"])),
    "idempotency key": (
        clean_idempotency_key,
        st.from_regex(r"[A-Za-z0-9._:-]{8,20}", fullmatch=True),
    ),
}
REFUSED = (
    ValueRefused,
    NotATrackingCode,
    NotABillNumber,
    NotAReferenceNumber,
    NotAnAmount,
    NotADocumentId,
)


@pytest.mark.parametrize("name", RULES)
@settings(max_examples=40)
@given(data=st.data())
def test_what_is_legal_reads_as_itself_through_every_mark(name: str, data: st.DataObject) -> None:
    """Wrapped or interspersed, with any dash for a dash and any script's digits."""
    rule, legal = RULES[name]
    value = data.draw(legal)
    digits = data.draw(st.sampled_from(DIGITS))
    dash = data.draw(st.sampled_from(DASHES))
    typed = data.draw(AROUND)
    for sign in value:
        shown = digits[int(sign)] if sign in DIGITS[0] else dash if sign == "-" else sign
        typed += shown + data.draw(NOISE)
    typed += data.draw(AROUND)

    assert rule(typed) == rule(value)


@pytest.mark.parametrize(
    "name",
    ["registration", "identity", "tracking", "bill", "reference", "mobile", "date", "document"],
)
@settings(max_examples=40)
@given(data=st.data())
def test_spaces_inside_a_number_say_nothing(name: str, data: st.DataObject) -> None:
    """People group digits as they like."""
    rule, legal = RULES[name]
    value = data.draw(legal)
    typed = "".join(
        sign + data.draw(st.text(st.sampled_from(SPACES), max_size=1)) for sign in value
    )

    assert rule(typed) == rule(value)


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize(
    "hidden", ["\x00", "\x1b", "\n", "\u2028", "\ue000", "\u2800", "\u3164", "\U000e0041"]
)
def test_a_character_that_stays_hidden_is_named(name: str, hidden: str) -> None:
    """A person can look for U+2800, and for nothing else that nobody sees."""
    rule, _ = RULES[name]
    value = {
        "registration": "20-150004",
        "identity": "1000000008",
        "mobile": "0512345678",
        "date": "2026-01-01",
        "e-mail": "sarah@example.com",
        "idempotency key": "sample-key-1",
    }.get(name, "1")

    with pytest.raises(REFUSED) as refused:
        rule(value[:4] + hidden + value[4:])

    if name not in {"nationality", "kind of identity"}:
        assert f"U+{ord(hidden):04X}" in str(refused.value)


@given(st.from_regex(r"[a-z][a-z0-9._-]{1,39}", fullmatch=True), AROUND, AROUND, NOISE)
def test_an_officer_s_name_is_read_through_every_mark(
    name: str, before: str, after: str, inside: str
) -> None:
    """It is no number, and what is no officer's is refused where it is looked up."""
    typed = before + name[:1].upper() + inside + name[1:] + after

    assert read_user_name(typed) == name


@given(st.text(max_size=60))
def test_a_plain_text_stays_the_same(text: str) -> None:
    """Every rule may be asked again."""
    assert plain(plain(text)) == plain(text)
    assert compact(compact(text)) == compact(text)
    assert without_marks(without_marks(text)) == without_marks(text)


@given(st.text(st.characters(categories=["L", "No", "Sm", "Po"], max_codepoint=0x5FF)))
def test_letters_and_other_signs_stay_as_they_are(text: str) -> None:
    """Superscripts and fractions are not made into digits."""
    assert plain(text) == text


@pytest.mark.parametrize("text", ["٣" * 10_000_000, "\u200e" * 10_000_000, "1" * 10_000_000])
def test_a_text_without_end_is_refused_quickly(text: str) -> None:
    """By every rule, without looking at it."""
    for rule, _ in RULES.values():
        with pytest.raises(REFUSED):
            rule(text)


def test_what_can_be_seen_is_not_hidden() -> None:
    """Letters of every script, and the space."""
    assert hidden_character("Sara سارة é \u00a0") is None
    assert hidden_character("Sara\u202e") == 0x202E


def test_marks_are_dropped_up_to_a_thousand_characters() -> None:
    """A longer text is left for the rule that refuses it."""
    assert without_marks("ه" * 999 + "\u200f") == "ه" * 999
    assert without_marks("ه" * 1000 + "\u200f") == "ه" * 1000 + "\u200f"
