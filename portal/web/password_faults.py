"""What people are told of a password that is not taken, and of one that will be."""

from desk.policy import current_policy
from rules.accounts.passwords import LONGEST, PasswordFault


def sentence_of(fault: PasswordFault) -> str:
    """The name of the sentence that says it."""
    return f"password.{fault}"


def password_facts() -> dict[str, int]:
    """The numbers that the sentences about passwords say."""
    return {"shortest": current_policy().accounts.password_characters_alone, "longest": LONGEST}
