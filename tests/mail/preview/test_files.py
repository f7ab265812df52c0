from pathlib import Path

from mail.composing.rendering import TEMPLATES
from mail.facts.stored import LETTERS
from mail.preview.files import write_previews


def test_every_letter_is_written_in_both_preferred_languages(tmp_path: Path) -> None:
    """As HTML, text and message, and the index first."""
    paths = write_previews(tmp_path / "letters")

    names = {path.name for path in paths}
    assert paths[0].name == "index.html"
    assert {"received.ar.html", "received.en.txt", "activation.ar.eml"} <= names
    assert all(path.stat().st_size for path in paths)


def test_the_index_shows_every_letter(tmp_path: Path) -> None:
    """By the page that was written for it."""
    paths = write_previews(tmp_path)

    index = paths[0].read_text("utf-8")
    pages = [path.name for path in paths[1:] if path.suffix == ".html"]
    assert [page for page in pages if f'src="{page}"' not in index] == []
    assert len(pages) >= 2 * len(LETTERS)


def test_previews_can_be_written_again(tmp_path: Path) -> None:
    """The same files with the same bytes."""
    before = {path: path.read_bytes() for path in write_previews(tmp_path)}

    assert {path: path.read_bytes() for path in write_previews(tmp_path)} == before


def test_the_templates_are_where_the_package_looks() -> None:
    """Beside the packages, whatever the working directory is."""
    assert (TEMPLATES / "_base" / "letter.html").is_file()
