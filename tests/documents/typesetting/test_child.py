"""Sheets are set in a process of its own."""

import pytest

from desk.register.card_sheet import sheet_of
from desk.register.printing import CardInHand
from documents.typesetting import child
from documents.typesetting.child import TypesettingStopped, set_sheet
from mail.wording.dates import gregorian_day
from mail.wording.languages import Language
from support.card_codes import TODAY, YEAR
from support.sheets import code_on, lines_of, words_of

ADDRESS = "https://portal.example/c/AAECAwQFBgcICQoLDA0ODw"
MARKUP = '#panic("x") $x$ *b* #read("/etc/passwd") \\ </text> @preview [x] "'


def in_hand(**facts: object) -> CardInHand:
    """An invented card."""
    return CardInHand(
        **{
            "name_ar": "نورة صالح أحمد القحطاني",
            "name_en": "Noura Saleh Ahmed Alqahtani",
            "specialty": "Critical care nursing",
            "rank": "specialist",
            "number": "20-104567",
            "valid_from": TODAY - YEAR,
            "valid_until": TODAY + YEAR,
            "as_of": TODAY,
            "address": ADDRESS,
        }
        | facts  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("language", Language)
async def test_a_sheet_says_all_of_the_card_and_its_picture_leads_to_the_check(
    language: Language,
) -> None:
    """The letters of the Arabic name come back in their order, and so do both calendars."""
    sheet = await set_sheet(sheet_of(in_hand(), language))

    found = lines_of(sheet)
    until = gregorian_day(TODAY + YEAR, language)
    for said in ("نورة صالح أحمد القحطاني", "Noura Saleh Ahmed Alqahtani", "20-104567", until):
        assert frozenset(said.split()) in found
    assert ("هـ" if language is Language.AR else "AH") in words_of(sheet)
    assert code_on(sheet) == ADDRESS


@pytest.mark.parametrize("language", Language)
async def test_what_people_wrote_is_text_and_no_markup(language: Language) -> None:
    """It stands there as it was written, and does nothing."""
    sheet = await set_sheet(sheet_of(in_hand(specialty=MARKUP, name_en=MARKUP), language))

    assert all(word in words_of(sheet) for word in ("panic", "read", "passwd", "preview"))
    assert "root:" not in words_of(sheet)


@pytest.mark.parametrize("language", Language)
async def test_the_longest_that_is_accepted_stays_on_one_page(language: Language) -> None:
    """Names of four times sixty letters, and three hundred for specialty and rank; all of it."""
    names = ("عبدالرحمنعبدالرحمنعبدالرحمنعبدالرحمنعبدالرحمنعبدالرحمنعبد", "M" * 60)
    long = " ".join(["wide"] * 59)
    card = in_hand(
        name_ar=" ".join([names[0]] * 4),
        name_en=" ".join([names[1]] * 4),
        specialty=f"{long} theend",
        rank=f"{long} lastly",
    )

    said = words_of(await set_sheet(sheet_of(card, language)))

    assert said.count("M" * 60) == 4
    assert {"theend", "lastly"} <= set(said.split())


async def test_characters_that_turn_what_follows_are_left_out() -> None:
    """Nobody's name changes the order of what stands beside it."""
    sheet = sheet_of(in_hand(name_en="Noura\u202e\u2067 Saleh\n\x00"), Language.EN)

    assert sheet["names"][0] == {"said": "Noura Saleh", "direction": "ltr"}


async def test_a_sheet_that_takes_too_long_is_given_up() -> None:
    """And its process has ended."""
    with pytest.raises(TypesettingStopped):
        await set_sheet(sheet_of(in_hand(), Language.EN), seconds=0)


async def test_a_child_that_fails_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever it wrote: what it was not given, and a program that is none of ours."""
    with pytest.raises(TypesettingStopped):
        await set_sheet({"address": ADDRESS})
    monkeypatch.setattr(child, "_COMMAND", ("/bin/echo", "no sheet"))
    with pytest.raises(TypesettingStopped):
        await set_sheet({})
