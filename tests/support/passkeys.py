"""A device that keeps passkeys, in software: it answers as browsers do, and wrongly where asked."""

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field, replace
from typing import Any

import cbor2
import httpx
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from sqlmodel import select

from models.accounts.factors import Passkey
from models.database import transaction
from support.accounts import OURS, Member, hidden_fields, press
from support.requests import NOW

#: Where the tests' portal is (`MailSettings.portal_url`).
ORIGIN, HOST = "http://localhost:8000", "localhost"
#: Present, verified, and with the public key of a new passkey.
PRESENT, VERIFIED, WITH_KEY = 0x01, 0x04, 0x40
_CURVE = ec.SECP256R1()


def text_of(raw: bytes) -> str:
    """In base64url, as browsers write it."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def bytes_of(text: str) -> bytes:
    """What such a text says."""
    return urlsafe_b64decode(f"{text}==")


@dataclass(frozen=True)
class Device:
    """One passkey on one device; a copy with other facts is a device that does it wrongly."""

    key: EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(_CURVE))
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    handle: bytes | None = None
    count: int = 0
    origin: str = ORIGIN
    host: str = HOST
    flags: int = PRESENT | VERIFIED

    def but(self, **facts: Any) -> "Device":
        """The same passkey, with other facts."""
        return replace(self, **facts)

    def made(self, options: str) -> tuple["Device", str]:
        """The passkey that these options ask for, and the browser's answer."""
        told = json.loads(options)
        here = self.but(handle=bytes_of(told["user"]["id"]))
        client = self._client("webauthn.create", told["challenge"])
        attested = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": self._data(new=True)})
        return here, self._answer(clientDataJSON=client, attestationObject=attested)

    def shown(self, options: str) -> str:
        """The browser's answer to options that ask for a passkey."""
        client = self._client("webauthn.get", json.loads(options)["challenge"])
        told = self._data(new=False)
        signed = self.key.sign(told + hashlib.sha256(client).digest(), ECDSA(SHA256()))
        facts = {"clientDataJSON": client, "authenticatorData": told, "signature": signed}
        if self.handle is not None:
            facts["userHandle"] = self.handle
        return self._answer(**facts)

    def _client(self, kind: str, challenge: str) -> bytes:
        facts = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(facts).encode()

    def _data(self, *, new: bool) -> bytes:
        flags = self.flags | (WITH_KEY if new else 0)
        head = hashlib.sha256(self.host.encode()).digest() + bytes([flags])
        head += self.count.to_bytes(4, "big")
        if not new:
            return head
        point = self.key.public_key().public_numbers()
        public = {
            1: 2,
            3: -7,
            -1: 1,
            -2: point.x.to_bytes(32, "big"),
            -3: point.y.to_bytes(32, "big"),
        }
        number = len(self.credential_id).to_bytes(2, "big") + self.credential_id
        return head + bytes(16) + number + cbor2.dumps(public)

    def _answer(self, **response: bytes) -> str:
        name = text_of(self.credential_id)
        said = {key: text_of(value) for key, value in response.items()}
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": said})


async def options_from(browser: httpx.AsyncClient, page: str, form: str) -> str:
    """What the page's script is told to ask the device for."""
    shown = await browser.get(page)
    fields = hidden_fields(shown.text, form)
    answer = await browser.post(f"{form}/options", data={"csrf": fields["csrf"]}, headers=OURS)
    assert answer.status_code == 200, answer.text
    return answer.text


async def added(browser: httpx.AsyncClient, device: Device | None = None) -> Device:
    """A passkey of whoever is signed in here."""
    page = "/account/passkeys"
    here, answer = (device or Device()).made(await options_from(browser, page, page))
    done = await press(browser, page, {"credential": answer, "name": "my phone"})
    assert done.status_code in {200, 303}, done.text
    return here


async def passkey_of(member: Member) -> Passkey:
    """One of this person, which no device has."""
    account = await member.account()
    assert account is not None
    passkey = Passkey(
        account_id=account.id,
        credential_id=secrets.token_bytes(16),
        public_key=b"",
        sign_count=0,
        name="my phone",
        made_at=NOW,
    )
    async with transaction() as session:
        session.add(passkey)
    return passkey


async def passkeys() -> list[Passkey]:
    """All that there are."""
    async with transaction() as session:
        return list((await session.exec(select(Passkey))).all())
