"""What the register itself says against files: judged before the first row is written."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.register.files import RegisterFiles
from desk.register.in_chunks import in_chunks
from models.practitioners import changed_by_request, holders_of_identity, ids_by_number
from rules.errors import Conflict, Refused

#: More numbers than this are counted, not named.
_MOST_NAMED = 50


class OfficersNotOnRegister(Refused):
    """Officers are said to be practitioners whom the register does not know."""

    def __init__(self, user_names: Sequence[str]) -> None:
        super().__init__(
            "registration_number: no practitioner has the number of these officers: "
            + _named(user_names)
        )
        self.user_names = tuple(user_names)


class HoldersNotOnRegister(Refused):
    """Cards or activities are said to be of practitioners whom the register does not know."""

    def __init__(self, numbers: Collection[str]) -> None:
        self.numbers = tuple(sorted(numbers))
        super().__init__(
            "registration_number: no practitioner has these numbers: " + _named(self.numbers)
        )


class IdentityNumbersOfOthers(Conflict):
    """The file gives practitioners the identity numbers of others who are on the register.

    ``owners`` has the registration number in the file and that of the owner.
    """

    def __init__(self, owners: Mapping[str, str]) -> None:
        said = [f"{number} (of {owner})" for number, owner in sorted(owners.items())]
        super().__init__(
            "identity_number: these practitioners of the file have the identity number of another "
            "one on the register: " + _named(said)
        )
        self.owners = dict(owners)


async def check_against_register(session: AsyncSession, files: RegisterFiles) -> set[str]:
    """Who of the file exchange identity numbers among each other, and are written together.

    Raises `OfficersNotOnRegister`, `HoldersNotOnRegister` or `IdentityNumbersOfOthers`.
    """
    officers = {line.user_name: line.registration_number for line in files.officers.values()}
    holders = {*files.cards, *(line.registration_number for line in files.ledger)}
    wanted = {*holders, *(number for number in officers.values() if number)}
    known = {
        *files.practitioners,
        *await _on_register(session, wanted - files.practitioners.keys()),
    }
    if strangers := [name for name, number in officers.items() if number and number not in known]:
        raise OfficersNotOnRegister(strangers)
    if holders - known:
        raise HoldersNotOnRegister(holders - known)
    return await _exchanging(session, files.practitioners)


async def _on_register(session: AsyncSession, numbers: Collection[str]) -> set[str]:
    found: set[str] = set()
    for chunk in in_chunks(sorted(numbers)):
        found.update(await ids_by_number(session, chunk))
    return found


async def _exchanging(session: AsyncSession, people: Mapping[str, Mapping[str, Any]]) -> set[str]:
    number_of = {values["identity_number"]: number for number, values in people.items()}
    owners: dict[str, str] = {}
    exchanging: set[str] = set()
    for chunk in in_chunks(sorted(number_of)):
        holders = await holders_of_identity(session, chunk)
        kept = await changed_by_request(session, chunk)
        for identity, holding in holders.items():
            taker = number_of[identity]
            if taker in holding:
                continue  # nothing changes for it
            # Who is in the file gets another number by it, unless a request's data are kept.
            giving = [owner for owner in holding if owner in people and owner not in kept]
            exchanging |= {taker, *giving}
            owners.update((taker, owner) for owner in holding if owner not in giving)
    if owners:
        raise IdentityNumbersOfOthers(owners)
    return exchanging


def _named(names: Iterable[str]) -> str:
    every = list(names)
    more = len(every) - _MOST_NAMED
    return ", ".join(every[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
