"""Doubts as they are kept with a request."""

from rules.findings.doubts import IDENTITY_NUMBER_HELD, Doubt


def test_a_doubt_is_read_as_it_was_written() -> None:
    """With what it stands against."""
    doubt = Doubt(IDENTITY_NUMBER_HELD, "identity_number", "1234-5678")

    assert Doubt.from_json(doubt.to_json()) == doubt
    assert doubt.to_json() == {
        "code": IDENTITY_NUMBER_HELD,
        "field": "identity_number",
        "against": "1234-5678",
    }


def test_a_doubt_from_before_doubts_had_fields_is_read() -> None:
    """Requests that were under review then kept the code alone."""
    assert Doubt.from_json("identity_number_held") == Doubt("identity_number_held", "", "")
