"""What two policies say otherwise, counted."""

from hypothesis import given
from hypothesis import strategies as st

from rules.policy.terms import Difference, Tally, Terms, differences, document_terms
from rules.values.document_kind import DocumentKind

TERMS = st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["1", "2", "3"]))


def test_a_rule_that_says_something_else_differs() -> None:
    """And so does one that speaks by one policy alone; what is said alike is left out."""
    in_force = {"approvals": "0", "fee": "10", "document:medical_report": "needed"}
    proposed = {"approvals": "2", "fee": "10", "problem:too_old": "found"}

    assert list(differences(in_force, proposed)) == [
        Difference("approvals", "0", "2"),
        Difference("document:medical_report", "needed", None),
        Difference("problem:too_old", None, "found"),
    ]


@given(TERMS, TERMS)
def test_the_other_way_round_is_the_mirror(one: Terms, other: Terms) -> None:
    """And the same terms differ in nothing."""
    there, back = list(differences(one, other)), list(differences(other, one))

    assert there == [Difference(each.rule, each.proposed, each.in_force) for each in back]
    assert list(differences(one, one)) == []
    assert bool(there) == (one != other)


def test_each_thing_counts_once_and_each_of_its_differences_once() -> None:
    """Two of three differ, one of them in two rules."""
    tally = Tally()

    tally.add({"a": "1"}, {"a": "1"})
    tally.add({"a": "1"}, {"a": "2"})
    tally.add({"a": "1", "b": "1"}, {"a": "2"})

    assert (tally.looked_at, tally.differ) == (3, 2)
    assert tally.by == {Difference("a", "1", "2"): 2, Difference("b", "1", None): 1}
    assert not any(tally.examples.values())


def test_no_more_examples_are_kept_than_were_asked_for() -> None:
    """The first ones of each difference."""
    tally = Tally()

    for name in ("one", "two", "three"):
        tally.add({"a": "1"}, {"a": "2"}, name=name, examples=2)

    assert tally.examples == {Difference("a", "1", "2"): ["one", "two"]}


def test_documents_are_terms() -> None:
    """One for each that is needed."""
    assert document_terms([DocumentKind.EMPLOYER_LETTER]) == {"document:employer_letter": "needed"}


def test_an_example_without_a_name_is_an_empty_text() -> None:
    """Whoever counts without names may still ask for examples."""
    tally = Tally()

    tally.add({"a": "1"}, {"a": "2"}, examples=1)

    assert tally.examples == {Difference("a", "1", "2"): [""]}
