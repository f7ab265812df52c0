"""The transition table of documents, whole: which state may follow which, and by whom."""

from itertools import product

import pytest

from rules.documents.states import (
    BEING_CHECKED,
    DOCUMENT_TRANSITIONS,
    WITHOUT_CONTENT,
    DocumentActor,
    DocumentMoveRefused,
    DocumentState,
    check_document_move,
)

#: What the users were promised, written a second time: a change of the table is a change here.
ALLOWED = """
received    clean       scanner
received    unscanned   scanner
received    suspect     scanner
received    replaced    owner
received    destroyed   owner clock operations
unscanned   clean       scanner
unscanned   suspect     scanner
unscanned   ready       renderer
unscanned   unreadable  renderer
unscanned   replaced    owner
unscanned   destroyed   owner clock operations
clean       ready       renderer
clean       unreadable  renderer
clean       replaced    owner
clean       destroyed   owner clock operations
ready       replaced    owner
ready       destroyed   owner clock operations
replaced    destroyed   owner clock operations
"""
TRIPLES = {
    (DocumentState(from_), DocumentState(to), DocumentActor(actor))
    for from_, to, *actors in map(str.split, ALLOWED.strip().splitlines())
    for actor in actors
}
EVERY = list(product(DocumentState, DocumentState, DocumentActor))


@pytest.mark.parametrize(("from_", "to", "by"), EVERY)
def test_a_change_is_allowed_exactly_where_the_table_says(
    from_: DocumentState, to: DocumentState, by: DocumentActor
) -> None:
    """Every state, every other one and itself, every actor."""
    told = may(from_, to, by)

    assert told == ((from_, to, by) in TRIPLES)


def may(from_: DocumentState, to: DocumentState, by: DocumentActor) -> bool:
    """Whether the door lets it pass."""
    try:
        check_document_move(from_, to, by)
    except DocumentMoveRefused:
        return False
    return True


@pytest.mark.parametrize(("from_", "to", "by"), [each for each in EVERY if each not in TRIPLES])
def test_a_refusal_names_both_states_and_the_actor(
    from_: DocumentState, to: DocumentState, by: DocumentActor
) -> None:
    """Whoever reads it knows what was tried."""
    with pytest.raises(DocumentMoveRefused) as refused:
        check_document_move(from_, to, by)

    assert (refused.value.from_, refused.value.to, refused.value.by) == (from_, to, by)
    assert str(refused.value) == f"the document is {from_}; {by} cannot make it {to}"


def test_the_sets_are_what_the_users_were_told() -> None:
    """Derived from the table, in the order of the states."""
    assert WITHOUT_CONTENT == (
        DocumentState.SUSPECT,
        DocumentState.UNREADABLE,
        DocumentState.DESTROYED,
    )
    assert BEING_CHECKED == (
        DocumentState.RECEIVED,
        DocumentState.UNSCANNED,
        DocumentState.CLEAN,
    )


def test_only_what_was_scanned_or_looked_at_comes_to_ready() -> None:
    """From received there is no way to it, whoever asks: nothing unknown is taken as clean."""
    before = {from_ for from_, to in DOCUMENT_TRANSITIONS if to is DocumentState.READY}

    assert before == {DocumentState.UNSCANNED, DocumentState.CLEAN}


@pytest.mark.parametrize("state", [each for each in DocumentState if each not in WITHOUT_CONTENT])
def test_whatever_has_content_can_end(state: DocumentState) -> None:
    """When its day has come, whatever it was waiting for."""
    assert may(state, DocumentState.DESTROYED, DocumentActor.CLOCK)
