"""Which machine is calling: the account behind a key."""

import hmac
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from desk.looks import Looker
from models.database import glances
from models.links import hash_token
from models.machines import use_key
from rules.accounts.machines import MAY, MachineAct, MachineKind, read_key
from rules.errors import NotAllowed

#: What a key is compared with where there is none: as much work as for one that there is.
_NOBODYS = hash_token("")


class MachineKeyRefused(NotAllowed):
    """This is no key, or one that is over."""


class NotForThisMachine(NotAllowed):
    """Machines of this kind may not do this."""


@dataclass(frozen=True, kw_only=True)
class Calling:
    """The machine that calls, as it stood when it did."""

    machine_id: UUID
    name: str
    kind: MachineKind
    #: The names of its employer; empty for a machine that is no employer's.
    employers: frozenset[str]

    @property
    def looker(self) -> Looker:
        """As the access log names it."""
        return Looker.machine(self.name)

    def refuse_unless(self, act: MachineAct) -> None:
        """Raise `NotForThisMachine` where its kind may not do this."""
        if act not in MAY[self.kind]:
            raise NotForThisMachine


async def whose_key(typed: str, *, for_what: str, now: datetime) -> Calling:
    """The machine behind this key; its use is a line of the access log, with ``for_what``.

    Raises `MachineKeyRefused`, the same for a key that nobody has and for one that has ended; the
    use of one that has ended is a line too.
    """
    key = read_key(typed)
    if key is None:  # whoever sends anything at all takes no connection
        raise MachineKeyRefused
    sent = hash_token(key.secret)
    async with glances() as connection:
        found = await use_key(connection, key.id, secret_hash=sent, why=for_what, now=now)
    is_right = hmac.compare_digest(sent, _NOBODYS if found is None else found.secret_hash)
    if found is None or not is_right or found.is_over:
        raise MachineKeyRefused
    return Calling(
        machine_id=found.machine_id, name=found.name, kind=found.kind, employers=found.employers
    )
