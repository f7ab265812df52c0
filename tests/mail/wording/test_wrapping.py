from mail.wording.bidi import isolate_text
from mail.wording.wrapping import WIDTH, wrap


def test_no_line_is_longer_than_the_width() -> None:
    """Counting what is visible."""
    lines = wrap("word " * 100).splitlines()

    assert max(map(len, lines)) <= WIDTH


def test_an_isolate_is_never_broken() -> None:
    """A line break would end it, and the rest of the name would be disordered."""
    name = isolate_text("Anna Maria de los Angeles")

    wrapped = wrap("كلمة " * 11 + name + " " + "كلمة " * 11)

    assert name in wrapped


def test_an_isolate_inside_another_is_not_broken_either() -> None:
    """A date inside a note."""
    note = f"\u2068نص قبل {isolate_text('2025-10-01')} ونص بعده\u2069"

    assert note in wrap("كلمة " * 12 + note)


def test_a_link_stays_whole() -> None:
    """A wrapped link does not work."""
    link = "https://portal.example.org/" + "x" * 100

    assert link in wrap(f"Open this: {link} now").splitlines()


def test_what_follows_a_bullet_is_aligned_with_it() -> None:
    """Hanging indent."""
    lines = wrap("- " + "word " * 30).splitlines()

    assert lines[0].startswith("- word")
    assert lines[1].startswith("  word")


def test_several_empty_lines_become_one() -> None:
    """Sections that were left out leave no hole."""
    assert wrap("\n\na\n\n\n\nb\n\n") == "a\n\nb"


def test_indentation_is_kept() -> None:
    """A note stands out from our own text."""
    assert wrap("  said by somebody") == "  said by somebody"
