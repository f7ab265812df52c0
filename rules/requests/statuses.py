"""Where a request can stand, what kind of request it is, and who can move it."""

from enum import StrEnum
from typing import Self

from rules.findings.both_languages import InBoth


class Kind(StrEnum):
    """The kinds of request: what tells one from another wherever rules, e-mails or Prefect name it.

    A member says all of it, or the module does not import. What a kind *does* is its class in
    `desk.kinds`, without which that package does not import.
    """

    def __new__(cls, value: str, *_said: str) -> Self:
        """A member that is the text which the database keeps."""
        kind = str.__new__(cls, value)
        kind._value_ = value
        return kind

    def __init__(self, _value: str, *said: str) -> None:
        """All that is said of it; a member that lacks something does not come to be."""
        prefix, digit, words_ar, words_en = said
        #: The prefix of its reference numbers.
        self.prefix = prefix
        #: The digit that stands for the prefix under their check digit; 3 is that of bills.
        self.digit = digit
        #: What the person asked for, as it is said after "your" (Arabic: after ``طلب``).
        self.words = InBoth(words_ar, words_en)

    PROFILE_UPDATE = "profile_update", "MPU", "1", "تحديث بياناتك", "profile update"
    CARD_RENEWAL = "card_renewal", "MCR", "2", "تجديد بطاقتك", "card renewal"
    REGISTRATION = "registration", "MRG", "4", "تسجيلك المهني", "registration"

    @property
    def flow(self) -> str:
        """The name of the Prefect flow that carries this kind, and the first word of its runs."""
        return self.value.replace("_", "-")

    @property
    def deployment(self) -> str:
        """The Prefect deployment that runs this kind, as ``flow/deployment``."""
        return f"{self.flow}/{self.flow}"

    @property
    def wave_deployment(self) -> str:
        """The Prefect deployment that carries many of this kind in one run."""
        return f"{self.flow}-wave/{self.flow}-wave"


#: The kinds that only somebody on the register can ask for: their requests name the practitioner.
OF_PRACTITIONERS = frozenset({Kind.PROFILE_UPDATE, Kind.CARD_RENEWAL})


class Status(StrEnum):
    """Where a request stands. Exactly one at a time; moved only by `models.door`."""

    #: Accepted; waits to be validated by its run.
    SUBMITTED = "submitted"
    #: Valid; waits at the review gate for as many officers as policy asks for.
    UNDER_REVIEW = "under_review"
    #: Waits for the applicant to correct named fields and submit again.
    RETURNED = "returned"
    #: The gate is open; the reference number is being issued.
    APPROVED = "approved"
    #: Has its reference number; waits for its bill to be paid, where policy asks for payment first.
    AWAITING_PAYMENT = "awaiting_payment"
    #: The payment is recorded; the activation link is being mailed.
    PAID = "paid"
    #: Has its reference number; waits for the applicant to use the activation link.
    AWAITING_ACTIVATION = "awaiting_activation"
    #: In force. Final.
    ACTIVATED = "activated"
    #: An officer said no, with a coded reason. Final.
    REJECTED = "rejected"
    #: Taken back by the applicant, the old address's stop link, or operations. Final.
    WITHDRAWN = "withdrawn"
    #: Nobody corrected, paid or activated it in time. Final.
    EXPIRED = "expired"


class ActorKind(StrEnum):
    """Who moved a request."""

    #: The practitioner whose request it is.
    APPLICANT = "applicant"
    #: A reviewing officer, by name.
    OFFICER = "officer"
    #: The pipeline itself: a rule or a policy that needs nobody.
    PIPELINE = "pipeline"
    #: Operations staff, by cancelling the run or by command.
    OPERATIONS = "operations"
    #: A payment that reached us, as operations recorded it.
    PAYMENT = "payment"
    #: Whoever reads the e-mail address on file before the change, by the stop link.
    OLD_ADDRESS = "old_address"
    #: Time itself: a due date passed.
    CLOCK = "clock"
