"""The data about a practitioner that a request may change: names, groups and labels."""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum

from rules.findings.both_languages import InBoth


class Group(StrEnum):
    """What policy speaks of when it says who must decide and which documents are needed."""

    #: Mobile, e-mail and address: the applicant's own confirmation is enough.
    CONTACT = "contact"
    #: The four name parts in Arabic and English.
    NAMES = "names"
    #: Identity kind, nationality and birth date.
    IDENTITY = "identity"
    #: The identity number alone: another number is nearly another person.
    IDENTITY_NUMBER = "identity_number"
    #: Where the practitioner works.
    EMPLOYER = "employer"
    #: Specialty and rank.
    PROFESSIONAL = "professional"
    #: Certificates that the request adds.
    CERTIFICATES = "certificates"
    #: Experience that the request adds.
    EXPERIENCE = "experience"


class Field(StrEnum):
    """One datum on file that a request may change. The value is its name in every format."""

    FIRST_NAME_AR = "first_name_ar"
    FATHER_NAME_AR = "father_name_ar"
    GRANDFATHER_NAME_AR = "grandfather_name_ar"
    FAMILY_NAME_AR = "family_name_ar"
    FIRST_NAME_EN = "first_name_en"
    FATHER_NAME_EN = "father_name_en"
    GRANDFATHER_NAME_EN = "grandfather_name_en"
    FAMILY_NAME_EN = "family_name_en"
    IDENTITY_NUMBER = "identity_number"
    IDENTITY_KIND = "identity_kind"
    NATIONALITY = "nationality"
    BIRTH_DATE = "birth_date"
    MOBILE = "mobile"
    EMAIL = "email"
    ADDRESS = "address"
    EMPLOYER = "employer"
    SPECIALTY = "specialty"
    RANK = "rank"

    @property
    def group(self) -> Group:
        """The group that policy speaks of."""
        return _GROUP_OF.get(self, Group.NAMES)

    @property
    def label(self) -> InBoth:
        """What people call the field."""
        return InBoth(*_LABELS[self.value])


_GROUP_OF: Mapping[Field, Group] = {
    Field.IDENTITY_NUMBER: Group.IDENTITY_NUMBER,
    Field.IDENTITY_KIND: Group.IDENTITY,
    Field.NATIONALITY: Group.IDENTITY,
    Field.BIRTH_DATE: Group.IDENTITY,
    Field.MOBILE: Group.CONTACT,
    Field.EMAIL: Group.CONTACT,
    Field.ADDRESS: Group.CONTACT,
    Field.EMPLOYER: Group.EMPLOYER,
    Field.SPECIALTY: Group.PROFESSIONAL,
    Field.RANK: Group.PROFESSIONAL,
}

#: The four parts of a name, in the order in which they are said.
ARABIC_NAMES = tuple(field for field in Field if field.endswith("_name_ar"))
ENGLISH_NAMES = tuple(field for field in Field if field.endswith("_name_en"))
NAMES = frozenset((*ARABIC_NAMES, *ENGLISH_NAMES))
#: A passport may have no father's, grandfather's or family name; many people have one name only,
#: which stands in the first name. See `rules.register.names`.
MAY_BE_EMPTY = NAMES - {Field.FIRST_NAME_AR, Field.FIRST_NAME_EN}

