import dataclasses
import json
from datetime import date
from typing import Any

import pytest

from mail.facts.letter import FactMissing
from mail.facts.reminder_letters import REMINDER_LETTERS, CardReminder, ProfileReminder
from mail.facts.stored import FactsMalformed, facts_from_json, facts_to_json, secrets_of
from mail.preview.samples import samples
from mail.wording.languages import Language

ALL = [sample.facts for sample in samples(Language.AR)]
ASKING = next(f for f in ALL if isinstance(f, CardReminder) and f.confirm_profile)
SILENT = next(f for f in ALL if isinstance(f, CardReminder) and not f.confirm_profile)
PROFILE = next(f for f in ALL if isinstance(f, ProfileReminder) and f.last_confirmed_on)


@pytest.mark.parametrize("empty", ["", "  ", None])
def test_a_card_reminder_cannot_ask_to_confirm_without_a_link(empty: Any) -> None:
    """Nobody could do what it asks for."""
    with pytest.raises(FactMissing, match=r"card_reminder .* confirm_url"):
        dataclasses.replace(ASKING, confirm_url=empty)


def test_a_card_reminder_that_does_not_ask_needs_no_link() -> None:
    """Most of them do not."""
    assert dataclasses.replace(ASKING, confirm_profile=False, confirm_url="").confirm_url == ""


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://a b", "/confirm/token"])
@pytest.mark.parametrize("facts", [ASKING, SILENT], ids=["asking", "silent"])
def test_a_link_that_may_be_empty_is_still_a_web_address(facts: CardReminder, url: str) -> None:
    """Empty is the only exception."""
    with pytest.raises(FactMissing, match="confirm_url"):
        dataclasses.replace(facts, confirm_url=url)


@pytest.mark.parametrize("link", ["confirm_url", "unsubscribe_url"])
@pytest.mark.parametrize("empty", ["", "  ", None])
def test_a_profile_reminder_needs_both_its_links(link: str, empty: Any) -> None:
    """One to confirm, one to be left in peace."""
    with pytest.raises(FactMissing, match=link):
        dataclasses.replace(PROFILE, **{link: empty})


@pytest.mark.parametrize("facts", [ASKING, SILENT, PROFILE], ids=["asking", "silent", "profile"])
def test_no_reminder_can_be_had_without_a_way_out(facts: CardReminder | ProfileReminder) -> None:
    """A link that may be empty does not let another be empty."""
    with pytest.raises(FactMissing, match="unsubscribe_url"):
        dataclasses.replace(facts, unsubscribe_url="")


def test_a_profile_that_was_never_confirmed_has_no_day() -> None:
    """None is told from a day that is missing."""
    never = dataclasses.replace(PROFILE, last_confirmed_on=None)
    links = {name: getattr(never, name) for name in secrets_of("profile_reminder")}
    stored = facts_to_json(never)

    assert facts_from_json("profile_reminder", stored, **links) == never
    del stored["last_confirmed_on"]
    with pytest.raises(FactsMalformed, match="last_confirmed_on: missing"):
        facts_from_json("profile_reminder", stored, **links)


def test_a_profile_reminder_knows_nothing_of_the_profile() -> None:
    """E-mail is read by others too: the name, the number and the day, and no more."""
    told = {each.name for each in dataclasses.fields(ProfileReminder)}

    assert told - secrets_of("profile_reminder") == {
        "applicant_name_ar",
        "applicant_name_en",
        "language",
        "registration_number",
        "last_confirmed_on",
    }


@pytest.mark.parametrize("letter", sorted(REMINDER_LETTERS))
def test_every_link_of_a_reminder_is_a_secret(letter: str) -> None:
    """It opens something without a password."""
    names = {each.name for each in dataclasses.fields(REMINDER_LETTERS[letter])}

    assert {name for name in names if name.endswith("_url")} == secrets_of(letter)


def test_a_stored_reminder_holds_no_link() -> None:
    """Neither to confirm nor to unsubscribe."""
    stored = json.dumps(facts_to_json(dataclasses.replace(PROFILE, last_confirmed_on=date.min)))

    assert "http" not in stored
