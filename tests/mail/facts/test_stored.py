import dataclasses
import json
from typing import Any

import pytest

from mail.facts.letter import FactMissing, letter_name
from mail.facts.request_letters import Activation, Received
from mail.facts.stored import (
    LETTERS,
    FactsMalformed,
    LetterUnknown,
    facts_from_json,
    facts_to_json,
    secrets_of,
    written_late,
)
from mail.preview.samples import Sample, samples
from mail.wording.languages import Language

ALL = [sample for language in Language for sample in samples(language)]
RECEIVED = next(s.facts for s in ALL if isinstance(s.facts, Received))
ACTIVATION = next(s.facts for s in ALL if isinstance(s.facts, Activation))


@pytest.mark.parametrize("sample", ALL, ids=lambda s: s.name)
def test_stored_facts_come_back_equal(sample: Sample) -> None:
    """Through real JSON text, the secrets given again."""
    letter = letter_name(type(sample.facts))
    secrets = {
        name: getattr(sample.facts, name) for name in secrets_of(letter) | written_late(letter)
    }
    stored = json.dumps(facts_to_json(sample.facts))

    assert facts_from_json(letter, json.loads(stored), **secrets) == sample.facts


def test_every_letter_has_a_sample() -> None:
    """So that a new letter is previewed and rendered by the tests."""
    assert {letter_name(type(sample.facts)) for sample in ALL} == set(LETTERS)


def test_a_secret_is_never_stored() -> None:
    """The link's token is minted when the letter is composed."""
    assert "activation_url" not in facts_to_json(ACTIVATION)


def test_what_is_known_when_it_is_composed_is_never_stored() -> None:
    """A version before, which does not know the fact, reads what this one has stored."""
    late = [s.facts for s in ALL if written_late(letter_name(type(s.facts)))]

    assert late
    assert all("card_attached" not in facts_to_json(facts) for facts in late)


def test_a_stored_secret_is_refused() -> None:
    """Somebody wrote it past `facts_to_json`."""
    stored = facts_to_json(ACTIVATION) | {"activation_url": ACTIVATION.activation_url}

    with pytest.raises(FactsMalformed, match="activation_url"):
        facts_from_json("activation", stored)


def test_an_activation_letter_cannot_be_had_without_its_link() -> None:
    """The secret is a fact like any other."""
    with pytest.raises(FactsMalformed, match="activation_url: missing"):
        facts_from_json("activation", facts_to_json(ACTIVATION))


def test_an_unknown_letter_is_named() -> None:
    """The row was written by another version, or by hand."""
    with pytest.raises(LetterUnknown, match="birthday"):
        facts_from_json("birthday", {})


@pytest.mark.parametrize("name", [f.name for f in dataclasses.fields(Received)])
def test_a_missing_fact_is_an_error(name: str) -> None:
    """Never an empty place in a letter."""
    stored = facts_to_json(RECEIVED)
    del stored[name]

    with pytest.raises(FactsMalformed, match=name):
        facts_from_json("received", stored)


def test_a_fact_of_another_letter_is_an_error() -> None:
    """Unknown facts are not dropped silently."""
    stored = facts_to_json(RECEIVED) | {"surprise": 1}

    with pytest.raises(FactsMalformed, match="surprise"):
        facts_from_json("received", stored)


def test_an_error_never_repeats_a_value() -> None:
    """Values are personal, and errors are logged."""
    stored = facts_to_json(RECEIVED) | {"submitted_on": "a secret name"}

    with pytest.raises(FactsMalformed) as refused:
        facts_from_json("received", stored)

    assert "secret" not in str(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize("empty", ["", "  ", None])
def test_an_empty_fact_is_missing(empty: Any) -> None:
    """Blank, too."""
    with pytest.raises(FactMissing, match="tracking_code"):
        dataclasses.replace(RECEIVED, tracking_code=empty)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://a b", 'https://a"b', "/here"])
def test_a_link_that_is_no_web_address_is_refused(url: str) -> None:
    """It stands in an ``href``."""
    with pytest.raises(FactMissing, match="activation_url"):
        dataclasses.replace(ACTIVATION, activation_url=url)


def test_facts_do_not_show_themselves() -> None:
    """A traceback or a log line with facts in it tells nothing personal."""
    shown = repr(ACTIVATION)

    assert ACTIVATION.applicant_name_en not in shown
    assert ACTIVATION.activation_url not in shown
