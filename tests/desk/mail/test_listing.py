"""How e-mails fare, one by one."""

import pytest

from desk.mail.listing import reply_codes


@pytest.mark.parametrize(
    ("reply", "codes"),
    [
        ("550 5.1.1 <noura@example.com> unknown", "550 5.1.1"),
        ("421-4.3.2 try later", "421-4.3.2"),
        ("250 OK", "250"),
        ("noura@example.com refused", None),
        (None, None),
    ],
)
def test_only_the_codes_of_a_reply_are_shown(reply: str | None, codes: str | None) -> None:
    """A reply without codes shows nothing."""
    assert reply_codes(reply) == codes
