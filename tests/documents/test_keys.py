import pytest

from documents.keys import (
    DocumentKey,
    MasterKeyMissing,
    MasterKeys,
    NotAMasterKey,
    WrappedKeyDamaged,
    new_master_key,
)
from support.documents import ID, master_keys

OTHER_ID = ID[::-1]


def test_a_wrapped_key_is_unwrapped_to_the_same() -> None:
    """By the master key that wrapped it."""
    keys, key = master_keys(), DocumentKey.new()

    assert keys.unwrap(keys.wrap(key, ID), ID) == key


def test_a_wrapped_key_holds_no_key() -> None:
    """What the database keeps opens nothing by itself."""
    keys, key = master_keys(), DocumentKey.new()

    wrapped = keys.wrap(key, ID)

    assert key.secret.hex() not in wrapped.encode().hex()
    assert wrapped.startswith(f"1:{keys.current_id}:")


def test_a_wrapped_key_belongs_to_one_document() -> None:
    """A row cannot borrow the key of another."""
    keys = master_keys()
    wrapped = keys.wrap(DocumentKey.new(), ID)

    with pytest.raises(WrappedKeyDamaged):
        keys.unwrap(wrapped, OTHER_ID)


@pytest.mark.parametrize("written", ["", "2:ab:cd", "1:{id}:", "1:{id}:!", "1:{id}:AAAA"])
def test_what_is_no_wrapped_key_is_told_as_such(written: str) -> None:
    """Never by a stack trace of a library."""
    keys = master_keys()

    with pytest.raises(WrappedKeyDamaged):
        keys.unwrap(written.format(id=keys.current_id), ID)


def test_another_installation_s_keys_open_nothing() -> None:
    """The error names the key by what is no secret."""
    keys = master_keys()
    wrapped = keys.wrap(DocumentKey.new(), ID)

    with pytest.raises(MasterKeyMissing, match=keys.current_id):
        master_keys().unwrap(wrapped, ID)


def test_the_old_key_reads_until_all_is_rewrapped() -> None:
    """Rotation: the new one first, all rewrapped, the old one gone."""
    old, new = new_master_key(), new_master_key()
    key = DocumentKey.new()
    before = MasterKeys.from_text(old).wrap(key, ID)
    both, after = MasterKeys.from_text(f"{new}\n{old}\n"), MasterKeys.from_text(new)

    rewrapped = both.rewrap(before, ID)

    assert both.unwrap(before, ID) == both.unwrap(rewrapped, ID) == key
    assert after.unwrap(rewrapped, ID) == key
    with pytest.raises(MasterKeyMissing):
        after.unwrap(before, ID)


def test_rewrapping_twice_changes_nothing() -> None:
    """A rotation that was interrupted is begun again."""
    keys = master_keys()
    wrapped = keys.wrap(DocumentKey.new(), ID)

    assert keys.rewrap(wrapped, ID) == wrapped


@pytest.mark.parametrize("text", ["", "\n", "short", "ممارس", "A" * 40, "A" * 44])
def test_what_is_no_master_key_is_refused_without_quoting_it(text: str) -> None:
    """It may be half of one."""
    with pytest.raises(NotAMasterKey) as met:
        MasterKeys.from_text(text)

    assert not text.strip() or text not in str(met.value)
