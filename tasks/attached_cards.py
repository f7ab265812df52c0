"""The card that travels with the e-mail which says that it is in force, where policy says so."""

import asyncio
import logging
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from desk.policy import current_policy
from desk.register.card_codes import CardCodeWithdrawn
from desk.register.card_sheet import card_as_pdf
from desk.register.printing import CardChanged, CardInHand, CardNotInForce, card_in_letter
from documents.typesetting.child import TypesettingStopped
from mail.composing.attaching import Attachment
from mail.facts.letter import LetterFacts
from mail.facts.request_letters import Activated, CardValidity
from mail.wording.languages import Language
from models.cards import CardUnknown
from models.database import patiently
from rules.errors import Broken, Misconfigured, Unavailable

logger = logging.getLogger("mumaris.letters")

#: Sheets that one sender sets at a time; a file's letters and lone ones have senders of their own.
PLACES = 2
#: Seconds for one sheet with its wait for a place; the rest of a letter's time is for the server.
SECONDS = 10.0
#: A sheet has about 31 kB (docs/decisions/0088), and no name makes it so large.
MOST_BYTES = 200_000
_NAME = "card.pdf"


class CardSheets:
    """Sets the sheets of one sender's letters."""

    def __init__(self) -> None:
        self._places = asyncio.Semaphore(PLACES)

    async def with_card(
        self,
        letter_id: UUID,
        facts: LetterFacts,
        *,
        request_id: UUID | None,
        dated: datetime,
        now: datetime,
    ) -> tuple[LetterFacts, Attachment | None]:
        """The facts with their card, where policy attaches it.

        Without one, the letter leaves with its link alone. Set again, the card is the same to the
        byte; one that has changed since, or is not in force any more, stays behind. One that cannot
        be made is an error in the log, by the letter's id.
        """
        if not isinstance(facts, Activated) or facts.card_validity is None or request_id is None:
            return facts, None
        if not is_attached():
            return facts, None
        try:
            card = await _read(request_id, facts.card_validity, dated, now)
            sheet = await self._set(card, Language(facts.language))
        except (CardChanged, CardCodeWithdrawn, CardNotInForce, CardUnknown) as refused:
            logger.info("e-mail %s leaves without its card: %s", letter_id, type(refused).__name__)
            return facts, None
        except (Broken, Misconfigured, Unavailable, OSError) as fault:
            # OSError: no process was to be had, or the time was over.
            logger.error(  # noqa: TRY400 - the fault's own text may hold personal data
                "e-mail %s leaves without its card: %s", letter_id, type(fault).__name__
            )
            return facts, None
        file = Attachment(name=_NAME, media_type="application/pdf", content=sheet)
        return replace(facts, card_attached=True), file

    async def _set(self, card: CardInHand, language: Language) -> bytes:
        async with asyncio.timeout(SECONDS), self._places:
            sheet = await card_as_pdf(card, language)
        if len(sheet) > MOST_BYTES:
            raise TypesettingStopped
        return sheet


def is_attached() -> bool:
    """Whether policy has the card travel with its e-mail."""
    return current_policy().card.in_email == "attached"


@patiently
async def _read(
    request_id: UUID, validity: CardValidity, dated: datetime, now: datetime
) -> CardInHand:
    return await card_in_letter(
        request_id, valid_until=validity.valid_until, written_at=dated, now=now
    )
