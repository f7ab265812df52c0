"""Signatures, as Standard Webhooks has them."""

from base64 import b64decode

from rules.webhooks.signing import SECRET_BYTES, signed_headers, write_secret

#: The standard's own example.
SECRET = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID, AT, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_standard_s_own_example_is_signed_as_there() -> None:
    """Identity, time and body, each in its place."""
    signed = signed_headers(ID, BODY, [b64decode(SECRET)], timestamp=AT)

    assert signed == {
        "webhook-id": ID,
        "webhook-timestamp": f"{AT}",
        "webhook-signature": SIGNATURE,
    }


def test_each_secret_signs_the_newest_first() -> None:
    """A receiver that looks at the first one alone finds the one that will stay."""
    signed = signed_headers(ID, BODY, [b"new" * 8, b64decode(SECRET)], timestamp=AT)

    new, before = signed["webhook-signature"].split(" ")
    assert (before, new == before) == (SIGNATURE, False)


def test_a_secret_is_written_with_its_mark() -> None:
    """So that scanners of files find one that was lost there."""
    assert write_secret(b64decode(SECRET)) == f"whsec_{SECRET}"
    assert 24 <= SECRET_BYTES <= 64
