"""What a passkey's answer must show."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.accounts.passkeys import (
    PasskeyCopied,
    PasskeyOwner,
    PasskeyRefused,
    PasskeySite,
    claimed,
    clean_passkey_name,
    made,
    shown,
    to_make,
    to_show,
)
from rules.findings.problems import ValueRefused
from support.passkeys import HOST, ORIGIN, PRESENT, VERIFIED, Device, text_of

SITE = PasskeySite(host=HOST, origin=ORIGIN, name="Mumaris")
OWNER = PasskeyOwner(handle=b"handle", account="12345678", person="نورة", known=(b"other",))
CHALLENGE = b"c" * 32
ANY_JSON = st.recursive(
    st.none() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
ANY_ANSWER = st.fixed_dictionaries(
    {
        "id": st.text(),
        "rawId": st.text(),
        "type": st.just("public-key") | st.text(),
        "response": st.dictionaries(
            st.sampled_from(
                ["clientDataJSON", "attestationObject", "authenticatorData", "signature"]
            ),
            st.binary(max_size=80).map(text_of) | st.text() | st.none(),
        ),
    }
)
WRONG = [
    {"origin": "http://localhost:8001"},
    {"origin": "https://localhost:8000"},
    {"origin": "http://evil.example"},
    {"host": "evil.example"},
    {"flags": PRESENT},
    {"flags": VERIFIED},
]


def asked_to_make(challenge: bytes = CHALLENGE) -> str:
    """The options of somebody who adds one."""
    return to_make(SITE, OWNER, challenge, minutes=5)


def asked_to_show(challenge: bytes = CHALLENGE) -> str:
    """The options of somebody who signs in."""
    return to_show(SITE, challenge, minutes=5)


def kept(device: Device) -> tuple[bytes, int]:
    """What we keep of the device's passkey."""
    found = made(device.made(asked_to_make())[1], SITE, CHALLENGE)
    return found.public_key, found.sign_count


def test_a_passkey_verifies_its_person_and_is_found_without_a_name() -> None:
    """It is two factors by itself, and signs in alone; nobody asks who made the device."""
    told = json.loads(asked_to_make())

    assert told["authenticatorSelection"] == {
        "residentKey": "required",
        "requireResidentKey": True,
        "userVerification": "required",
    }
    assert told["attestation"] == "none"
    assert told["rp"] == {"name": "Mumaris", "id": "localhost"}
    assert told["timeout"] == 300_000
    assert told["user"] == {"id": text_of(b"handle"), "name": "12345678", "displayName": "نورة"}
    assert [key["id"] for key in told["excludeCredentials"]] == [text_of(b"other")]


def test_any_passkey_of_ours_may_be_shown_or_only_one_of_these() -> None:
    """It verifies its person, and is asked for as long as a new one."""
    told = json.loads(asked_to_show())
    of_two = json.loads(to_show(SITE, CHALLENGE, allowed=(b"one", b"other"), minutes=5))

    assert (told["userVerification"], told["timeout"]) == ("required", 300_000)
    assert told["allowCredentials"] == []
    assert [key["id"] for key in of_two["allowCredentials"]] == [text_of(b"one"), text_of(b"other")]


def test_an_answer_says_which_passkey_it_is_and_whose() -> None:
    """Before anything of it is proved."""
    device, answer = Device().made(asked_to_make())

    new = made(answer, SITE, CHALLENGE)
    found = claimed(device.shown(asked_to_show()))

    assert (new.credential_id, found.credential_id) == (device.credential_id,) * 2
    assert found.handle == b"handle"


def test_what_was_asked_for_is_taken() -> None:
    """A passkey that was made, and then shown."""
    device = Device()
    public_key, count = kept(device)

    answer = device.but(count=7).shown(asked_to_show())
    found = shown(answer, SITE, CHALLENGE, public_key=public_key, sign_count=count)

    assert found == 7


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_a_passkey_of_another_site_or_of_nobody_present_is_not_kept(
    wrong: dict[str, object],
) -> None:
    """Origin, host, presence and verification, each by itself."""
    with pytest.raises(PasskeyRefused):
        made(Device().but(**wrong).made(asked_to_make())[1], SITE, CHALLENGE)


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_a_passkey_of_another_site_or_of_nobody_present_signs_in_nobody(
    wrong: dict[str, object],
) -> None:
    """The same."""
    device = Device()
    public_key, count = kept(device)

    with pytest.raises(PasskeyRefused):
        shown(
            device.but(**wrong).shown(asked_to_show()),
            SITE,
            CHALLENGE,
            public_key=public_key,
            sign_count=count,
        )


