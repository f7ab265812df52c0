"""Passkeys (W3C Web Authentication, level 3): what a browser is asked for, and what it answers.

Pure, over the library ``webauthn``, which knows the formats and checks the signatures. A passkey of
ours is discoverable and always verifies its person (a finger, a face, a PIN): it is two factors by
itself. Which maker's device keeps it is not asked (attestation none).
"""

from dataclasses import dataclass, field

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import parse_authentication_credential_json
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from rules.errors import Refused
from rules.values.text import clean_required_text

#: Characters of the name that its owner gives a passkey.
LONGEST_NAME = 60
#: Bytes (WebAuthn, credential id).
_LONGEST_ID = 1023


class PasskeyRefused(Refused):
    """What the browser sent is no answer of a passkey that is known here to what it was asked."""


class PasskeyCopied(Refused):
    """The passkey counts less than it did before: somebody else seems to have a copy of it."""


@dataclass(frozen=True, kw_only=True)
class PasskeySite:
    """For whom passkeys are made: a browser shows one to no other site."""

    #: The host's name, without a port.
    host: str
    #: As browsers write it.
    origin: str
    #: The authority's, for people.
    name: str


@dataclass(frozen=True, kw_only=True, repr=False)
class PasskeyOwner:
    """Whom a passkey is made for, as the person's own device shows it."""

    #: Comes back with each sign-in; says nothing about the person.
    handle: bytes
    #: What tells two accounts of one device apart.
    account: str
    person: str
    #: The passkeys that there are: no device keeps a second one.
    known: tuple[bytes, ...]


@dataclass(frozen=True, kw_only=True)
class NewPasskey:
    """What is kept of a passkey that was just made."""

    credential_id: bytes
    public_key: bytes = field(repr=False)
    sign_count: int


@dataclass(frozen=True, kw_only=True, repr=False)
class Claim:
    """Which passkey an answer says it comes from: nothing is proved by it yet."""

    credential_id: bytes
    #: The `PasskeyOwner.handle` that the device kept.
    handle: bytes | None


def to_make(site: PasskeySite, owner: PasskeyOwner, challenge: bytes, *, minutes: int) -> str:
    """What a browser is told that is to make a passkey: JSON of WebAuthn's creation options."""
    options = generate_registration_options(
        rp_id=site.host,
        rp_name=site.name,
        user_id=owner.handle,
        user_name=owner.account,
        user_display_name=owner.person,
        challenge=challenge,
        timeout=minutes * 60_000,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            require_resident_key=True,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=_described(owner.known),
    )
    return options_to_json(options)


def to_show(
    site: PasskeySite, challenge: bytes, *, allowed: tuple[bytes, ...] = (), minutes: int
) -> str:
    """What a browser is told that is to show a passkey, one of these or any: JSON, as above."""
    options = generate_authentication_options(
        rp_id=site.host,
        challenge=challenge,
        timeout=minutes * 60_000,
        allow_credentials=_described(allowed),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json(options)


def made(answer: str, site: PasskeySite, challenge: bytes) -> NewPasskey:
    """The passkey that a browser has made for us; raises `PasskeyRefused`."""
    try:
        found = verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except Exception as refused:
        # The library raises what its parsers raise: KeyError, struct.error, RecursionError, ….
        raise PasskeyRefused from refused
    if len(found.credential_id) > _LONGEST_ID:
        raise PasskeyRefused
    return NewPasskey(
        credential_id=found.credential_id,
        public_key=found.credential_public_key,
        sign_count=found.sign_count,
    )


def claimed(answer: str) -> Claim:
    """Which passkey this answer says it is of; raises `PasskeyRefused` for what is no answer."""
    try:
        found = parse_authentication_credential_json(answer)
    except Exception as refused:
        # As in `made`.
        raise PasskeyRefused from refused
    return Claim(credential_id=found.raw_id, handle=found.response.user_handle)


def shown(
    answer: str, site: PasskeySite, challenge: bytes, *, public_key: bytes, sign_count: int
) -> int:
    """How often the passkey says that it was used, where the answer is this passkey's.

    Raises `PasskeyRefused`, and `PasskeyCopied` where that is no more often than the ``sign_count``
    that was kept (WebAuthn, 6.1.1). Devices that keep a passkey in step with others always say 0.
    """
    try:
        found = verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=public_key,
            # Judged below, once the signature has shown that the count is the device's own.
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except Exception as refused:
        # As in `made`.
        raise PasskeyRefused from refused
    if max(found.new_sign_count, sign_count) > 0 and found.new_sign_count <= sign_count:
        raise PasskeyCopied
    return found.new_sign_count


def clean_passkey_name(typed: str) -> str:
    """The name as its owner wrote it, in one line; raises `ValueRefused`."""
    return clean_required_text(typed, max_length=LONGEST_NAME)


def _described(ids: tuple[bytes, ...]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=each) for each in ids]
