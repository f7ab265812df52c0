"""Which documents a profile update or a renewal needs, and when they are good enough.

DOMAIN.md 0 names three conditions: an employer's letter at most 3 months old, a residence card for
non-Saudis, a medical report above 65. Policy holds the numbers, and the changes and categories they
apply to.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Self

from rules.findings.problems import Problems
from rules.policy.documents import DocumentPolicy
from rules.policy.policy import Policy
from rules.register.card import CardOnFile
from rules.register.fields import Group
from rules.register.profile import ProfileOnFile
from rules.values.dates import age_on, months_before
from rules.values.document_kind import DocumentKind
from rules.values.identity_number import SAUDI, IdentityKind
from rules.values.text import folded

#: Of a file that was not sent; no page asks for these, and a correction keeps them.
STATED = ("sha256", "size_bytes", "media_type")
_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class DocumentOnRequest:
    """A document's particulars, checked and normalised."""

    kind: DocumentKind
    issuer: str
    issued_on: date
    expires_on: date | None
    #: 64 lower-case hexadecimal digits; None where only particulars are stated.
    sha256: str | None
    size_bytes: int | None
    media_type: str
    #: The uploaded document; None where its file was not sent.
    upload_id: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The document as a JSON object."""
        return {
            "kind": self.kind.value,
            "issuer": self.issuer,
            "issued_on": self.issued_on.isoformat(),
            "expires_on": self.expires_on.isoformat() if self.expires_on else None,
            "sha256": self.sha256,
            "size_bytes": self.size_bytes,
            "media_type": self.media_type,
            "upload_id": self.upload_id,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """The document that `to_json` wrote."""
        expires_on = stored["expires_on"]
        return cls(
            kind=DocumentKind(stored["kind"]),
            issuer=stored["issuer"],
            issued_on=date.fromisoformat(stored["issued_on"]),
            expires_on=date.fromisoformat(expires_on) if expires_on else None,
            sha256=stored["sha256"],
            size_bytes=stored["size_bytes"],
            media_type=stored["media_type"],
            # Of requests from before there were uploads.
            upload_id=stored.get("upload_id"),
        )


def uploads_named(documents: Iterable[DocumentOnRequest]) -> tuple[str, ...]:
    """The ids of the uploads that these documents name."""
    return tuple(one.upload_id for one in documents if one.upload_id is not None)


#: A document and where it stands in the submission, such as ``documents[0]``.
PlacedDocument = tuple[str, DocumentOnRequest]


def placed(documents: Iterable[DocumentOnRequest]) -> list[PlacedDocument]:
    """The documents of a valid request, each with its place: of such a one none is left out."""
    return [(f"documents[{index}]", document) for index, document in enumerate(documents)]


def check_documents(
    documents: Collection[PlacedDocument],
    *,
    offered: Collection[DocumentKind],
    changed: Collection[Group],
    profile: ProfileOnFile,
    today: date,
    policy: DocumentPolicy,
    problems: Problems,
) -> None:
    """Note what is missing or not good enough for these changes to the resulting ``profile``.

    Where several documents of a kind are given, one good one is enough. A kind that was ``offered``
    but could not be read is not called missing: what is wrong with it was noted already. ``today``
    is the day of submission in Riyadh.
    """
    check = _DocumentCheck(documents, frozenset(offered), problems)
    age = policy.medical_report_above_age_years
    other = policy.medical_report_from_another_institution
    for kind in needed_for_update(changed, profile, today, policy):
        if kind is DocumentKind.EMPLOYER_LETTER:
            check.employer_letter(today, policy.employer_letter_max_age_months)
        elif kind is DocumentKind.RESIDENCE_CARD:
            check.residence_card(today)
        elif kind is DocumentKind.MEDICAL_REPORT:
            check.medical_report(age, not_from=profile.employer if other else None)
        else:
            check.unexpired(kind, today)


def needed_for_update(
    changed: Collection[Group], profile: ProfileOnFile, today: date, policy: DocumentPolicy
) -> tuple[DocumentKind, ...]:
    """The documents that these changes to the resulting ``profile`` need on this day."""
    groups = set(changed)
    needed: list[DocumentKind | None] = []
    if groups & set(policy.employer_letter_for):
        needed.append(DocumentKind.EMPLOYER_LETTER)
    if groups & set(policy.residence_card_for):
        needed.append(_shown_by(profile.nationality, profile.identity_kind, policy))
    age = policy.medical_report_above_age_years
    if groups & set(policy.medical_report_for) and age_on(profile.birth_date, today) > age:
        needed.append(DocumentKind.MEDICAL_REPORT)
    return tuple(kind for kind in needed if kind is not None)


def needed_for_renewal(card: CardOnFile, today: date, policy: Policy) -> tuple[DocumentKind, ...]:
    """The documents that a renewal of this card needs on this day, in policy's order."""
    asked = policy.renewal.documents[card.category]
    return _needed_of(map(DocumentKind, asked), card, today, policy.documents)


def needed_for_registration(
    profile: ProfileOnFile, today: date, policy: Policy
) -> tuple[DocumentKind, ...]:
    """The documents that somebody's registration needs on this day, in policy's order."""
    asked = policy.registration.documents
    return _needed_of(map(DocumentKind, asked), profile, today, policy.documents)


