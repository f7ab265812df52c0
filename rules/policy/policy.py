"""Policy: the numbers and choices that belong to whoever runs this, from one commented file.

Each attribute is a key of ``policy.toml``, where its source stands beside it. There are no
defaults in code: a missing key is an error, but where its type says that it may be absent.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from rules.policy.accounts import AccountPolicy, check_accounts_agreement
from rules.policy.api import ApiPolicy
from rules.policy.cards import CardPolicy
from rules.policy.documents import DocumentPolicy, check_documents_agreement
from rules.policy.drafts import DraftPolicy, check_drafts_agreement
from rules.policy.officer_emails import OfficerEmailPolicy
from rules.policy.reader import PolicyReader
from rules.policy.registration import RegistrationPolicy, check_registration_agreement
from rules.policy.reminders import ReminderPolicy, check_reminders
from rules.policy.renewals import (
    PaymentPolicy,
    RenewalPolicy,
    check_payment_agreement,
    check_renewal_agreement,
)
from rules.policy.retention import RetentionPolicy, check_retention_agreement
from rules.policy.waves import WavePolicy
from rules.policy.webhooks import WebhookPolicy, check_webhooks_agreement
from rules.policy.working_days import WorkingDays, check_working_days
from rules.register.fields import Group
from rules.values.mobile import SaudiNumbers

Strictness = Literal["refuse", "warn", "ignore"]
_AT_LEAST_ONE = {"minimum": 1}
_HOURS_IN_A_DAY = 24
_COUNTRY = re.compile("[A-Z]{2}")


@dataclass(frozen=True, kw_only=True)
class ReferencePolicy:
    """How reference numbers are counted."""

    #: The calendar of the year in a reference number.
    calendar: Literal["hijri", "gregorian"]


@dataclass(frozen=True, kw_only=True)
class RegistrationNumberPolicy:
    """What a registration number looks like."""

    #: Regular expression of the canonical form: upper case, Western digits, no dashes or spaces.
    #: Its groups are the parts between which the card prints its dash.
    pattern: str


@dataclass(frozen=True, kw_only=True)
class IdentityPolicy:
    """How identity data are judged."""

    #: What a wrong check digit means.
    luhn: Strictness
    minimum_age_years: int
    maximum_age_years: int = field(metadata=_AT_LEAST_ONE)


@dataclass(frozen=True, kw_only=True)
class MobilePolicy:
    """Which mobile numbers are accepted."""

    #: ISO 3166 alpha-2; a number without country code is read as one of the first country.
    countries: tuple[str, ...]
    #: Which Saudi numbers are: all of their ``form``, new ranges too, or those in the library's
    #: ``known_ranges``.
    saudi_numbers: SaudiNumbers


@dataclass(frozen=True, kw_only=True)
class EmailPolicy:
    """Which e-mail addresses are accepted."""

    #: Such an address needs SMTPUTF8 all the way to the mailbox.
    allow_non_ascii_local_part: bool


@dataclass(frozen=True, kw_only=True)
class BulkApprovalPolicy:
    """Whether clean cases are approved several at a time, by kind of request."""

    profile_update: bool
    card_renewal: bool
    registration: bool


@dataclass(frozen=True, kw_only=True)
class ReviewPolicy:
    """Who must decide at the review gate, and when it becomes late."""

    #: Working days until a decision is due.
    due_working_days: int = field(metadata=_AT_LEAST_ONE)
    #: Working days that officers have at least for what an applicant has corrected.
    least_working_days_after_correction: int = field(metadata=_AT_LEAST_ONE)
    #: Working days until operations hear of it.
    escalate_after_working_days: int = field(metadata=_AT_LEAST_ONE)
    #: Minutes after an officer's last act in which a claim keeps others away.
    claim_minutes: int = field(metadata=_AT_LEAST_ONE)
    #: Calendar days for which an officer may put a request aside.
    put_aside_days: int = field(metadata=_AT_LEAST_ONE)
    #: Seconds in which a decision made on the review desk's page can be taken back; 0 for none.
    take_back_seconds: int = field(metadata={"maximum": 120})
    #: Whether an approval on that page needs all ticked that had to be looked at.
    approve_needs_ticks: bool
    #: Whether officers are told who else reads the case that they read.
    show_readers: bool
    #: Whether Prefect's Resume form may decide.
    prefect_form_decides: bool
    #: Different officers who must approve where the automatic checks raised a doubt.
    approvals_on_warnings: int
    #: Different officers who must approve, by what changes. The largest number counts.
    approvals: Mapping[Group, int]
    #: Cases that one press approves at most; more nobody reads.
    bulk_at_most: int = field(metadata={"minimum": 1, "maximum": 50})
    bulk_approval: BulkApprovalPolicy
    #: Rows of a queue that one file holds at most.
    export_at_most: int = field(metadata={"minimum": 1, "maximum": 100_000})


@dataclass(frozen=True, kw_only=True)
class CorrectionsPolicy:
    """How long a returned request waits."""

    #: Calendar days.
    due_days: int = field(metadata=_AT_LEAST_ONE)


@dataclass(frozen=True, kw_only=True)
class ActivationPolicy:
    """How long the activation link lives, and what follows."""

    link_lifetime_hours: int = field(metadata=_AT_LEAST_ONE)
    #: Hours before the link expires at which one reminder leaves; 0 for none.
    reminder_before_hours: int
    #: Calendar days after which a request that was never activated expires.
    close_after_days: int = field(metadata=_AT_LEAST_ONE)
    resends_per_hour: int
    resends_per_day: int
    #: Hours that an activated change of e-mail address is held, so that the address on file can
    #: stop it; 0 for none. They count from the notice to that address.
    hold_email_change_hours: int
    #: Days after such a change in which the address before can take it back; 0 for none.
    undo_email_change_days: int
    #: Days after that in which a change of contact details needs an officer.
    disputed_contact_days: int


@dataclass(frozen=True, kw_only=True)
class LimitsPolicy:
    """How large a submission may be."""

    #: Bytes of the whole submission.
    submission_bytes: int = field(metadata=_AT_LEAST_ONE)
    certificates: int
    experience: int
    documents: int
    #: Bytes of a document's file.
    document_bytes: int = field(metadata=_AT_LEAST_ONE)
    #: Characters of one part of a name.
    name_characters: int = field(metadata=_AT_LEAST_ONE)
    #: Characters of any other text; `rules.requests.submitted.MAX_TEXT` bounds it.
    text_characters: int = field(metadata={"minimum": 1, "maximum": 2_000})
    #: CPD hours that one certificate or one experience may count.
    cpd_hours_per_entry: int = field(metadata={"minimum": 0, "maximum": 9_999})


@dataclass(frozen=True, kw_only=True)
class Policy:
    """Everything that policy decides."""

    working_days: WorkingDays
    references: ReferencePolicy
    registration_number: RegistrationNumberPolicy
    identity: IdentityPolicy
    mobile: MobilePolicy
    email: EmailPolicy
    review: ReviewPolicy
    officer_emails: OfficerEmailPolicy
    corrections: CorrectionsPolicy
    activation: ActivationPolicy
    documents: DocumentPolicy
    drafts: DraftPolicy
    renewal: RenewalPolicy
    registration: RegistrationPolicy
    card: CardPolicy
    payment: PaymentPolicy
    limits: LimitsPolicy
    reminders: ReminderPolicy
    accounts: AccountPolicy
    api: ApiPolicy
    waves: WavePolicy
    webhooks: WebhookPolicy
    retention: RetentionPolicy


def parse_policy(text: str, *, filename: str) -> Policy:
    """The policy that this text states; ``filename`` is only for messages.

    Raises `PolicyInvalid` with every error at once (missing, unknown, wrong type, out of bounds),
    each with file, line and key. Keys that contradict each other are found once the rest is right.
    """
    reader = PolicyReader(filename, text)
    policy = reader.load(Policy)
    _check_agreement(policy, reader)
    check_documents_agreement(policy.documents, reader)
    check_renewal_agreement(policy.renewal, reader)
    check_registration_agreement(policy.registration, policy.registration_number.pattern, reader)
    check_payment_agreement(policy.payment, reader)
    check_accounts_agreement(policy.accounts, reader)
    check_drafts_agreement(policy.drafts, policy.documents, reader)
    check_webhooks_agreement(policy.webhooks, reader)
    check_retention_agreement(policy.retention, policy.documents, reader)
    reader.raise_errors()
    reminders = replace(policy.reminders, working_days=policy.working_days)
    return replace(policy, reminders=reminders)


def _check_agreement(policy: Policy, reader: PolicyReader) -> None:
    try:
        re.compile(policy.registration_number.pattern)
    except re.error as error:
        reader.refuse("registration_number.pattern", f"is not a regular expression: {error}")
    countries = policy.mobile.countries
    if not countries or not all(_COUNTRY.fullmatch(country) for country in countries):
        reader.refuse("mobile.countries", "must list at least one two-letter country code")
    if policy.identity.minimum_age_years >= policy.identity.maximum_age_years:
        reader.refuse("identity.minimum_age_years", "must be below maximum_age_years")
    if policy.review.escalate_after_working_days < policy.review.due_working_days:
        reader.refuse("review.escalate_after_working_days", "must not be below due_working_days")
    if policy.review.least_working_days_after_correction > policy.review.due_working_days:
        reader.refuse(
            "review.least_working_days_after_correction", "must not be above due_working_days"
        )
    activation = policy.activation
    if activation.reminder_before_hours >= activation.link_lifetime_hours:
        reader.refuse("activation.reminder_before_hours", "must be below link_lifetime_hours")
    if activation.close_after_days * _HOURS_IN_A_DAY < activation.link_lifetime_hours:
        reader.refuse("activation.close_after_days", "must not end before the link does")
    check_working_days(policy.working_days, reader)
    check_reminders(policy.reminders, reader)
