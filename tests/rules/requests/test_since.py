"""What a request asks for otherwise than in an earlier round."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from rules.findings.both_languages import InBoth
from rules.register.fields import Field
from rules.requests.activities import CertificateOnRequest, ExperienceOnRequest
from rules.requests.documents import DocumentOnRequest
from rules.requests.proposed import Change, Fact, Proposed
from rules.requests.since import DocumentMove, Since, since
from rules.values.document_kind import DocumentKind

LETTER = DocumentOnRequest(
    kind=DocumentKind.EMPLOYER_LETTER,
    issuer="King Salman Hospital",
    issued_on=date(2026, 11, 1),
    expires_on=None,
    sha256="ab" * 32,
    size_bytes=10,
    media_type="application/pdf",
)
ANOTHER = replace(LETTER, sha256="cd" * 32)
CARD = replace(LETTER, kind=DocumentKind.RESIDENCE_CARD)
COURSE = CertificateOnRequest(
    title="Course",
    issuer="SHA",
    issued_on=date(2026, 1, 1),
    cpd_hours=Decimal(2),
    activity_code=None,
)
WARD = ExperienceOnRequest(
    employer="KFH", role="Nurse", started_on=date(2025, 1, 1), ended_on=None, cpd_hours=Decimal(0)
)


def asked(**values: str) -> Proposed:
    """These fields get these values."""
    return Proposed(
        changes=tuple(Change(Field(name), "on file", new, None) for name, new in values.items())
    )


def moves(
    before: list[DocumentOnRequest], now: list[DocumentOnRequest]
) -> list[tuple[object, ...]]:
    """How these documents differ from those: how, and which stands where."""
    found = since(Proposed(documents=tuple(before)), Proposed(documents=tuple(now)))
    assert [one.kind for one in found.documents] == [
        (one.now or one.before or LETTER).kind for one in found.documents
    ]
    return [(one.move, one.before, one.now, one.index) for one in found.documents]


def test_the_same_is_nothing() -> None:
    """Whatever it is."""
    same = replace(
        asked(rank="b"), certificates=(COURSE, COURSE), experience=(WARD,), documents=(LETTER, CARD)
    )

    assert since(same, same) == Since()
    assert since(same, same).is_nothing


def test_a_field_is_compared_by_what_is_asked_for() -> None:
    """Another value, one that was not asked for, one that is not any more; in their order."""
    found = since(
        asked(rank="a", employer="b", mobile="c"), asked(rank="x", specialty="y", mobile="c")
    )

    assert [(one.field, one.before, one.now) for one in found.values] == [
        ("employer", "b", None),
        ("specialty", None, "y"),
        ("rank", "a", "x"),
    ]
    assert found.fields == {Field.EMPLOYER, Field.SPECIALTY, Field.RANK}
    assert not found.is_nothing


def test_what_is_on_file_by_now_is_no_change_of_the_request() -> None:
    """Somebody else's change came into force meanwhile."""
    later = Proposed(changes=(Change(Field.RANK, "another on file", "b", "official"),))

    assert since(asked(rank="b"), later).is_nothing


def test_a_fact_is_compared_by_its_label() -> None:
    """A plan that was worked out afresh."""
    label, old, new = InBoth("أ", "Expires"), InBoth("١", "1"), InBoth("٢", "2")
    same = Fact(InBoth("ت", "Fee"), old)
    gone = Fact(InBoth("ب", "Fine"), old)

    found = since(
        Proposed(facts=(Fact(label, old), gone, same)), Proposed(facts=(same, Fact(label, new)))
    ).facts

    assert [(one.label.en, one.before, one.now) for one in found] == [
        ("Expires", old, new),
        ("Fine", old, None),
    ]


def test_entries_are_added_and_removed_one_by_one() -> None:
    """Of two that are equal, one may go."""
    later = replace(COURSE, title="Another")

    found = since(
        Proposed(certificates=(COURSE, COURSE), experience=(WARD,)),
        Proposed(certificates=(COURSE, later)),
    )

    assert (found.certificates_added, found.certificates_removed) == ((later,), (COURSE,))
    assert (found.experience_added, found.experience_removed) == ((), (WARD,))
    begun = since(Proposed(), Proposed(experience=(WARD,)))
    assert (begun.experience_added, begun.experience_removed) == ((WARD,), ())


@pytest.mark.parametrize(
    ("now", "move"),
    [
        (ANOTHER, DocumentMove.REPLACED),
        (replace(LETTER, upload_id="u"), DocumentMove.REPLACED),
        (replace(LETTER, issuer="KFH"), DocumentMove.RESTATED),
    ],
)
def test_a_document_of_the_same_kind_takes_the_place_of_the_other(
    now: DocumentOnRequest, move: DocumentMove
) -> None:
    """Another file, or the same one stated otherwise; what did not change is in between."""
    assert moves([CARD, LETTER], [CARD, now]) == [(move, LETTER, now, 1)]


def test_a_document_of_another_kind_is_added_or_removed() -> None:
    """And what has only moved to another place has not changed."""
    assert moves([LETTER], [LETTER, CARD]) == [(DocumentMove.ADDED, None, CARD, 1)]
    assert moves([LETTER, CARD], [CARD]) == [(DocumentMove.REMOVED, LETTER, None, None)]
    assert moves([LETTER, CARD], [CARD, LETTER]) == []


def test_of_several_of_a_kind_each_has_its_own() -> None:
    """The same one twice, and one of the two is replaced."""
    assert moves([LETTER, LETTER], [LETTER, ANOTHER]) == [
        (DocumentMove.REPLACED, LETTER, ANOTHER, 1)
    ]


def test_nothing_of_it_is_shown_by_chance() -> None:
    """Logs and tracebacks hold nobody's data."""
    found = since(asked(rank="secret"), replace(asked(rank="other"), documents=(LETTER,)))

    assert "secret" not in repr((found, found.values, found.documents))
