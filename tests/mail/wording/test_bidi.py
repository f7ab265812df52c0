from markupsafe import Markup

from mail.wording.bidi import Direction, clean, isolate_html, isolate_text


def test_a_code_in_arabic_text_is_held_together() -> None:
    """Plain text isolates with LRI and PDI."""
    assert isolate_text("PU-1447-7", Direction.LTR) == "\u2066PU-1447-7\u2069"


def test_a_name_is_isolated_by_its_own_direction() -> None:
    """HTML isolates with bdi, and escapes."""
    expected = Markup('<bdi dir="auto">Salma &lt;b&gt;</bdi>')

    assert isolate_html("Salma <b>") == expected


def test_a_value_cannot_close_its_isolate() -> None:
    """A PDI and an override inside a value are dropped."""
    assert isolate_text("a\u2069\u202eb\u200f") == "\u2068ab\u2069"


def test_nul_and_lone_surrogates_are_dropped() -> None:
    """Neither survives in PostgreSQL or UTF-8."""
    assert clean("a\0b\ud800c\x1b[0m\ufeff") == "abc[0m"


def test_every_kind_of_line_break_becomes_one() -> None:
    """A separator that only some programs know is a line break in all of them."""
    assert clean("a\r\nb\rc\u2028d\x0be") == "a\nb\nc\nd\ne"


def test_joiners_are_spelling_and_stay() -> None:
    """The zero-width joiner and non-joiner are part of words."""
    assert clean("می\u200cخواهم") == "می\u200cخواهم"


def test_cleaning_twice_changes_nothing() -> None:
    """Cleaning is idempotent."""
    once = clean("\u202ea\tb\r\n\u2066c")

    assert clean(once) == once
