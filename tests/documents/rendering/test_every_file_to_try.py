"""What becomes of every file that people send, or would rather not have sent."""

from pathlib import Path

import pytest

from documents.faults import Fault, Note, Unusable
from documents.media_types import MediaType
from documents.rendering.child import Rendered, render
from documents.rendering.limits import Limits
from support.document_files import (
    EXAMPLES,
    REFUSED,
    bomb_pdf,
    costly_pdf,
    opened,
    pdf_of,
    picture_of,
    png_claiming,
)
from support.documents import cut

LIMITS = Limits(pages=40)


async def drawn(content: bytes, limits: Limits = LIMITS) -> tuple[Rendered | Unusable, list[bytes]]:
    """What is told of a file, and the pictures of its pages."""
    pictures: list[bytes] = []

    async def keep(number: int, picture: bytes) -> None:
        assert number == len(pictures) + 1
        pictures.append(picture)

    return await render(cut(content), limits, keep), pictures


@pytest.mark.parametrize(
    ("name", "pages", "notes"),
    [
        ("employer-letter.pdf", 1, ()),
        ("medical-report.pdf", 3, ()),
        ("life-support.jpg", 1, ()),
        ("printed-colours.jpg", 1, ()),
        ("qualification.heic", 1, ()),
        ("scripts-and-attachments.pdf", 1, (Note.HAS_SCRIPTS, Note.HAS_ATTACHMENTS)),
    ],
)
async def test_an_honest_file_is_shown(name: str, pages: int, notes: tuple[Note, ...]) -> None:
    """Each page as JPEG; what it would do elsewhere is told."""
    told, pictures = await drawn((EXAMPLES / name).read_bytes())

    assert told == Rendered(pages, frozenset(notes))
    assert [len(opened(picture).getcolors(2**24) or []) > 10 for picture in pictures] == (
        [True] * pages
    )


@pytest.mark.parametrize(
    ("name", "fault", "facts"),
    [
        ("empty.pdf", Fault.WRONG_TYPE, {}),
        ("a-program.pdf", Fault.WRONG_TYPE, {}),
        ("web-page-and-pdf.pdf", Fault.WRONG_TYPE, {}),
        ("password.pdf", Fault.PROTECTED, {}),
        ("cut-off.pdf", Fault.DAMAGED, {}),
        ("cut-off.jpg", Fault.DAMAGED, {}),
        ("41-pages.pdf", Fault.TOO_MANY_PAGES, {"pages": 41, "limit_pages": 40}),
        ("pdf-and-zip.pdf", Fault.TWO_TYPES, {}),
        ("pdf-and-web-page.pdf", Fault.TWO_TYPES, {}),
        ("jpeg-and-zip.jpg", Fault.TWO_TYPES, {}),
        ("50000-points-a-side.jpg", Fault.TOO_LARGE_A_PICTURE, {"limit_pixels": 64_000_000}),
    ],
)
async def test_a_file_that_cannot_be_used_says_why(
    name: str, fault: Fault, facts: dict[str, int]
) -> None:
    """By a value with the numbers of its sentence, and without a picture."""
    told, pictures = await drawn((REFUSED / name).read_bytes())

    assert (told, pictures) == (Unusable(fault, facts), [])


def test_every_file_of_the_examples_is_tried() -> None:
    """A file that is added there is added here."""
    source = Path(__file__).read_text(encoding="utf-8")
    names = [path.name for path in EXAMPLES.rglob("*.*")]

    assert names
    assert [name for name in names if f'"{name}"' not in source] == []


