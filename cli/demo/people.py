"""The people of the examples before the portal: who they are there, and their password."""

import csv
import secrets
from collections.abc import Mapping, Sequence

from cli.demo.examples import REGISTER
from desk.accounts.samples import give_desk, give_password
from desk.clock import utc_now
from desk.policy import current_policy
from rules.accounts.kinds import Role
from rules.values.registration_number import clean_registration_number

#: Letters and digits that nobody takes for others.
_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _IN_A_GROUP = 4, 5
#: Who decides here, in the browser and by command.
_OFFICERS = {"amal": (Role.OFFICER, Role.SUPERVISOR), "basim": (Role.OFFICER,)}
_CODES_SHOWN = 3


class People:
    """Everybody on the register of the examples, with one password that is new at each start."""

    def __init__(self) -> None:
        #: It is kept nowhere; what is kept of it is its hash.
        self.password = "-".join(
            "".join(secrets.choice(_SIGNS) for _ in range(_IN_A_GROUP)) for _ in range(_GROUPS)
        )
        #: What officers are asked for after it; each works once.
        self.codes: dict[str, Sequence[str]] = {}
        self._emails = _read_emails()

    async def get_accounts(self) -> None:
        """Let all of them sign in, and their officers."""
        await give_password(self._emails, self.password, now=utc_now())
        for user, roles in _OFFICERS.items():
            codes = await give_desk(user, roles, address_of(user), self.password, now=utc_now())
            self.codes[user] = codes[:_CODES_SHOWN]

    def email_of(self, registration_number: str) -> str:
        """The address by which this person signs in."""
        return self._emails[_canonical(registration_number)]


def address_of(officer: str) -> str:
    """The address by which this officer signs in."""
    return f"{officer}@example.com"


def _read_emails() -> Mapping[str, str]:
    with REGISTER.open(encoding="utf-8", newline="") as file:
        return {
            _canonical(row["registration_number"]): row["email"] for row in csv.DictReader(file)
        }


def _canonical(number: str) -> str:
    return clean_registration_number(number, pattern=current_policy().registration_number.pattern)
