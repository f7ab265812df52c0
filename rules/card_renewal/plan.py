"""What a renewal brings, as it is kept on the request's row."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Self

from rules.card_renewal.fees import Fine, FineKind
from rules.findings.doubts import Doubt
from rules.requests.documents import DocumentOnRequest
from rules.values.money import Money


@dataclass(frozen=True, kw_only=True)
class RenewalPlan:
    """A renewal as the rules made it; the period itself is known when it is activated."""

    registration_number: str
    #: 0 where the rules grant none, beside the problem that says why.
    years: int
    #: The expiry that the renewal was judged by: where the card has another one by now, the plan
    #: is out of date.
    old_expires_on: date
    hours_needed: Decimal
    hours_counted: Decimal
    hours_short: bool
    #: None where policy does not hold it: it is set by the authority.
    fee: Money | None
    fine: Fine
    #: Submitted after expiry; in the grace there is no fine all the same.
    late: bool
    documents: tuple[DocumentOnRequest, ...]
    #: None leaves it as it is on file.
    preferred_language: str | None = None
    #: What policy lets pass, for an officer to look at.
    warnings: tuple[Doubt, ...] = ()

    @property
    def amount_due(self) -> Money | None:
        """Fee and fine together; None where one of them is set by the authority."""
        if self.fee is None or self.fine.kind is FineKind.UNSET:
            return None
        return self.fee if self.fine.money is None else self.fee + self.fine.money

    @property
    def promise(self) -> tuple[object, ...]:
        """What an officer decides on; hours beyond those that are needed change nothing."""
        return (
            self.years,
            self.old_expires_on,
            self.hours_short,
            self.late,
            self.fee,
            self.fine,
            # By their codes alone: older plans keep no fields.
            [doubt.code for doubt in self.warnings],
        )

    def to_json(self) -> dict[str, Any]:
        """The plan as a JSON object, hours as text; `from_json` makes an equal plan of it."""
        return {
            "registration_number": self.registration_number,
            "years": self.years,
            "old_expires_on": self.old_expires_on.isoformat(),
            "hours_needed": str(self.hours_needed),
            "hours_counted": str(self.hours_counted),
            "hours_short": self.hours_short,
            "fee": self.fee.to_json() if self.fee else None,
            "fine": self.fine.to_json(),
            "late": self.late,
            "documents": [document.to_json() for document in self.documents],
            "preferred_language": self.preferred_language,
            "warnings": [doubt.to_json() for doubt in self.warnings],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """The plan that `to_json` wrote."""
        return cls(
            registration_number=stored["registration_number"],
            years=stored["years"],
            old_expires_on=date.fromisoformat(stored["old_expires_on"]),
            hours_needed=Decimal(stored["hours_needed"]),
            hours_counted=Decimal(stored["hours_counted"]),
            hours_short=stored["hours_short"],
            fee=Money.from_json(stored["fee"]) if stored["fee"] else None,
            fine=Fine.from_json(stored["fine"]),
            late=stored["late"],
            documents=tuple(map(DocumentOnRequest.from_json, stored["documents"])),
            preferred_language=stored["preferred_language"],
            warnings=tuple(map(Doubt.from_json, stored["warnings"])),
        )
