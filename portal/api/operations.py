"""Every operation of the API, as its document describes it: a route without one fails a test."""

from collections.abc import Mapping
from typing import Any

from portal.api import examples
from portal.api.cards import CardChecks, CardLookup, EligibilityCheck
from portal.api.decisions import OFFICER_TOKEN, DecisionMade
from portal.api.job_shapes import JobRead, JobRows
from portal.api.operation import Body, Operation
from portal.api.payments import PaymentReport
from portal.api.shapes import (
    CardRead,
    ChangedRequests,
    CheckedCards,
    DocumentShown,
    Eligibility,
    RequestInShort,
    RequestRead,
    StatusAfter,
)
from rules.card_renewal.submission import CardRenewalSubmission
from rules.profile_update.submission import ProfileUpdateSubmission
from rules.registration.submission import RegistrationSubmission
from rules.requests.statuses import Kind

_KEY = {"Idempotency-Key": "8 to 90 letters, digits or . _ : -. The same key is one request."}
_UNKNOWN = {404: ("request_unknown",)}
_JOB_UNKNOWN = {404: ("job_unknown",)}
_PAGE = {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}
_LINES: Mapping[str, Mapping[str, Any]] = {
    "cursor": {"type": "string", "pattern": "^l(0|[1-9][0-9]{0,8})$", "default": "l0"},
    "limit": _PAGE,
}
_NO = {"type": "boolean", "default": False}
_OF_WISHES = ("idempotency_key_header", "registration_number_unknown", "not_confirmed", "refused")

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        method="post",
        path="/profile-updates",
        id="submit_profile_update",
        summary="Hand a profile update in",
        status=201,
        gives=RequestRead,
        example=examples.REQUEST,
        body=Body(shapes=(ProfileUpdateSubmission,), example=examples.PROFILE_UPDATE),
        headers=_KEY,
        refuses={
            409: ("idempotency_key_used",),
            422: (*_OF_WISHES, "email_by_owner_alone", "request_already_open"),
        },
    ),
    Operation(
        method="post",
        path="/card-renewals",
        id="submit_card_renewal",
        summary="Hand a card renewal in",
        status=201,
        gives=RequestRead,
        example=examples.REQUEST,
        body=Body(shapes=(CardRenewalSubmission,), example=examples.CARD_RENEWAL),
        headers=_KEY,
        refuses={
            409: ("idempotency_key_used",),
            422: (*_OF_WISHES, "card_unknown", "request_already_open"),
        },
    ),
    Operation(
        method="post",
        path="/registrations",
        id="submit_registration",
        summary="Hand a first registration in",
        status=201,
        gives=RequestRead,
        example=examples.REGISTERING,
        body=Body(shapes=(RegistrationSubmission,), example=examples.REGISTRATION),
        headers=_KEY,
        refuses={
            409: ("idempotency_key_used",),
            422: ("idempotency_key_header", "employer_not_of_system", "not_confirmed", "refused"),
        },
    ),
    Operation(
        method="get",
        path="/requests",
        id="list_changed_requests",
        summary="List the requests that changed since a cursor",
        gives=ChangedRequests,
        example=examples.CHANGES,
        query={
            "cursor": {"type": "string", "pattern": "^e(0|[1-9][0-9]{0,17})$", "default": "e0"},
            "limit": _PAGE,
        },
        refuses={422: ("cursor_unknown", "page_size_wrong")},
    ),
    Operation(
        method="get",
        path="/requests/{code}",
        id="read_request",
        summary="See how a request stands",
        gives=RequestRead,
        example=examples.REQUEST,
        refuses=_UNKNOWN,
    ),
    Operation(
        method="post",
        path="/requests/{code}/corrections",
        id="correct_request",
        summary="Hand in the corrected submission of a returned request, whole",
        gives=RequestRead,
        example=examples.REQUEST,
        body=Body(
            shapes=(CardRenewalSubmission, ProfileUpdateSubmission, RegistrationSubmission),
            example=examples.CARD_RENEWAL,
        ),
        headers=_KEY,
        refuses={
            **_UNKNOWN,
            409: ("not_returned", "idempotency_key_used"),
            422: (*_OF_WISHES, "email_by_owner_alone", "employer_not_of_system"),
        },
    ),
    Operation(
        method="post",
        path="/requests/{code}/withdrawal",
        id="withdraw_request",
        summary="Take a request back",
        gives=RequestRead,
        example=examples.REQUEST | {"status": "withdrawn"},
        refuses={**_UNKNOWN, 409: ("withdrawal_too_late",)},
    ),
    Operation(
        method="post",
        path="/requests/{code}/activation-link",
        id="resend_activation_link",
        summary="Have a new activation link e-mailed to the applicant",
        gives=RequestRead,
        example=examples.REQUEST | {"status": "awaiting_activation"},
        refuses={**_UNKNOWN, 409: ("nothing_to_resend",)},
    ),
    Operation(
        method="post",
        path="/requests/{code}/decisions",
        id="carry_officer_decision",
        summary="Decide on a request, with the officer's own token",
        gives=StatusAfter,
        example={"status": "approved"},
        body=Body(shapes=(DecisionMade,), example={"verdict": "approve", "round": 1}),
        headers={OFFICER_TOKEN: "The token of the officer's own session."},
        refuses={
            **_UNKNOWN,
            403: ("person_needed", "role_missing", "not_allowed"),
            409: ("conflict",),
            422: ("refused",),
        },
    ),
    Operation(
        method="post",
        path="/submission-files",
        id="submit_file",
        summary="Hand a file of submissions in, as a job",
        status=202,
        gives=JobRead,
        example=examples.JOB | {"status": "waiting", "done_at": None, "rows": examples.NO_ROWS},
        takes_rows=True,
        headers=_KEY,
        query={
            "kind": {"type": "string", "enum": list(Kind), "default": Kind.PROFILE_UPDATE},
            "check": _NO,
            "day_first": _NO,
        },
        refuses={
            409: ("idempotency_key_used",),
            413: ("file_too_big",),
            415: ("not_json",),
            422: ("idempotency_key_header", "file_empty", "file_too_long", "wrong_type"),
            429: ("files_go_on",),
        },
    ),
    Operation(
        method="get",
        path="/jobs/{job_id}",
        id="read_job",
        summary="See how far a file of submissions is",
        gives=JobRead,
        example=examples.JOB,
        refuses=_JOB_UNKNOWN,
    ),
    Operation(
        method="get",
        path="/jobs/{job_id}/rows",
        id="list_job_rows",
        summary="List what became of the rows of a file",
        gives=JobRows,
        example=examples.JOB_ROWS,
        query=_LINES,
        refuses={**_JOB_UNKNOWN, 422: ("cursor_unknown", "page_size_wrong")},
    ),
    Operation(
        method="get",
        path="/jobs/{job_id}/problems",
        id="list_job_problems",
        summary="List the rows of a file that are to be put right",
        gives=JobRows,
        example=examples.JOB_PROBLEMS,
        query=_LINES,
        refuses={**_JOB_UNKNOWN, 422: ("cursor_unknown", "page_size_wrong")},
    ),
    Operation(
        method="post",
        path="/documents",
        id="upload_document",
        summary="Send a document of a practitioner, or of who is to be registered",
        status=201,
        gives=DocumentShown,
        example=examples.DOCUMENT,
        takes_file=True,
        refuses={
            404: ("practitioner_unknown", "document_unknown"),
            409: ("document_in_hand", "document_replaced_already", "conflict"),
            413: ("file_too_big",),
            415: ("file_wrong_type", "form_not_multipart"),
            422: (
                "document_kind_unknown",
                "file_empty",
                "file_damaged",
                "field_unknown",
                "email_form",
                "refused",
            ),
        },
    ),
    Operation(
        method="get",
        path="/documents/{document_id}",
        id="read_uploaded_document",
        summary="See how a document stands",
        gives=DocumentShown,
        example=examples.DOCUMENT,
        refuses={404: ("document_unknown",)},
    ),
    Operation(
        method="post",
        path="/card-lookups",
        id="look_up_card",
        summary="Look a card up",
        gives=CardRead,
        example=examples.CARD,
        body=Body(shapes=(CardLookup,), example={"registration_number": "20-104567"}),
        refuses={404: ("practitioner_unknown", "card_unknown"), 422: ("field_missing",)},
    ),
    Operation(
        method="post",
        path="/card-checks",
        id="check_cards",
        summary="Check cards by the codes that their holders show",
        gives=CheckedCards,
        example=examples.CHECKED,
        body=Body(shapes=(CardChecks,), example={"codes": ["AAECAwQFBgcICQoLDA0ODw"]}),
        refuses={422: ("field_missing", "too_many_codes")},
    ),
    Operation(
        method="post",
        path="/eligibility-checks",
        id="check_card_eligibility",
        summary="See whether a card may be renewed on a day",
        gives=Eligibility,
        example=examples.ELIGIBILITY,
        body=Body(
            shapes=(EligibilityCheck,),
            example={"registration_number": "20-104567", "on": "2026-11-23"},
        ),
        refuses={404: ("practitioner_unknown", "card_unknown"), 422: ("field_missing",)},
    ),
    Operation(
        method="post",
        path="/payments",
        id="report_payment_received",
        summary="Report that a bill was paid",
        gives=RequestInShort,
        example=examples.PAID,
        body=Body(shapes=(PaymentReport,), example=examples.PAYMENT),
        refuses={
            404: ("bill_unknown",),
            409: ("paid_otherwise", "not_awaiting_payment"),
            422: ("paid_too_little", "paid_too_much", "paid_on_impossible", "another_currency"),
        },
    ),
)
