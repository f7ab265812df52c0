"""The letters that arrived, as their readers see them."""

import asyncio
import mailbox
import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from support.patience import Patience

#: Seconds that a letter may take.
PATIENCE = 20.0


@dataclass(frozen=True)
class Arrived:
    """One letter that arrived."""

    to: str
    subject: str
    message_id: str
    text: str
    html: str

    def link(self, page: str) -> str:
        """The address in the letter that leads to this page of the portal."""
        found = re.search(rf"https?://\S+/{page}/[\w-]+", self.text)
        assert found, f"no link to /{page}/ in the letter"
        return found.group()


class Mailbox:
    """Everything the mail catcher has caught."""

    def __init__(self, maildir: Path) -> None:
        self._maildir = maildir

    def letters(self, *, to: str, about: str) -> list[Arrived]:
        """The letters to this address about this request, oldest first."""
        caught = mailbox.Maildir(str(self._maildir), create=True)
        keys = sorted(caught.keys(), key=_arrival)
        arrived = [_read(caught.get_bytes(key)) for key in keys]
        caught.close()
        return [letter for letter in arrived if to in letter.to and about in letter.text]

    async def letter(self, page: str, *, to: str, about: str, earlier: int = 0) -> Arrived:
        """The letter with a link to this page, once it has arrived.

        ``earlier`` letters of the sort are passed over: the one after them is waited for.
        """
        patience = Patience(PATIENCE)
        while True:
            found = [one for one in self.letters(to=to, about=about) if f"/{page}/" in one.text]
            if len(found) > earlier:
                return found[earlier]
            assert not patience.is_at_its_end, f"no letter with a link to /{page}/ arrived"
            await asyncio.sleep(0.05)

    async def count(self, expected: int, *, to: str, about: str) -> list[Arrived]:
        """The letters to this address about this request, once there are so many."""
        patience = Patience(PATIENCE)
        while len(found := self.letters(to=to, about=about)) < expected:
            assert not patience.is_at_its_end, f"{len(found)} of {expected} letters arrived"
            await asyncio.sleep(0.05)
        return found


def _arrival(key: str) -> list[int]:
    """The second and the microsecond in a Maildir's key, which does not pad them."""
    return [int(number) for number in re.findall(r"[0-9]+", key.partition("P")[0])]


def _read(raw: bytes) -> Arrived:
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    return Arrived(
        to=str(message["To"]),
        subject=str(message["Subject"]),
        message_id=str(message["Message-ID"]),
        text=text.get_content(),
        html=html.get_content(),
    )
