"""Reports of letters that did not arrive."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mail.bounces import MAX_BYTES, read_bounces
from support.bounces import report

LETTER = UUID("5c1ad6a6-6e7e-4b53-9d53-0f3f2d3e9d11")


@pytest.mark.parametrize("returned", ["message/rfc822", "text/rfc822-headers", None])
def test_a_report_names_the_letter_however_it_returns_it(returned: str | None) -> None:
    """Whole, its headers only, or not at all: then by what the report answers to."""
    (bounce,) = read_bounces(report(LETTER, returned=returned))

    assert bounce.letter_id == LETTER
    assert bounce.is_permanent
    assert bounce.reply.startswith("550 5.1.1")


def test_a_delay_is_not_permanent() -> None:
    """The server still tries."""
    (bounce,) = read_bounces(report(LETTER, action="delayed", status="4.4.1", said="451 later"))

    assert not bounce.is_permanent


def test_a_delivery_that_succeeded_is_no_bounce() -> None:
    """Some servers report these too."""
    assert read_bounces(report(LETTER, action="delivered", status="2.0.0", said="250 ok")) == []


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff" * 100,
        b"Subject: Out of office\r\n\r\nI am away.",
        b"Content-Type: multipart/report\r\n\r\n--x",
        report(LETTER, returned=None).replace(b"In-Reply-To", b"X-Nothing"),
        b"A" * (MAX_BYTES + 1),
    ],
    ids=["empty", "binary", "an answer", "broken", "without a letter", "huge"],
)
def test_what_is_no_report_of_ours_reports_nothing(raw: bytes) -> None:
    """Whatever anybody mails to us."""
    assert read_bounces(raw) == []


def test_a_letter_of_somebody_else_is_not_taken_for_ours() -> None:
    """Its Message-ID is not of our form."""
    raw = report(LETTER).replace(str(LETTER).encode(), b"somebody.else")

    assert read_bounces(raw) == []


@given(st.binary(max_size=400), st.integers(0, 1200))
def test_a_damaged_report_raises_nothing(noise: bytes, at: int) -> None:
    """Noise anywhere in it."""
    raw = report(LETTER)

    read_bounces(raw[:at] + noise + raw[at:])
