"""Everything that can be known of a document has its words, in both languages."""

from collections.abc import Collection, Mapping

import pytest

from documents.faults import Note
from documents.scanning import Why
from rules.documents.retention import EndRule
from rules.documents.states import DocumentState
from rules.documents.words import ENDS, NOTES, SCANS, STATES, kept_until
from rules.findings.both_languages import InBoth
from rules.policy.documents import KindRetention


@pytest.mark.parametrize(
    ("said", "known"),
    [
        (STATES, set(DocumentState)),
        (SCANS, {"clean", "found", *Why}),
        (NOTES, set(Note)),
        (ENDS, set(EndRule)),
    ],
)
def test_nothing_is_without_its_words(said: Mapping[str, InBoth], known: Collection[str]) -> None:
    """And no words are left of what is not known any more."""
    assert set(said) == set(known)
    assert all(words.ar and words.en for words in said.values())


def test_how_long_is_said_where_the_day_is_not_known_yet() -> None:
    """The days of policy, or until the decision."""
    kept = kept_until(KindRetention(rule="keep", days=40))
    looked_at = kept_until(KindRetention(rule="look_and_destroy", days=None))

    assert "40" in kept.ar
    assert "40 days after" in kept.en
    assert "decided" in looked_at.en
