"""The codes that are asked for beside a password."""

import hashlib
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyotp import TOTP

from rules.accounts.codes import STEP_SECONDS, recovery_hash, step_of_code
from rules.values.as_typed import plain

# RFC 6238, appendix B: the secret of its SHA-1 values, and codes cut to six digits.
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
ACCOUNT, OTHER = UUID(int=1), UUID(int=2)
CODE = "ABCD-EFGH-JKLM-NPQR"


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1_111_111_109, "081804"), (2_000_000_000, "279037")],
)
def test_the_codes_are_those_of_every_authenticator_app(seconds: int, code: str) -> None:
    """As RFC 6238 lists them."""
    now = datetime.fromtimestamp(seconds, UTC)

    assert step_of_code(code, SECRET, now=now) == seconds // STEP_SECONDS


@given(st.integers(10_000, 100_000_000), st.sampled_from([-2, -1, 0, 1, 2]))
def test_clocks_may_differ_by_one_step(step: int, away: int) -> None:
    """And by no more; which step it was is told, so that it is used once."""
    now = datetime.fromtimestamp(step * STEP_SECONDS, UTC)
    code = TOTP(SECRET).generate_otp(step + away)
    near = {TOTP(SECRET).generate_otp(step + each): step + each for each in (-1, 1, 0)}

    assert step_of_code(code, SECRET, now=now) == near.get(code)


@pytest.mark.parametrize("typed", ["287 082", " 287082\u200f", "٢٨٧٠٨٢", "287-082"])
def test_a_code_is_read_as_it_was_typed(typed: str) -> None:
    """With blanks, marks and digits of any script."""
    assert step_of_code(typed, SECRET, now=datetime.fromtimestamp(59, UTC)) == 1


@given(st.text() | st.text("0123456789 -", max_size=9))
def test_whatever_is_typed_is_no_code_but_the_code(typed: str) -> None:
    """No text brings the page down; what is not one of three codes is refused."""
    codes = {TOTP(SECRET).generate_otp(step) for step in (2880, 2881, 2882)}
    digits = "".join(filter(str.isalnum, plain(typed)))

    found = step_of_code(typed, SECRET, now=datetime.fromtimestamp(2881 * STEP_SECONDS, UTC))

    assert (found is not None) == (digits in codes)


@pytest.mark.parametrize("typed", [CODE, CODE.lower(), CODE.replace("-", " "), f" {CODE}\u200f"])
def test_a_written_code_is_read_as_it_was_typed(typed: str) -> None:
    """Small letters, blanks and dashes are folded."""
    assert recovery_hash(ACCOUNT, typed) == recovery_hash(ACCOUNT, CODE)


def test_a_written_code_is_one_account_s() -> None:
    """The same letters of another account are another code; so are other letters."""
    assert recovery_hash(OTHER, CODE) != recovery_hash(ACCOUNT, CODE)
    assert recovery_hash(ACCOUNT, CODE[:-1] + "S") != recovery_hash(ACCOUNT, CODE)


def test_what_is_kept_of_a_written_code_stays_the_same() -> None:
    """Codes that were written down before an upgrade still fit."""
    plain_text = "00000000-0000-0000-0000-000000000001:ABCDEFGHJKLMNPQR"

    assert recovery_hash(ACCOUNT, CODE) == hashlib.sha256(plain_text.encode()).hexdigest()
