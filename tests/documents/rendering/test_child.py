import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from documents.faults import Fault, Unusable
from documents.keys import MasterKeys
from documents.media_types import MediaType
from documents.pages import Pages, make_pages, page_name
from documents.receiving import ORIGINAL, content_of
from documents.rendering.child import (
    Rendered,
    RenderingNotConfined,
    RenderingStopped,
    _ended,
    _told,
    render,
)
from documents.rendering.limits import Limits
from documents.rendering.wire import DONE, FAULT, NOT_CONFINED
from documents.store import Store
from support.document_files import EXAMPLES, costly_pdf, opened, pdf_of
from support.documents import cut, kept, whole

LIMITS = Limits(pages=40)


async def nowhere(_: int, __: bytes) -> None:
    """Keeps no page."""


def children() -> set[int]:
    """The processes that draw, of this process."""
    found = set()
    for task in Path("/proc/self/task").iterdir():
        for pid in (task / "children").read_text().split():
            if b"documents.rendering" in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.add(int(pid))
    return found


async def a_child() -> int:
    """The first that draws; soon there is one."""
    async with asyncio.timeout(60):
        while not (found := children()):  # noqa: ASYNC110 - no bell rings when it starts
            await asyncio.sleep(0.01)
    return found.pop()


def told_of(pid: int, what: str) -> list[bytes]:
    """What anybody may read of a process, in its words."""
    return Path(f"/proc/{pid}/{what}").read_bytes().split(b"\0")[:-1]


async def test_a_child_that_is_killed_is_not_the_file_s_fault() -> None:
    """By whoever keeps house on this machine; it is to be tried again."""
    drawing = asyncio.create_task(render(cut(costly_pdf()), LIMITS, nowhere))
    os.kill(await a_child(), signal.SIGKILL)

    with pytest.raises(RenderingStopped):
        await drawing


async def test_a_cancelled_drawing_leaves_no_process() -> None:
    """A server that is stopped leaves nobody behind."""
    drawing = asyncio.create_task(render(cut(costly_pdf()), LIMITS, nowhere))
    pid = await a_child()

    drawing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await drawing

    assert pid not in children()


async def test_nothing_of_a_document_is_in_the_list_of_processes() -> None:
    """Neither its name nor its key: a command of ours, and pipes."""
    drawing = asyncio.create_task(render(cut(costly_pdf()), Limits(pages=1, seconds=5), nowhere))
    pid = await a_child()
    command, environment = told_of(pid, "cmdline"), told_of(pid, "environ")
    drawing.cancel()
    await asyncio.wait({drawing})

    assert command[1:] == [b"-I", b"-m", b"documents.rendering"]
    assert environment == [b"LANG=C.UTF-8"]


async def test_a_content_that_breaks_is_told_as_such() -> None:
    """Not as a damaged file: the file is whole, and our store was not."""

    class StoreBroke(Exception):
        pass

    async def half() -> AsyncIterator[bytes]:
        yield pdf_of(1)[:200]
        raise StoreBroke

    with pytest.raises(StoreBroke):
        await render(half(), LIMITS, nowhere)
    assert children() == set()


async def test_a_page_that_cannot_be_kept_ends_the_drawing() -> None:
    """Whoever keeps it says why."""

    class StoreFull(Exception):
        pass

    async def full(_: int, __: bytes) -> None:
        raise StoreFull

    with pytest.raises(StoreFull):
        await render(cut(pdf_of(3)), LIMITS, full)
    assert children() == set()


def test_a_kernel_that_does_not_confine_is_told() -> None:
    """Documents are not opened without it: the child ends with a number of its own."""
    with pytest.raises(RenderingNotConfined):
        _ended(NOT_CONFINED)


@pytest.mark.parametrize(
    ("kind", "said", "pages"),
    [
        (DONE, b'{"notes": []}', 0),
        (DONE, b'{"notes": ["nice"]}', 1),
        (DONE, b"[]", 1),
        (DONE, b"not json", 1),
        (FAULT, b'{"fault": "fine", "facts": {}}', 0),
        (FAULT, b'{"fault": "empty", "facts": {"pages": "many"}}', 0),
        (b"X", b"{}", 1),
    ],
)
def test_a_child_that_was_taken_over_gets_a_refusal(kind: bytes, said: bytes, pages: int) -> None:
    """It may say what it likes."""
    assert _told(kind, said, pages) == Unusable(Fault.DAMAGED)


def test_a_child_that_has_drawn_is_believed() -> None:
    """The test above can fail."""
    assert _told(DONE, b'{"notes": []}', 2) == Rendered(2, frozenset())


async def pages_of(name: str, store: Store, keys: MasterKeys) -> tuple[Pages | Unusable, bytes]:
    """What becomes of an example, and its original afterwards."""
    document = await kept(store, keys, (EXAMPLES / name).read_bytes())
    which = {"document_id": document.document_id, "wrapped_key": document.wrapped_key}
    media_type = document.media_type
    told = await make_pages(store, keys, **which, media_type=media_type, limits=LIMITS)
    for number in range(1, told.count + 1 if isinstance(told, Pages) else 1):
        page = content_of(store, keys, **which, what=page_name(number))
        assert opened(await whole(page)).width > 100
    return told, await whole(content_of(store, keys, **which, what=ORIGINAL))


async def test_pages_are_kept_beside_their_original(store: Store, keys: MasterKeys) -> None:
    """A PDF stays as it was sent."""
    told, original = await pages_of("medical-report.pdf", store, keys)

    assert told == Pages(3, frozenset(), MediaType.PDF)
    assert original == (EXAMPLES / "medical-report.pdf").read_bytes()


async def test_a_photograph_is_kept_only_as_it_was_written_anew(
    store: Store, keys: MasterKeys, folder: Path
) -> None:
    """Its place and its telephone are nowhere any more."""
    told, original = await pages_of("life-support.jpg", store, keys)

    assert told == Pages(1, frozenset(), MediaType.JPEG)
    assert b"Exif" not in original
    assert opened(original).height > opened(original).width


async def test_drawing_again_gives_the_same(store: Store, keys: MasterKeys) -> None:
    """A process that died between keeping pages and saying so is begun again."""
    document = await kept(store, keys, (EXAMPLES / "life-support.jpg").read_bytes())
    which = {"document_id": document.document_id, "wrapped_key": document.wrapped_key}

    one, other = [
        await make_pages(store, keys, **which, media_type=document.media_type, limits=LIMITS)
        for _ in "ab"
    ]

    assert one == other == Pages(1, frozenset(), MediaType.JPEG)
