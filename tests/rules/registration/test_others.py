"""Who else a registration may be of."""

from datetime import date, timedelta

import pytest

from rules.policy.policy import Policy
from rules.register.card import CardStatus
from rules.register.fields import Field
from rules.registration.others import may_come_back, names_alike

EXPIRED = date(2025, 5, 31)
ARABIC = {
    Field.FIRST_NAME_AR: "أحمد",
    Field.FATHER_NAME_AR: "سعد",
    Field.FAMILY_NAME_AR: "الحربي",
}
ENGLISH = {Field.FIRST_NAME_EN: "Ahmad", Field.FAMILY_NAME_EN: "Al-Harbi"}


def test_whoever_cannot_renew_any_more_registers_anew(policy: Policy) -> None:
    """On the last day of the renewal's window not yet, and from the next day on."""
    last = EXPIRED + timedelta(days=policy.renewal.latest_after_expiry_days)

    assert not may_come_back(CardStatus.ACTIVE, EXPIRED, last, policy)
    assert may_come_back(CardStatus.ACTIVE, EXPIRED, last + timedelta(days=1), policy)


@pytest.mark.parametrize("status", [CardStatus.SUSPENDED, CardStatus.REVOKED])
def test_what_the_authority_took_does_not_come_back(status: CardStatus, policy: Policy) -> None:
    """However long ago that was."""
    assert not may_come_back(status, EXPIRED, date(2040, 1, 1), policy)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (ARABIC, ARABIC),
        (ARABIC, ARABIC | {Field.FIRST_NAME_AR: "احمد"}),
        (ARABIC | ENGLISH, ARABIC | {Field.GRANDFATHER_NAME_AR: "", Field.FIRST_NAME_EN: "Sami"}),
        (ENGLISH, ENGLISH | {Field.FAMILY_NAME_EN: "ALHARBI"}),
        (ARABIC | ENGLISH, ARABIC | {Field.FIRST_NAME_EN: "Sami"}),
        (ARABIC | ENGLISH, ENGLISH | {Field.FIRST_NAME_AR: "سامي"}),
    ],
    ids=["the same", "other letters", "an empty part", "other signs", "in Arabic", "in English"],
)
def test_names_are_alike_in_either_language(one: dict[Field, str], other: dict[Field, str]) -> None:
    """However they are spelt, and whichever comes first."""
    assert names_alike(one, other)
    assert names_alike(other, one)


@pytest.mark.parametrize(
    "other",
    [
        *({Field.FIRST_NAME_EN: "Sami", part: "سامي"} for part in ARABIC),
        {Field.FIRST_NAME_EN: "Sami", Field.FATHER_NAME_AR: ""},
        *({Field.FIRST_NAME_AR: "سامي", part: "Sami"} for part in ENGLISH),
        {Field.FIRST_NAME_AR: "سامي", Field.FAMILY_NAME_EN: ""},
    ],
    ids="-".join,
)
def test_one_part_makes_another_name(other: dict[Field, str]) -> None:
    """Or a part that one of them lacks, where the other language says no other."""
    names = ARABIC | ENGLISH

    assert not names_alike(names, names | other)
    assert not names_alike(names | other, names)
