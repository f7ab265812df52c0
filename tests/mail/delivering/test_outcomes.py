import pytest

from mail.delivering.outcomes import Deferred, DeferredKind, Undeliverable, judge, without_addresses
from mail.delivering.refusals import SmtpStage


@pytest.mark.parametrize("stage", SmtpStage)
@pytest.mark.parametrize("code", [421, 450, 451, 452])
def test_a_temporary_code_defers_the_letter(code: int, stage: SmtpStage) -> None:
    """At every stage; before the recipient is named it is our own server that has no time."""
    outcome = judge(code, "later", stage)

    assert outcome == Deferred(f"{code} later", DeferredKind.BUSY)
    assert outcome.about_us == (stage in {SmtpStage.SESSION, SmtpStage.SENDER})


@pytest.mark.parametrize("code", [550, 551, 553, 554])
def test_a_plain_refusal_of_the_recipient_is_in_doubt(code: int) -> None:
    """It says neither that there is no mailbox nor that we are to blame."""
    outcome = judge(code, "no", SmtpStage.RECIPIENT)

    assert outcome == Deferred(f"{code} no", DeferredKind.DOUBTFUL)
    assert not outcome.about_us


@pytest.mark.parametrize("code", [550, 554])
def test_a_plain_refusal_of_the_content_casts_no_doubt_on_the_mailbox(code: int) -> None:
    """The recipient had been taken; the letter is tried again, and given up in the end."""
    outcome = judge(code, "no", SmtpStage.CONTENT)

    assert outcome == Deferred(f"{code} no", DeferredKind.BUSY)
    assert not outcome.about_us


@pytest.mark.parametrize("stage", [SmtpStage.RECIPIENT, SmtpStage.CONTENT])
def test_what_names_the_mailbox_ends_the_letter(stage: SmtpStage) -> None:
    """And says that no other will be taken either."""
    outcome = judge(550, "5.1.1 user unknown", stage)

    assert outcome == Undeliverable("550 5.1.1 user unknown")
    assert outcome.of_recipient


def test_what_is_wrong_with_the_message_ends_it_alone() -> None:
    """The next one may be taken."""
    outcome = judge(552, "5.3.4 message too big", SmtpStage.CONTENT)

    assert outcome == Undeliverable("552 5.3.4 message too big")
    assert not outcome.of_recipient


@pytest.mark.parametrize("stage", SmtpStage)
@pytest.mark.parametrize(
    ("code", "said"),
    [
        (500, "no"),
        (503, "bad sequence"),
        (530, "sign in first"),
        (535, "no"),
        (554, "5.7.1 Relay access denied"),
        (550, "5.7.26 unauthenticated sender"),
        (550, "Connection frequency limited"),
    ],
)
def test_a_refusal_of_us_defers_the_letter_for_as_long_as_it_takes(
    code: int, said: str, stage: SmtpStage
) -> None:
    """The settings can be put right, and nobody should miss a letter for them; at every stage."""
    outcome = judge(code, said, stage)

    assert outcome == Deferred(f"{code} {said}", DeferredKind.CONFIGURATION)
    assert outcome.about_us


@pytest.mark.parametrize(
    "reply",
    [
        "550 5.1.1 <salma@example.org>: unknown",
        "550 salma@example.org unknown",
        "550 User SALMA unknown",
        "550 bounce+salma=example.org@relay.example.org refused",
        "550 (salma@مثال.example)",
    ],
)
def test_a_reply_is_kept_without_addresses(reply: str) -> None:
    """It goes into rows and logs."""
    kept = without_addresses(reply, "salma@example.org")

    assert "salma" not in kept.lower()
    assert kept.startswith("550")


def test_a_reply_is_kept_as_one_printable_line() -> None:
    """Multi-line answers, NUL and undecodable bytes."""
    kept = without_addresses("250-a\n250 b\0c\udcff\x1b[1m \u202ed", "x@example.org")

    assert kept == "250-a 250 b c [1m d"


def test_a_huge_reply_is_cut_short() -> None:
    """And never in the middle of an address."""
    kept = without_addresses("550 " + "word " * 199 + "omar@example.org " * 2000, "x@example.org")

    assert len(kept) <= 300
    assert "omar" not in kept


@pytest.mark.parametrize(
    ("reply", "kept"),
    [
        ("550 <salma@example.org>: unknown", "550 (address): unknown"),
        ("550 User SALMA unknown, salmas too", "550 User (address) unknown, salmas too"),
        ("550 salma salma", "550 (address) (address)"),
        ("550 nobody", "550 nobody"),
    ],
)
def test_what_names_somebody_is_masked_and_the_rest_stays(reply: str, kept: str) -> None:
    """The address and its local part, as words of their own."""
    assert without_addresses(reply, "salma@example.org") == kept


def test_what_is_before_the_last_at_sign_is_the_local_part() -> None:
    """A quoted one may hold one itself."""
    assert without_addresses('550 said "a loudly', '"a@b"@example.org') == '550 said "a loudly'


@pytest.mark.parametrize(("length", "words"), [(994, 1), (995, 0)])
def test_a_reply_is_read_up_to_its_thousandth_character(length: int, words: int) -> None:
    """A word that is cut there is left out: it could be half an address."""
    reply = "550 " + " " * length + "x" + " y"

    assert without_addresses(reply, "").split()[1:] == ["x"] * words


def test_a_reply_of_a_thousand_characters_is_read_whole() -> None:
    """Its last word too."""
    assert without_addresses("550" + " " * 996 + "x", "") == "550 x"


def test_what_is_refused_before_the_recipient_is_named_waits_for_us() -> None:
    """In words that say nothing by themselves."""
    outcome = judge(550, "no", SmtpStage.SENDER)

    assert outcome == Deferred("550 no", DeferredKind.CONFIGURATION)
    assert outcome.about_us
