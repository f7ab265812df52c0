"""What a document is."""

from enum import StrEnum


class DocumentKind(StrEnum):
    """What a document is."""

    EMPLOYER_LETTER = "employer_letter"
    RESIDENCE_CARD = "residence_card"
    MEDICAL_REPORT = "medical_report"
    IDENTITY = "identity"
    QUALIFICATION = "qualification"
    #: Basic or advanced life support (DOMAIN.md 1.2 [7]).
    LIFE_SUPPORT = "life_support"
    #: DOMAIN.md 1.2 [8][9].
    MALPRACTICE_INSURANCE = "malpractice_insurance"
    OTHER = "other"
