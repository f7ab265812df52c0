"""Whose account it is, what an officer's may do, and what a link of an account is for."""

from enum import StrEnum


class AccountKind(StrEnum):
    """Whose account it is."""

    PRACTITIONER = "practitioner"
    OFFICER = "officer"


class Role(StrEnum):
    """What an officer's account may do."""

    OFFICER = "officer"
    SUPERVISOR = "supervisor"
    OPERATOR = "operator"
    AUDITOR = "auditor"


#: Who decides requests, and so reads them.
REVIEWING = frozenset({Role.OFFICER, Role.SUPERVISOR})
#: Who keeps everything going, and puts back what others hold.
OPERATING = frozenset({Role.OPERATOR, Role.SUPERVISOR})
#: Who oversees: reads who has looked at what, and takes a queue along as a file.
AUDITING = frozenset({Role.AUDITOR, Role.SUPERVISOR})


class Proof(StrEnum):
    """What somebody has last shown, to be who they say they are."""

    PASSWORD = "password"  # noqa: S105 - a name
    #: The password and a code of an authenticator app.
    TOTP = "totp"
    #: The password and one of the codes that were written down.
    RECOVERY_CODE = "recovery_code"
    PASSKEY = "passkey"
    #: An identity provider said so.
    PROVIDER = "provider"


class Factor(StrEnum):
    """What can be asked for beside a password."""

    TOTP = "totp"
    PASSKEY = "passkey"


class AccountChange(StrEnum):
    """What an account's owner is told of by e-mail, beside another password and sign-ins."""

    APP_ADDED = "app_added"
    APP_REMOVED = "app_removed"
    PASSKEY_ADDED = "passkey_added"
    PASSKEY_REMOVED = "passkey_removed"
    CODES_RENEWED = "codes_renewed"
    SESSIONS_ENDED = "sessions_ended"
    #: Operations took off whatever is asked for beside the password, and the password.
    FACTORS_RESET = "factors_reset"


class LinkUse(StrEnum):
    """What the link in an e-mail about an account is for."""

    #: Set the first password, and be signed in.
    FIRST_SIGN_IN = "first_sign_in"
    #: Set a new password; signs nobody in.
    RESET = "reset"


class SessionEnd(StrEnum):
    """Why a session was ended before its time."""

    SIGNED_OUT = "signed_out"
    #: The same browser signed in again.
    FOLLOWED = "followed"
    #: Its owner ended it from another session.
    ENDED_BY_OWNER = "ended_by_owner"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a reason, no password
    FACTOR_CHANGED = "factor_changed"
    OPERATIONS = "operations"
