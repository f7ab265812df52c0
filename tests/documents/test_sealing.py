import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.keys import DocumentKey
from documents.sealing import FRAME_BYTES, MARK, TAG_BYTES, ContentDamaged, opened, sealed
from support.documents import cut, stream, whole

KEY = DocumentKey(bytes(range(32)))
NAME = "0123/original"
FRAME = FRAME_BYTES + TAG_BYTES
HEAD = len(MARK) + 16
#: Around every seam of the format: a frame, and the frames that are handed on together.
SIZES = st.builds(
    lambda frames, more: max(0, frames * FRAME_BYTES + more),
    st.integers(min_value=0, max_value=9),
    st.integers(min_value=-2, max_value=2),
)


async def sealed_bytes(content: bytes, key: DocumentKey = KEY, name: str = NAME) -> bytes:
    return await whole(sealed(cut(content), key, name))


async def opened_bytes(stored: bytes, key: DocumentKey = KEY, name: str = NAME) -> bytes:
    return await whole(opened(cut(stored, 50_000), key, name))


@given(size=SIZES, piece=st.sampled_from([1_000, 65_536, 300_000, 1_000_000]))
async def test_what_was_sealed_opens_to_the_same(size: int, piece: int) -> None:
    """Whatever the size, and however it came in pieces."""
    content = os.urandom(size)
    stored = await whole(sealed(cut(content, piece), KEY, NAME))

    assert await whole(opened(cut(stored, piece), KEY, NAME)) == content
    assert len(stored) == HEAD + size + TAG_BYTES * max(1, -(-size // FRAME_BYTES))


@given(place=st.integers(min_value=0, max_value=HEAD + FRAME + 50 + TAG_BYTES - 1))
async def test_no_byte_can_be_changed(place: int) -> None:
    """Mark, salt, content or tag."""
    stored = bytearray(await sealed_bytes(bytes(FRAME_BYTES + 50)))
    stored[place] ^= 1

    with pytest.raises(ContentDamaged):
        await opened_bytes(bytes(stored))


@pytest.mark.parametrize("tenth", range(10))
async def test_an_object_that_was_cut_off_does_not_open(tenth: int) -> None:
    """At any tenth, also where nothing is left."""
    stored = await sealed_bytes(bytes(5 * FRAME_BYTES))

    with pytest.raises(ContentDamaged):
        await opened_bytes(stored[: len(stored) * tenth // 10])


async def test_an_object_that_was_cut_between_frames_does_not_open() -> None:
    """Every frame that is left is authentic, and the last one is missing."""
    stored = await sealed_bytes(bytes(3 * FRAME_BYTES))

    with pytest.raises(ContentDamaged):
        await opened_bytes(stored[: HEAD + 2 * FRAME])


async def test_frames_cannot_change_places() -> None:
    """Each has its number."""
    stored = await sealed_bytes(os.urandom(3 * FRAME_BYTES))
    head, one, two = stored[:HEAD], stored[HEAD:][:FRAME], stored[HEAD + FRAME :][:FRAME]

    with pytest.raises(ContentDamaged):
        await opened_bytes(head + two + one + stored[HEAD + 2 * FRAME :])


async def test_nothing_can_be_added_at_the_end() -> None:
    """The last frame is the last."""
    stored = await sealed_bytes(bytes(FRAME_BYTES))

    with pytest.raises(ContentDamaged):
        await opened_bytes(stored + stored[HEAD:])


@pytest.mark.parametrize(
    ("key", "name"), [(DocumentKey(bytes(32)), NAME), (KEY, "0123/page-1"), (KEY, "4567/original")]
)
async def test_an_object_opens_by_its_own_key_and_name_alone(key: DocumentKey, name: str) -> None:
    """Nobody shows the page of another document by moving files."""
    stored = await sealed_bytes(b"a letter")

    with pytest.raises(ContentDamaged):
        await opened_bytes(stored, key, name)


async def test_the_same_content_is_never_sealed_alike() -> None:
    """Who sees the store does not see that two documents are the same."""
    assert await sealed_bytes(b"a letter") != await sealed_bytes(b"a letter")


async def test_the_content_is_not_in_what_is_stored() -> None:
    """Neither in whole nor in part."""
    content = b"Amal Al-Harbi " * 20_000
    stored = await whole(sealed(stream(content), KEY, NAME))

    assert b"Amal" not in stored


def test_a_key_is_never_shown() -> None:
    """It would end up in a log."""
    assert repr(KEY) == "DocumentKey()"
