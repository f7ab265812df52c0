"""A file beside a letter's words."""

import re
from base64 import encodebytes
from dataclasses import dataclass, replace
from uuid import UUID

from mail.composing.message import Message

_CONTENT_TYPE = re.compile(rb"^Content-Type:.*\r\n(?:[ \t].*\r\n)*", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, repr=False)
class Attachment:
    """A file as the recipient gets it."""

    #: In ASCII, without anybody's data: whoever sees the letter in a list sees it.
    name: str
    media_type: str
    content: bytes


def attach(message: Message, attachment: Attachment, *, letter_id: UUID) -> Message:
    """The letter with this file; its headers stay, and the same arguments make the same bytes."""
    head, _, words = message.content.partition(b"\r\n\r\n")
    head += b"\r\n"
    (of_words,) = _CONTENT_TYPE.findall(head)
    # Never found in base64, and no beginning of the boundary inside.
    edge = f"=_file_{letter_id.hex}".encode()
    name = attachment.name.encode("ascii")
    content = b"".join(
        (
            head.replace(of_words, b""),
            b'Content-Type: multipart/mixed;\r\n boundary="%b"\r\n\r\n' % edge,
            b"--%b\r\n%b\r\n%b\r\n" % (edge, of_words, words),
            b'--%b\r\nContent-Type: %b; name="%b"\r\n'
            % (edge, attachment.media_type.encode("ascii"), name),
            b"Content-Transfer-Encoding: base64\r\n",
            b'Content-Disposition: attachment; filename="%b"\r\n\r\n' % name,
            encodebytes(attachment.content).replace(b"\n", b"\r\n"),
            b"--%b--\r\n" % edge,
        )
    )
    return replace(message, content=content)
