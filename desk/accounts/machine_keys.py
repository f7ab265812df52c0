"""Which machine is calling: the account behind a key."""

import hmac
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from desk.looks import Looker, note_look
from models.access_log import Looked
from models.database import transaction
from models.links import hash_token
from models.machines import find_machine_key
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
    async with transaction() as session:
        found = await find_machine_key(session, key.id)
        known = _NOBODYS if found is None else found[0].secret_hash
        is_right = hmac.compare_digest(hash_token(key.secret), known)
        if found is None or not is_right:
            raise MachineKeyRefused
        row, machine, employers = found
        is_over = row.ends_at <= now or machine.revoked_at is not None
        await note_look(
            session,
            Looked.MACHINE_USE,
            by=Looker.machine(machine.name),
            now=now,
            practitioner_id=None,
            why="key_is_over" if is_over else for_what,
        )
    # After its transaction, so that the line stays.
    if is_over:
        raise MachineKeyRefused
    return Calling(machine_id=machine.id, name=machine.name, kind=machine.kind, employers=employers)
