import pytest

from documents.settings import document_settings


def test_a_changed_environment_counts_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read anew only where it has changed; what is taken out of it counts as well."""
    monkeypatch.delenv("MUMARIS_CLAMD", raising=False)
    before = document_settings()
    monkeypatch.setenv("mumaris_clamd", "localhost:3310")
    scanned = document_settings()
    monkeypatch.setenv("mumaris_clamd", "/run/clamd.sock")
    moved = document_settings()
    monkeypatch.delenv("mumaris_clamd")

    assert (scanned.clamd, moved.clamd) == ("localhost:3310", "/run/clamd.sock")
    assert document_settings() is before
