"""Certificates, experience and documents: from what was typed to checked entries."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from rules.documents.on_hand import NO_DOCUMENTS, DocumentsOnHand, why_not_ready
from rules.documents.states import DocumentState
from rules.findings.problems import Problems
from rules.policy.policy import Policy
from rules.requests.activities import CertificateOnRequest, ExperienceOnRequest
from rules.requests.documents import DocumentOnRequest, PlacedDocument
from rules.requests.submitted import Certificate, Document, Experience
from rules.values.as_typed import compact
from rules.values.cpd_hours import read_hours
from rules.values.dates import parse_date
from rules.values.sizes import Size
from rules.values.text import clean_required_text, clean_text

Typed = TypeVar("Typed")
Entry = TypeVar("Entry")

_SHA256 = re.compile("[0-9a-fA-F]{64}")


@dataclass(frozen=True)
class _File:
    """What is known, or stated, of a document's file."""

    sha256: str | None
    size_bytes: int | None
    media_type: str


@dataclass(frozen=True, kw_only=True)
class EntryReader:
    """Reads a submission's entries on one day, under one policy; notes every problem.

    An entry whose required members are not all right is left out of what is returned. Of more
    entries than policy allows, those beyond the limit are not looked at.
    """

    today: date
    policy: Policy
    problems: Problems
    on_hand: DocumentsOnHand = NO_DOCUMENTS

    def certificates(self, typed: Sequence[Certificate]) -> tuple[CertificateOnRequest, ...]:
        """The certificates that are right; the same activity twice is a problem."""
        limit = self.policy.limits.certificates
        placed = self._each("certificates", typed, limit, self._certificate)
        self._refuse_twice([(place, entry.activity_key) for place, entry in placed])
        return tuple(entry for _, entry in placed)

    def experience(self, typed: Sequence[Experience]) -> tuple[ExperienceOnRequest, ...]:
        """The experience that is right; the same piece twice is a problem."""
        limit = self.policy.limits.experience
        placed = self._each("experience", typed, limit, self._one_experience)
        self._refuse_twice([(place, entry.activity_key) for place, entry in placed])
        return tuple(entry for _, entry in placed)

    def documents(self, typed: Sequence[Document]) -> list[PlacedDocument]:
        """The documents that are right, each with its place; the same upload twice is a problem."""
        limit = self.policy.limits.documents
        placed = self._each("documents", typed, limit, self._document)
        self._refuse_twice(
            [
                (f"documents[{index}].id", one.id)
                for index, one in enumerate(typed[:limit])
                if one.id is not None and one.id in self.on_hand.by_id
            ]
        )
        return placed

    def _each(
        self,
        name: str,
        typed: Sequence[Typed],
        limit: int,
        read: Callable[[str, Typed], Entry | None],
    ) -> list[tuple[str, Entry]]:
        if len(typed) > limit:
            self.problems.add("too_many", name, limit=limit)
        placed = []
        for index, one in enumerate(typed[:limit]):
            place = f"{name}[{index}]"
            entry = read(place, one)
            if entry is not None:
                placed.append((place, entry))
        return placed

    def _certificate(self, place: str, typed: Certificate) -> CertificateOnRequest | None:
        title = self._text(f"{place}.title", typed.title)
        issuer = self._text(f"{place}.issuer", typed.issuer)
        issued_on = self._past_day(f"{place}.issued_on", typed.issued_on)
        cpd_hours = self._hours(f"{place}.cpd_hours", typed.cpd_hours)
        activity_code = self._optional_text(f"{place}.activity_code", typed.activity_code)
        if title is None or issuer is None or issued_on is None or cpd_hours is None:
            return None
        return CertificateOnRequest(
            title=title,
            issuer=issuer,
            issued_on=issued_on,
            cpd_hours=cpd_hours,
            activity_code=activity_code,
        )

    def _one_experience(self, place: str, typed: Experience) -> ExperienceOnRequest | None:
        employer = self._text(f"{place}.employer", typed.employer)
        role = self._text(f"{place}.role", typed.role)
        started_on = self._past_day(f"{place}.started_on", typed.started_on)
        ended_on = None
        if typed.ended_on is not None:
            ended_on = self._past_day(f"{place}.ended_on", typed.ended_on)
        cpd_hours = self._hours(f"{place}.cpd_hours", typed.cpd_hours)
        if started_on and ended_on and ended_on < started_on:
            self.problems.add("ended_before_started", f"{place}.ended_on")
        if employer is None or role is None or started_on is None or cpd_hours is None:
            return None
        return ExperienceOnRequest(
            employer=employer,
            role=role,
            started_on=started_on,
            ended_on=ended_on,
            cpd_hours=cpd_hours,
        )

    def _document(self, place: str, typed: Document) -> DocumentOnRequest | None:
        issuer = self._text(f"{place}.issuer", typed.issuer)
        issued_on = self._past_day(f"{place}.issued_on", typed.issued_on)
        expires_on = None
        if typed.expires_on is not None:
            expires_on = self._day(f"{place}.expires_on", typed.expires_on)
        if issued_on and expires_on and expires_on < issued_on:
            self.problems.add("expires_before_issue", f"{place}.expires_on")
        file = self._file(place, typed)
        if issuer is None or issued_on is None:
            return None
        return DocumentOnRequest(
            kind=typed.kind,
            issuer=issuer,
            issued_on=issued_on,
            expires_on=expires_on,
            sha256=file.sha256,
            size_bytes=file.size_bytes,
            media_type=file.media_type,
            upload_id=typed.id,
        )

    def _file(self, place: str, typed: Document) -> _File:
        if typed.id is not None:
            return self._uploaded(place, typed, typed.id)
        is_taken = self.policy.documents.kinds[typed.kind].rule != "never_accept"
        if is_taken and self.on_hand.files_required:
            self.problems.add("document_file_missing", f"{place}.id")
        elif is_taken or typed.sha256 is not None:
            self._check_stated(place, typed)
        digest = None if typed.sha256 is None else compact(typed.sha256).lower()
        return _File(digest, typed.size_bytes, typed.media_type)

    def _uploaded(self, place: str, typed: Document, upload_id: str) -> _File:
        found = self.on_hand.by_id.get(upload_id)
        if found is None:
            self.problems.add("document_unknown", f"{place}.id")
            return _File(None, None, typed.media_type)
        if found.kind is not typed.kind:
            self.problems.add("document_of_another_kind", f"{place}.id")
        if not (found.state is DocumentState.READY and found.readable):
            self.problems.add(why_not_ready(found.state), f"{place}.id")
        return _File(found.sha256, found.size_bytes, found.media_type)

    def _check_stated(self, place: str, typed: Document) -> None:
        if typed.sha256 is None or _SHA256.fullmatch(compact(typed.sha256)) is None:
            self.problems.add("document_digest_form", f"{place}.sha256")
        limit = self.policy.limits.document_bytes
        if typed.size_bytes is not None and not 0 < typed.size_bytes <= limit:
            self.problems.add("document_size", f"{place}.size_bytes", limit=Size(limit))
        if typed.media_type not in self.policy.documents.media_types:
            self.problems.add("document_media_type", f"{place}.media_type")

    def _text(self, about: str, text: str) -> str | None:
        limit = self.policy.limits.text_characters
        return self.problems.read(about, lambda: clean_required_text(text, max_length=limit))

    def _optional_text(self, about: str, text: str | None) -> str | None:
        limit = self.policy.limits.text_characters
        if text is None:
            return None
        return self.problems.read(about, lambda: clean_text(text, max_length=limit)) or None

    def _day(self, about: str, text: str) -> date | None:
        return self.problems.read(about, lambda: parse_date(text))

    def _past_day(self, about: str, text: str) -> date | None:
        day = self._day(about, text)
        if day is not None and day > self.today:
            self.problems.add("date_in_future", about)
            return None
        return day

    def _hours(self, about: str, hours: Decimal | str) -> Decimal | None:
        limit = self.policy.limits.cpd_hours_per_entry
        return self.problems.read(about, lambda: read_hours(hours, most=limit))

    def _refuse_twice(self, placed: Sequence[tuple[str, str]]) -> None:
        seen: set[str] = set()
        for place, key in placed:
            if key in seen:
                self.problems.add("entered_twice", place)
            seen.add(key)
