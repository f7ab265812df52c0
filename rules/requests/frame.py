"""What every submission carries, whatever it asks for."""

from typing import Protocol

from rules.findings.problems import Problems
from rules.policy.policy import Policy
from rules.values.registration_number import clean_registration_number
from rules.values.text import clean_idempotency_key


class Framed(Protocol):
    """A submission's members that every kind has."""

    @property
    def preferred_language(self) -> str | None:
        """The language of the letters from now on; None leaves it as it is on file."""
        ...

    @property
    def confirmed_by_applicant(self) -> bool:
        """Whether the applicant says that the submission is right."""
        ...

    @property
    def idempotency_key(self) -> str:
        """As typed."""
        ...


class FramedByNumber(Framed, Protocol):
    """The same, where somebody on the register says who they are."""

    @property
    def registration_number(self) -> str:
        """As typed."""
        ...


def check_frame(submission: Framed, problems: Problems) -> None:
    """Note a bad key, and a missing confirmation."""
    key = submission.idempotency_key
    problems.read("idempotency_key", lambda: clean_idempotency_key(key))
    if not submission.confirmed_by_applicant:
        problems.add("not_confirmed", "confirmed_by_applicant")


def check_frame_by_number(
    submission: FramedByNumber, registration_number: str, policy: Policy, problems: Problems
) -> None:
    """The same, and a number that cannot be read or is another's.

    ``registration_number`` is the one on file.
    """
    pattern = policy.registration_number.pattern
    number = problems.read(
        "registration_number",
        lambda: clean_registration_number(submission.registration_number, pattern=pattern),
    )
    if number is not None and number != registration_number:
        problems.add("registration_number_of_another", "registration_number")
    check_frame(submission, problems)
