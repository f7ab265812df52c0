"""A letter that is to leave becomes a message, or what is wrong with it."""

import logging
from typing import Any

from desk.accounts.address_codes import CodeOver
from mail.addresses import AddressMalformed, HeaderUnsafe
from mail.composing.attaching import attach
from mail.composing.message import Message
from mail.composing.skeleton import Skeletons
from mail.delivering.outcomes import Deferred, DeferredKind, Undeliverable
from mail.facts.letter import FactMissing
from mail.facts.stored import FactsMalformed
from rules.errors import Conflict
from tasks.sending.outbox import M, MailOutbox

logger = logging.getLogger("mumaris.letters")

#: The headers that hold what is on the letter's row, and not a setting.
_OF_THE_LETTER = frozenset({"To", "Subject"})


class LinkOver(Conflict):
    """The link that the letter would carry opens nothing any more: it left too late."""


async def write(
    outbox: MailOutbox[M], letter: M, skeletons: Skeletons
) -> Message | Deferred | Undeliverable:
    """The letter; one that cannot be written ends here and never stops the others."""
    try:
        facts, file = await outbox.with_file(letter, await outbox.facts(letter))
        message = skeletons.compose(
            facts, to=letter.to, letter_id=letter.id, created_at=letter.dated
        )
        return message if file is None else attach(message, file, letter_id=letter.id)
    except Exception as fault:  # noqa: BLE001 - whatever it is, the letters behind it must go out
        # The fault's own text may hold personal data; its type and the letter's id do not.
        logger.error("e-mail %s cannot be composed: %s", letter.id, type(fault).__name__)  # noqa: TRY400
        return _judge(fault)


def _judge(fault: Exception) -> Deferred | Undeliverable:
    """What is wrong with the letter itself is final.

    A template or a setting may be mended, a disk be emptied, and a letter that this version does
    not know is known to another one.
    """
    reply = f"cannot be composed: {type(fault).__name__}"
    final: tuple[Any, ...] = (FactMissing, FactsMalformed, LinkOver, CodeOver)
    of_setting = isinstance(fault, AddressMalformed | HeaderUnsafe) and (
        fault.header not in _OF_THE_LETTER
    )
    if isinstance(fault, (*final, AddressMalformed, HeaderUnsafe)) and not of_setting:
        return Undeliverable(reply, of_facts=True)
    return Deferred(reply, DeferredKind.COMPOSING, about_us=True)