_LABELS: Mapping[str, tuple[str, str]] = {
    "first_name_ar": ("الاسم الأول بالعربية", "First name in Arabic"),
    "father_name_ar": ("اسم الأب بالعربية", "Father's name in Arabic"),
    "grandfather_name_ar": ("اسم الجد بالعربية", "Grandfather's name in Arabic"),
    "family_name_ar": ("اسم العائلة بالعربية", "Family name in Arabic"),
    "first_name_en": ("الاسم الأول بالإنجليزية", "First name in English"),
    "father_name_en": ("اسم الأب بالإنجليزية", "Father's name in English"),
    "grandfather_name_en": ("اسم الجد بالإنجليزية", "Grandfather's name in English"),
    "family_name_en": ("اسم العائلة بالإنجليزية", "Family name in English"),
    "identity_number": ("رقم الهوية أو الإقامة", "Identity or residence number"),
    "identity_kind": ("نوع الهوية", "Kind of identity"),
    "nationality": ("الجنسية", "Nationality"),
    "birth_date": ("تاريخ الميلاد", "Date of birth"),
    "mobile": ("رقم الجوال", "Mobile number"),
    "email": ("البريد الإلكتروني", "E-mail address"),
    "address": ("العنوان الوطني", "National address"),
    "employer": ("جهة العمل", "Employer"),
    "specialty": ("التخصص", "Specialty"),
    "rank": ("الدرجة المهنية", "Professional rank"),
    "registration_number": ("رقم التسجيل المهني", "Registration number"),
    "changes": ("البيانات المطلوب تحديثها", "Details to update"),
    "certificates": ("الشهادات", "Certificates"),
    "experience": ("الخبرات", "Experience"),
    "documents": ("المستندات", "Documents"),
    "confirmed_by_applicant": ("إقرار مقدم الطلب", "Applicant's confirmation"),
    "idempotency_key": ("مفتاح عدم التكرار", "Idempotency key"),
    "category": ("فئة البطاقة", "Card category"),
    "qualification": ("المؤهل", "Qualification"),
    "qualification.title": ("اسم المؤهل", "Name of the qualification"),
    "qualification.issuer": ("الجهة المانحة للمؤهل", "Awarded by"),
    "qualification.issued_on": ("تاريخ المؤهل", "Date of the qualification"),
    "preferred_language": ("لغة الرسائل", "Language of e-mails"),
    "title": ("اسم الشهادة", "Title"),
    "issuer": ("جهة الإصدار", "Issuer"),
    "issued_on": ("تاريخ الإصدار", "Date of issue"),
    "expires_on": ("تاريخ الانتهاء", "Date of expiry"),
    "cpd_hours": ("ساعات التطوير المهني", "CPD hours"),
    "activity_code": ("رمز النشاط", "Activity code"),
    "role": ("المسمى الوظيفي", "Role"),
    "started_on": ("تاريخ البداية", "Start date"),
    "ended_on": ("تاريخ النهاية", "End date"),
    "kind": ("نوع المستند", "Kind of document"),
    "sha256": ("بصمة الملف", "File digest"),
    "size_bytes": ("حجم الملف", "File size"),
    "media_type": ("نوع الملف", "File type"),
    "id": ("الملف", "File"),
}
#: One of several, said before its number.
_ENTRY_LABELS: Mapping[str, tuple[str, str]] = {
    "certificates": ("الشهادة", "Certificate"),
    "experience": ("الخبرة", "Experience"),
    "documents": ("المستند", "Document"),
}
_ENTRY = re.compile(r"([a-z_]+)[.\[]([0-9]+)\]?(?:\.([a-z_]+))?")


def full_name(parts: Iterable[str]) -> str:
    """The name that these parts make; a part that the person has not is empty."""
    return " ".join(filter(None, parts))


def groups_of(fields: Iterable[Field]) -> frozenset[Group]:
    """The groups that these fields belong to."""
    return frozenset(field.group for field in fields)


def label_of(path: str, language: str) -> str:
    """What a problem's ``field`` is called, for people; entries count from 1.

    ``certificates[0].title`` and ``certificates.0.title`` are "Certificate 1: Title". ``language``
    is ``ar`` or ``en``. A path that names nothing known is returned as it is.
    """
    entry = _ENTRY.fullmatch(path)
    if entry is None:
        return _label(path, language)
    name, index, part = entry.groups()
    label = f"{_label(name, language, _ENTRY_LABELS)} {int(index) + 1}"
    return f"{label}: {_label(part, language)}" if part else label


def _label(name: str, language: str, first: Mapping[str, tuple[str, str]] = _LABELS) -> str:
    labels = first.get(name) or _LABELS.get(name)
    if labels is None:
        return name
    return InBoth(*labels).in_(language)