@pytest.mark.parametrize("tenth", range(1, 10))
@pytest.mark.parametrize("name", ["medical-report.pdf", "life-support.jpg"])
async def test_a_file_that_was_cut_off_is_damaged(name: str, tenth: int) -> None:
    """At any tenth: never shown in part, as if it were the whole."""
    content = (EXAMPLES / name).read_bytes()

    told, _ = await drawn(content[: len(content) * tenth // 10])

    assert told == Unusable(Fault.DAMAGED)


async def test_five_thousand_pages_are_too_many() -> None:
    """Counted, not drawn."""
    told, pictures = await drawn(pdf_of(5000))

    assert told == Unusable(Fault.TOO_MANY_PAGES, {"pages": 5000, "limit_pages": 40})
    assert pictures == []


async def test_as_many_pages_as_are_allowed_are_shown() -> None:
    """The limit is what is allowed."""
    told, pictures = await drawn(pdf_of(4), Limits(pages=4))

    assert told == Rendered(4, frozenset())
    assert len(pictures) == 4


async def test_a_png_of_2500_million_points_is_not_decoded() -> None:
    """By what its head claims."""
    told, _ = await drawn(png_claiming(50_000))

    assert told == Unusable(Fault.TOO_LARGE_A_PICTURE, {"limit_pixels": 64_000_000})


async def test_a_page_of_any_size_gives_a_picture_of_ours() -> None:
    """Two hundred metres a side, as PDF allows by its units."""
    told, (picture,) = await drawn(pdf_of(1, side=14_400))

    assert isinstance(told, Rendered)
    assert max(opened(picture).size) == 2400


async def test_a_picture_that_unpacks_to_a_thousand_times_its_size_is_drawn_in_its_memory() -> None:
    """400 MiB of black in 400 KiB: pdfium reads it line by line, so that it is shown as it is."""
    told, (picture,) = await drawn(bomb_pdf(400), Limits(pages=1, memory_bytes=256 * 2**20))

    assert told == Rendered(1, frozenset())
    assert opened(picture).getpixel((600, 600)) == (0, 0, 0)


async def test_a_photograph_that_takes_more_memory_than_there_is_is_too_costly() -> None:
    """The child is refused the memory; nobody else is."""
    photo = picture_of("PNG", (7000, 7000))

    told, _ = await drawn(photo, Limits(pages=1, memory_bytes=160 * 2**20))

    assert told == Unusable(Fault.TOO_COSTLY)


async def test_a_page_that_paints_without_end_is_too_costly() -> None:
    """By the processor's clock, of which it has a second here."""
    told, _ = await drawn(costly_pdf(), Limits(pages=1, cpu_seconds=1))

    assert told == Unusable(Fault.TOO_COSTLY)


async def test_a_page_that_takes_too_long_is_too_costly() -> None:
    """By the clock on the wall."""
    told, _ = await drawn(costly_pdf(), Limits(pages=1, seconds=2))

    assert told == Unusable(Fault.TOO_COSTLY)


async def test_a_photograph_is_set_upright_and_says_nothing_of_its_place() -> None:
    """EXIF turns it, and is dropped with all else that is no point."""
    sent = (EXAMPLES / "life-support.jpg").read_bytes()
    assert b"Exif" in sent

    _, (picture,) = await drawn(sent)

    shown = opened(picture)
    assert shown.height > shown.width
    assert not shown.getexif()
    assert b"Exif" not in picture
    assert b"Telephones" not in picture


@pytest.mark.parametrize("mode", ["RGB", "L", "P", "RGBA", "LA", "1", "I;16"])
async def test_a_picture_of_any_colours_is_shown(mode: str) -> None:
    """PNG has many; officers see plain ones."""
    told, (picture,) = await drawn(picture_of("PNG", mode=mode))

    assert told == Rendered(1, frozenset())
    assert (opened(picture).size, opened(picture).mode) == ((40, 20), "RGB")


async def test_colours_for_print_look_as_they_did() -> None:
    """CMYK, as scanners of print shops write it: red stays red."""
    _, (picture,) = await drawn(picture_of("JPEG", mode="CMYK"))

    red, green, blue = opened(picture).resize((1, 1)).getpixel((0, 0))
    assert red > 200
    assert max(green, blue) < 60


def test_all_types_have_a_file_to_try() -> None:
    """None is accepted by policy that was never drawn here."""
    assert set(MediaType) == {MediaType.PDF, MediaType.JPEG, MediaType.PNG, MediaType.HEIC}
