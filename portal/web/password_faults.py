"""What people are told of a password that is not taken, and of one that will be."""

from desk.policy import current_policy
from rules.accounts.kinds import AccountKind
from rules.accounts.passwords import LONGEST, PasswordFault


def sentence_of(fault: PasswordFault) -> str:
    """The name of the sentence that says it."""
    return f"password.{fault}"


def password_facts(kind: AccountKind) -> dict[str, int]:
    """The numbers that the sentences about passwords say; an officer's is never alone."""
    policy = current_policy().accounts
    is_officer = kind is AccountKind.OFFICER
    shortest = (
        policy.password_characters_beside_factor if is_officer else policy.password_characters_alone
    )
    return {"shortest": shortest, "longest": LONGEST}
