"""Examples of what is sent and answered, as the document shows them; the people are invented."""

from collections.abc import Mapping
from typing import Any

Example = dict[str, Any]

PROFILE_UPDATE: Mapping[str, Any] = {
    "registration_number": "20-104567",
    "changes": {"mobile": "0551112233"},
    "preferred_language": "en",
    "confirmed_by_applicant": True,
}
CARD_RENEWAL: Mapping[str, Any] = {
    "registration_number": "20-104567",
    "documents": [
        {
            "kind": "employer_letter",
            "issuer": "King Salman Hospital",
            "issued_on": "2026-11-01",
            "id": "d3f1c2a4b5e697880a1b2c3d4e5f6071",
        }
    ],
    "preferred_language": "ar",
    "confirmed_by_applicant": True,
}
REGISTRATION: Mapping[str, Any] = {
    "profile": {
        "first_name_ar": "ليلى",
        "father_name_ar": "ماجد",
        "grandfather_name_ar": "فهد",
        "family_name_ar": "الحربي",
        "first_name_en": "Layla",
        "father_name_en": "Majed",
        "grandfather_name_en": "Fahad",
        "family_name_en": "Alharbi",
        "identity_number": "1098765439",
        "identity_kind": "national_id",
        "nationality": "SA",
        "birth_date": "1996-02-11",
        "mobile": "0551112233",
        "email": "layla.alharbi@example.org",
        "address": "4 King Fahd Road, Riyadh",
        "employer": "King Salman Hospital",
        "specialty": "nursing",
        "rank": "specialist",
    },
    "category": "nursing",
    "qualification": {
        "title": "Bachelor of Nursing",
        "issuer": "Imam Abdulrahman University",
        "issued_on": "2019-06-20",
    },
    "documents": [
        {
            "kind": "employer_letter",
            "issuer": "King Salman Hospital",
            "issued_on": "2026-11-01",
            "id": "d3f1c2a4b5e697880a1b2c3d4e5f6071",
        },
        {
            "kind": "qualification",
            "issuer": "Imam Abdulrahman University",
            "issued_on": "2019-06-20",
            "id": "0a1b2c3d4e5f6071d3f1c2a4b5e69788",
        },
    ],
    "preferred_language": "ar",
    "confirmed_by_applicant": True,
}
_SHORT: Example = {
    "tracking_code": "K7Q2-M9XD",
    "kind": "card_renewal",
    "status": "returned",
    "status_since": "2026-11-24T08:30:00Z",
    "submitted_at": "2026-11-23T09:00:00Z",
    "round": 1,
    "reference_number": None,
    "closes_at": "2026-12-08T21:00:00Z",
}
_SUBMITTED: Example = {
    "at": "2026-11-23T09:00:00Z",
    "what": "submitted",
    "reason_code": None,
    "round": 1,
}
REQUEST: Example = {
    **_SHORT,
    "problems": [
        {
            "code": "differs_from_document",
            "field": "documents",
            "sentence_ar": "البيانات لا تطابق المستند.",
            "sentence_en": "The details differ from the document.",
        }
    ],
    "timeline": [
        _SUBMITTED,
        {
            "at": "2026-11-24T08:30:00Z",
            "what": "returned",
            "reason_code": "differs_from_document",
            "round": 1,
        },
    ],
    "bill": None,
    "is_undelivered": False,
}
REGISTERING: Example = {
    **REQUEST,
    "kind": "registration",
    "status": "submitted",
    "status_since": "2026-11-23T09:00:00Z",
    "closes_at": None,
    "problems": [],
    "timeline": [_SUBMITTED],
}
CHANGES: Example = {"requests": [_SHORT], "cursor": "e1207", "more": False}
DOCUMENT: Example = {
    "id": "d3f1c2a4b5e697880a1b2c3d4e5f6071",
    "kind": "employer_letter",
    "state": "ready",
    "pages": 1,
    "kept_until": "2026-12-23T09:00:00Z",
    "problems": [],
}
CARD: Example = {
    "registration_number": "20104567",
    "status": "active",
    "category": "nursing",
    "valid_from": "2024-12-24",
    "expires_on": "2026-12-24",
    "periods": [{"valid_from": "2024-12-24", "expires_on": "2026-12-24"}],
}
CHECKED: Example = {
    "cards": [
        {
            "state": "valid",
            "name_ar": "نورة صالح أحمد القحطاني",
            "name_en": "Noura Saleh Ahmed Alqahtani",
            "specialty": "Critical care nursing",
            "rank": "specialist",
            "valid_until": "2026-12-24",
            "not_valid_since": None,
        }
    ]
}
ELIGIBILITY: Example = {
    "on": "2026-11-23",
    "may_renew": True,
    "rules": [
        {
            "rule": "card_status",
            "holds": True,
            "is_condition": True,
            "sentence_ar": "البطاقة سارية.",
            "sentence_en": "The card is active.",
        }
    ],
}
PAYMENT: Example = {
    "bill": "MBL-1448-3000017",
    "amount": {"minor": 16000, "currency": "SAR"},
    "paid_on": "2026-11-25",
}
PAID: Example = {**_SHORT, "status": "paid", "closes_at": None}
NO_ROWS: Example = {
    "done": 0,
    "accepted": 0,
    "accepted_before": 0,
    "valid": 0,
    "refused": 0,
    "failed": 0,
}
JOB: Example = {
    "id": "5f0c6a1e9b7d4c3a8e2f1d0b6a5c4e3f",
    "kind": "profile_update",
    "check": False,
    "status": "done",
    "made_at": "2026-11-23T09:00:00Z",
    "done_at": "2026-11-23T09:00:02Z",
    "lines": 3,
    "rows": NO_ROWS | {"done": 2, "accepted": 1, "refused": 1},
}
_REFUSED_ROW: Example = {
    "line": 3,
    "outcome": "refused",
    "tracking_code": None,
    "problems": [
        {
            "code": "mobile_form",
            "field": "mobile",
            "sentence_ar": "رقم الجوال غير صحيح.",
            "sentence_en": "The mobile number is not right.",
        }
    ],
}
JOB_ROWS: Example = {
    "rows": [
        {"line": 2, "outcome": "accepted", "tracking_code": "K7Q2-M9XD", "problems": []},
        _REFUSED_ROW,
    ],
    "cursor": "l3",
    "more": False,
}
JOB_PROBLEMS: Example = {"rows": [_REFUSED_ROW], "cursor": "l3", "more": False}
SUBMISSION_FILE = "registration_number,mobile,confirmed_by_applicant\n20-104567,0551112233,yes\n"
