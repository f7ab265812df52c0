"""What policy decides about accounts: passwords, sessions, links, and how misses are counted.

The schema of the table ``[accounts]``; sources stand in ``policy.toml``.
"""

from dataclasses import dataclass, field

from rules.policy.reader import PolicyReader

_AT_LEAST_ONE = {"minimum": 1}
_MINUTES_IN_AN_HOUR = 60


@dataclass(frozen=True, kw_only=True)
class AccountPolicy:
    """How people prove who they are, and for how long."""

    #: Characters, where the password is the only factor, and beside a second one.
    password_characters_alone: int = field(metadata={"minimum": 8, "maximum": 64})
    password_characters_beside_factor: int = field(metadata={"minimum": 8, "maximum": 64})
    #: What Argon2id costs: memory in KiB, passes, lanes.
    hash_memory_kib: int = field(metadata={"minimum": 8, "maximum": 1_048_576})
    hash_passes: int = field(metadata={"minimum": 1, "maximum": 100})
    hash_lanes: int = field(metadata={"minimum": 1, "maximum": 16})
    #: Hashes that one process computes at a time.
    hashes_at_once: int = field(metadata={"minimum": 1, "maximum": 64})
    session_idle_minutes: int = field(metadata=_AT_LEAST_ONE)
    session_hours: int = field(metadata=_AT_LEAST_ONE)
    officer_session_hours: int = field(metadata=_AT_LEAST_ONE)
    #: Days after its last page in which a session stays on record.
    session_kept_days: int = field(metadata=_AT_LEAST_ONE)
    #: Days after its last sign-in in which a browser is known.
    device_days: int = field(metadata=_AT_LEAST_ONE)
    #: From the password to what is asked for beside it.
    half_way_minutes: int = field(metadata=_AT_LEAST_ONE)
    #: From our page to an identity provider and back.
    provider_minutes: int = field(metadata=_AT_LEAST_ONE)
    #: After so long a session shows once more who it is, before something that matters.
    proof_minutes: int = field(metadata=_AT_LEAST_ONE)
    #: Codes that are written down for the day a telephone is lost.
    recovery_codes: int = field(metadata={"minimum": 1, "maximum": 20})
    #: That one account may have.
    passkeys: int = field(metadata={"minimum": 1, "maximum": 50})
    #: From asking a browser for a passkey to its answer.
    passkey_minutes: int = field(metadata={"minimum": 1, "maximum": 60})
    #: Of a link that sets a password.
    link_minutes: int = field(metadata=_AT_LEAST_ONE)
    #: Usable links that one person has at a time; further ones are not sent, and nobody is told so.
    links_at_once: int = field(metadata=_AT_LEAST_ONE)
    #: Wrong answers to what a link asks, after which it is void.
    link_misses: int = field(metadata=_AT_LEAST_ONE)
    #: For a second officer to confirm an address that a first one recorded.
    address_change_hours: int = field(metadata=_AT_LEAST_ONE)
    #: Misses of a name from one network, or one known browser, before there is a wait.
    free_misses: int = field(metadata=_AT_LEAST_ONE)
    first_wait_seconds: int = field(metadata=_AT_LEAST_ONE)
    longest_wait_minutes: int = field(metadata=_AT_LEAST_ONE)
    misses_forgotten_hours: int = field(metadata=_AT_LEAST_ONE)
    #: The numbers below are for so many minutes.
    budget_minutes: int = field(metadata=_AT_LEAST_ONE)
    misses_of_a_name: int = field(metadata=_AT_LEAST_ONE)
    misses_of_a_network: int = field(metadata=_AT_LEAST_ONE)
    misses_of_everybody: int = field(metadata=_AT_LEAST_ONE)
    links_of_a_network: int = field(metadata=_AT_LEAST_ONE)
    other_numbers: int = field(metadata=_AT_LEAST_ONE)
    #: Of the code that confirms a new e-mail address; its minutes count from its e-mail.
    code_digits: int = field(metadata={"minimum": 6, "maximum": 12})
    code_minutes: int = field(metadata=_AT_LEAST_ONE)
    code_tries: int = field(metadata={"minimum": 1, "maximum": 10})
    #: Codes that are e-mailed within so many minutes.
    code_budget_minutes: int = field(metadata=_AT_LEAST_ONE)
    codes_of_an_account: int = field(metadata=_AT_LEAST_ONE)
    codes_to_a_mailbox: int = field(metadata=_AT_LEAST_ONE)
    passkeys_of_a_network: int = field(metadata=_AT_LEAST_ONE)


def check_accounts_agreement(accounts: AccountPolicy, reader: PolicyReader) -> None:
    """Note keys that contradict each other."""
    if accounts.password_characters_beside_factor > accounts.password_characters_alone:
        reader.refuse(
            "accounts.password_characters_beside_factor",
            "must not be above password_characters_alone",
        )
    shortest = min(accounts.session_hours, accounts.officer_session_hours)
    if accounts.session_idle_minutes > shortest * _MINUTES_IN_AN_HOUR:
        reader.refuse("accounts.session_idle_minutes", "must not be above the session's hours")
    if accounts.first_wait_seconds > accounts.longest_wait_minutes * 60:
        reader.refuse("accounts.first_wait_seconds", "must not be above longest_wait_minutes")
