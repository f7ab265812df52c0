"""E-mail addresses."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.findings.problems import ValueRefused
from rules.values.email_address import clean_email


def clean(text: str) -> str:
    """As under the policy that the repository ships."""
    return clean_email(text, allow_non_ascii_local_part=False)


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("sarah@example.com", "sarah@example.com"),
        (" Sarah.A+x@Example.COM ", "Sarah.A+x@example.com"),
        ("sarah@mail.example", "sarah@mail.example"),
        ("sarah\u200b@example.com\u00a0", "sarah@example.com"),
        ("\u202esarah\u202c@example.com", "sarah@example.com"),
        ("ｓarah٢＠example.com", "sarah2@example.com"),
    ],
)
def test_an_address_is_normalised(typed: str, address: str) -> None:
    """The domain in lower case; the local part belongs to its server."""
    assert clean(typed) == address
    assert clean(address) == address


def test_an_arabic_domain_becomes_ascii() -> None:
    """Every mail server takes it then."""
    address = clean("sarah@مثال.السعودية")

    assert address.isascii()
    assert address.startswith("sarah@xn--")
    assert clean(address) == address


def test_an_arabic_local_part_is_a_matter_of_policy() -> None:
    """Such an address leaves only by SMTPUTF8."""
    with pytest.raises(ValueRefused) as refused:
        clean("سارة@example.com")

    assert refused.value.code == "email_non_ascii"
    assert clean_email("سارة@example.com", allow_non_ascii_local_part=True) == "سارة@example.com"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "email_form"),
        ("sarah", "email_form"),
        ("sarah@", "email_form"),
        ("sarah@localhost", "email_form"),
        ("sarah@[127.0.0.1]", "email_form"),
        ("a@b@example.com", "email_form"),
        ("Sarah <sarah@example.com>", "email_form"),
        ('"sarah x"@example.com', "email_form"),
        ("sarah@example..com", "email_form"),
        ("sarah@example.com,omar@example.com", "email_form"),
        ("sarah@example.com\r\nBcc: omar@example.com", "hidden_characters"),
        ("sarah@example.com\n", "hidden_characters"),
        ("sa\x00rah@example.com", "hidden_characters"),
        ("sarah\u200c@مثال.السعودية", "hidden_characters"),
        ("a@" + "b" * 10_000_000, "email_form"),
    ],
)
def test_what_is_no_address_is_refused(text: str, code: str) -> None:
    """No display names, lists, quoted parts, bare hosts or injected headers."""
    with pytest.raises(ValueRefused) as refused:
        clean(text)

    assert refused.value.code == code


def test_a_local_part_has_at_most_64_octets() -> None:
    """RFC 5321 4.5.3.1."""
    assert clean("a" * 64 + "@example.com")
    with pytest.raises(ValueRefused):
        clean("a" * 65 + "@example.com")


def test_an_address_has_at_most_254_octets() -> None:
    """RFC 5321 4.5.3.1."""
    domain = ".".join(["b" * 60] * 3 + ["example"])
    local = "a" * (254 - len(domain) - 1)
    assert len(clean(f"{local}@{domain}")) == 254
    with pytest.raises(ValueRefused):
        clean(f"{local}a@{domain}")


@given(st.emails())
def test_an_ordinary_address_is_accepted_or_refused_by_form(text: str) -> None:
    """Reserved domains are refused, the rest stays one address."""
    with suppress(ValueRefused):
        address = clean(text)
        assert clean(address) == address


@given(st.text(max_size=40))
def test_no_text_raises_anything_but_a_refusal(text: str) -> None:
    """Whatever is typed."""
    for hostile in (text, f"{text}@example.com", f"sarah@{text}"):
        try:
            address = clean(hostile)
        except ValueRefused:
            continue
        assert "\n" not in address
        assert "\r" not in address
