import pytest

from mail.outcomes import Deferred, DeferredKind, Refused, Stage, judge, without_addresses


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("code", [421, 450, 451, 452])
def test_a_temporary_code_defers_the_letter(code: int, stage: Stage) -> None:
    """At every stage."""
    assert judge(code, "later", stage) == Deferred(f"{code} later", DeferredKind.BUSY)


@pytest.mark.parametrize("stage", [Stage.RECIPIENT, Stage.CONTENT])
@pytest.mark.parametrize("code", [550, 551, 552, 553, 554])
def test_a_permanent_code_about_the_letter_refuses_it(code: int, stage: Stage) -> None:
    """The recipient or the content will not become better."""
    assert judge(code, "no", stage) == Refused(f"{code} no")


@pytest.mark.parametrize("stage", [Stage.SESSION, Stage.SENDER])
@pytest.mark.parametrize("code", [535, 550, 554])
def test_a_permanent_code_about_us_defers_the_letter(code: int, stage: Stage) -> None:
    """The settings can be put right, and no applicant should miss a letter for them."""
    assert judge(code, "no", stage) == Deferred(f"{code} no", DeferredKind.CONFIGURATION)


@pytest.mark.parametrize("code", [503, 530, 535])
def test_a_demand_to_sign_in_is_about_us_even_at_the_recipient(code: int) -> None:
    """Some servers ask only then."""
    outcome = judge(code, "sign in first", Stage.RECIPIENT)

    assert outcome == Deferred(f"{code} sign in first", DeferredKind.CONFIGURATION)


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