def _needed_of(
    asked: Iterable[DocumentKind],
    person: CardOnFile | ProfileOnFile,
    today: date,
    policy: DocumentPolicy,
) -> tuple[DocumentKind, ...]:
    """Those of the documents that are asked for which this person needs."""
    is_old = age_on(person.birth_date, today) > policy.medical_report_above_age_years
    needed: Mapping[DocumentKind, DocumentKind | None] = {
        DocumentKind.RESIDENCE_CARD: _shown_by(person.nationality, person.identity_kind, policy),
        DocumentKind.MEDICAL_REPORT: DocumentKind.MEDICAL_REPORT if is_old else None,
    }
    found = (needed.get(kind, kind) for kind in asked)
    return tuple(kind for kind in found if kind is not None)


def check_renewal_documents(
    documents: Collection[PlacedDocument],
    *,
    offered: Collection[DocumentKind],
    card: CardOnFile,
    today: date,
    policy: Policy,
    problems: Problems,
) -> None:
    """Note what is missing or not good enough for a renewal of this card; as `check_documents`."""
    needed = needed_for_renewal(card, today, policy)
    check = _DocumentCheck(documents, frozenset(offered), problems)
    _check_needed(check, needed, card.employer, today, policy)


def check_registration_documents(
    documents: Collection[PlacedDocument],
    *,
    offered: Collection[DocumentKind],
    profile: ProfileOnFile,
    today: date,
    policy: Policy,
    problems: Problems,
) -> None:
    """Note what is missing or not good enough for a registration; as `check_documents`."""
    needed = needed_for_registration(profile, today, policy)
    check = _DocumentCheck(documents, frozenset(offered), problems)
    _check_needed(check, needed, profile.employer, today, policy)


def _check_needed(
    check: "_DocumentCheck",
    needed: Iterable[DocumentKind],
    employer: str,
    today: date,
    policy: Policy,
) -> None:
    numbers = policy.documents
    other = numbers.medical_report_from_another_institution
    for kind in needed:
        if kind is DocumentKind.EMPLOYER_LETTER:
            check.employer_letter(today, numbers.employer_letter_max_age_months)
        elif kind is DocumentKind.RESIDENCE_CARD:
            check.residence_card(today)
        elif kind is DocumentKind.MEDICAL_REPORT:
            age = numbers.medical_report_above_age_years
            check.medical_report(age, not_from=employer if other else None)
        else:
            check.unexpired(kind, today)


def good_until(
    kind: DocumentKind, issued_on: date, expires_on: date | None, policy: DocumentPolicy
) -> date | None:
    """The last day on which a document with these particulars is good enough; None for ever."""
    if kind is not DocumentKind.EMPLOYER_LETTER:
        return expires_on
    months = policy.employer_letter_max_age_months
    last = months_before(issued_on, -months)
    # A day that the month of issue does not have counts back to that month's last day.
    while months_before(last + _DAY, months) <= issued_on:
        last += _DAY
    return min(last, expires_on or last)


def _shown_by(nationality: str, identity_kind: str, policy: DocumentPolicy) -> DocumentKind | None:
    """What shows that this person may live here."""
    if nationality == SAUDI:
        return None
    if identity_kind != IdentityKind.GCC_ID:
        return DocumentKind.RESIDENCE_CARD
    show = policy.gulf_citizens_show
    return None if show == "nothing" else DocumentKind(show)


@dataclass(frozen=True)
class _DocumentCheck:
    documents: Collection[PlacedDocument]
    offered: frozenset[DocumentKind]
    problems: Problems

    def employer_letter(self, today: date, months: int) -> None:
        letters = self._all(DocumentKind.EMPLOYER_LETTER)
        oldest = months_before(today, months)
        if not letters:
            self._missing(DocumentKind.EMPLOYER_LETTER, "employer_letter_missing")
        elif all(letter.issued_on < oldest for _, letter in letters):
            place = f"{letters[0][0]}.issued_on"
            self.problems.add("employer_letter_too_old", place, months=months)

    def residence_card(self, today: date) -> None:
        cards = self._all(DocumentKind.RESIDENCE_CARD)
        if not cards:
            self._missing(DocumentKind.RESIDENCE_CARD, "residence_card_missing")
        elif not any(card.expires_on and card.expires_on >= today for _, card in cards):
            place, card = cards[0]
            code = "residence_card_expired" if card.expires_on else "residence_card_without_expiry"
            self.problems.add(code, f"{place}.expires_on")

    def medical_report(self, age: int, *, not_from: str | None) -> None:
        reports = self._all(DocumentKind.MEDICAL_REPORT)
        if not reports:
            self._missing(DocumentKind.MEDICAL_REPORT, "medical_report_missing", age=age)
        elif not_from is not None and all(
            folded(report.issuer) == folded(not_from) for _, report in reports
        ):
            self.problems.add("medical_report_own_employer", f"{reports[0][0]}.issuer")

    def unexpired(self, kind: DocumentKind, today: date) -> None:
        """One that has no expiry is good for ever."""
        given = self._all(kind)
        if not given:
            self._missing(kind, f"{kind}_missing")
        elif all(document.expires_on and document.expires_on < today for _, document in given):
            self.problems.add(f"{kind}_expired", f"{given[0][0]}.expires_on")

    def _all(self, kind: DocumentKind) -> list[PlacedDocument]:
        return [(place, document) for place, document in self.documents if document.kind is kind]

    def _missing(self, kind: DocumentKind, code: str, **facts: int) -> None:
        if kind not in self.offered:
            self.problems.add(code, "documents", **facts)