def test_an_answer_to_another_question_is_refused() -> None:
    """One that was overheard is of no use."""
    device = Device()
    public_key, count = kept(device)
    other = b"d" * 32

    with pytest.raises(PasskeyRefused):
        made(device.made(asked_to_make(other))[1], SITE, CHALLENGE)
    with pytest.raises(PasskeyRefused):
        shown(
            device.shown(asked_to_show(other)),
            SITE,
            CHALLENGE,
            public_key=public_key,
            sign_count=count,
        )


def test_another_key_s_signature_is_refused() -> None:
    """Whoever knows the credential's number has not its key."""
    public_key, count = kept(Device())

    with pytest.raises(PasskeyRefused):
        shown(
            Device().shown(asked_to_show()),
            SITE,
            CHALLENGE,
            public_key=public_key,
            sign_count=count,
        )


@pytest.mark.parametrize(
    ("before", "now", "copied"),
    [
        (0, 0, False),
        (0, 1, False),
        (1, 1, True),
        (5, 6, False),
        (5, 5, True),
        (5, 4, True),
        (5, 0, True),
    ],
)
def test_a_count_that_goes_back_is_a_copy_s(before: int, now: int, *, copied: bool) -> None:
    """Devices that keep a passkey in step with others always say 0."""
    device = Device()
    public_key, _ = kept(device)
    answer = device.but(count=now).shown(asked_to_show())

    def judge() -> int:
        return shown(answer, SITE, CHALLENGE, public_key=public_key, sign_count=before)

    if copied:
        with pytest.raises(PasskeyCopied):
            judge()
    else:
        assert judge() == now


def test_a_forged_count_is_no_sign_of_a_copy() -> None:
    """Whoever has not the key cannot make us say that it was copied."""
    device = Device()
    public_key, _ = kept(device)

    with pytest.raises(PasskeyRefused):
        shown(
            Device(credential_id=device.credential_id, count=1).shown(asked_to_show()),
            SITE,
            CHALLENGE,
            public_key=public_key,
            sign_count=5,
        )


def test_a_number_that_is_too_long_is_refused() -> None:
    """WebAuthn allows 1,023 bytes."""
    longest, longer = Device(credential_id=b"x" * 1023), Device(credential_id=b"x" * 1024)

    assert kept(longest)
    with pytest.raises(PasskeyRefused):
        kept(longer)


@given(st.text() | ANY_JSON.map(json.dumps) | ANY_ANSWER.map(json.dumps))
def test_whatever_a_stranger_sends_is_refused_in_one_way(answer: str) -> None:
    """No error of a parser gets out."""
    for judge in (
        lambda: made(answer, SITE, CHALLENGE),
        lambda: shown(answer, SITE, CHALLENGE, public_key=b"", sign_count=0),
    ):
        with pytest.raises(PasskeyRefused):
            judge()


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_damaged_answers_are_refused_in_one_way(client: bytes, data: bytes) -> None:
    """Right in form, with anything inside."""
    device = Device()
    answer = json.loads(device.shown(asked_to_show()))
    answer["response"] |= {"clientDataJSON": text_of(client), "authenticatorData": text_of(data)}

    assert claimed(json.dumps(answer)).credential_id == device.credential_id
    with pytest.raises(PasskeyRefused):
        shown(json.dumps(answer), SITE, CHALLENGE, public_key=b"", sign_count=0)


@pytest.mark.parametrize("answer", ["[" * 9_000, '{"id":' * 2_000, "", "null", "{}", "\x00"])
def test_what_is_no_answer_is_refused(answer: str) -> None:
    """Deep nesting too."""
    with pytest.raises(PasskeyRefused):
        claimed(answer)


@pytest.mark.parametrize("typed", ["", "  ", "x" * 61, "a\u202eb", "a\x00b", "<b>"])
def test_a_name_that_cannot_be_shown_is_refused(typed: str) -> None:
    """Empty, long, hidden, markup."""
    with pytest.raises(ValueRefused):
        clean_passkey_name(typed)


def test_a_name_is_one_line() -> None:
    """White space is folded."""
    assert clean_passkey_name("  جوالي   الجديد ") == "جوالي الجديد"
