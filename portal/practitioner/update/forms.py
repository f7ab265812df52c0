"""The forms of a profile update: one for each group of fields, and for each entry that is added."""

from collections.abc import Mapping, Sequence
from functools import cache

from babel import Locale

from portal.forms.fields import BoxKind, Form, FormField, Option
from portal.web.sentences import said
from rules.findings.both_languages import InBoth
from rules.profile_update.drafted import FIELDS, Entry, Section, entry_of
from rules.register.fields import ARABIC_NAMES, ENGLISH_NAMES, MAY_BE_EMPTY, Field
from rules.requests.field_values import COUNTRIES
from rules.values.document_kind import DocumentKind
from rules.values.identity_number import GULF_STATES, SAUDI, IdentityKind


@cache
def _countries() -> Sequence[Option]:
    """This country first, then its neighbours, then all others by their English names."""
    arabic, english = Locale("ar").territories, Locale("en").territories
    near = (SAUDI, *sorted(GULF_STATES))
    far = sorted(COUNTRIES - set(near), key=lambda code: english[code])
    return tuple(Option(code, InBoth(arabic[code], english[code])) for code in (*near, *far))


@cache
def _identity_kinds() -> Sequence[Option]:
    return tuple(Option(kind, said(f"identity_kind.{kind}")) for kind in IdentityKind)


@cache
def document_kinds() -> Sequence[Option]:
    """What a document can be."""
    return tuple(Option(kind, said(f"document_kind.{kind}")) for kind in DocumentKind)


_DAY = BoxKind.DATE
_GROUPS = {
    Field.MOBILE: FormField(
        name=Field.MOBILE, kind=BoxKind.TELEPHONE, has_hint=True, autocomplete="tel"
    ),
    Field.EMAIL: FormField(
        name=Field.EMAIL, kind=BoxKind.EMAIL, has_hint=True, autocomplete="email"
    ),
    Field.ADDRESS: FormField(name=Field.ADDRESS, has_hint=True, autocomplete="street-address"),
    Field.IDENTITY_NUMBER: FormField(
        name=Field.IDENTITY_NUMBER, kind=BoxKind.NUMBER, has_hint=True
    ),
    Field.IDENTITY_KIND: FormField(
        name=Field.IDENTITY_KIND, kind=BoxKind.CHOICE, options=_identity_kinds
    ),
    Field.NATIONALITY: FormField(name=Field.NATIONALITY, kind=BoxKind.CHOICE, options=_countries),
    Field.BIRTH_DATE: FormField(name=Field.BIRTH_DATE, kind=_DAY, has_hint=True),
    Field.EMPLOYER: FormField(name=Field.EMPLOYER, autocomplete="organization"),
    Field.SPECIALTY: FormField(name=Field.SPECIALTY),
    Field.RANK: FormField(name=Field.RANK),
    **{
        name: FormField(name=name, optional=name in MAY_BE_EMPTY)
        for name in (*ARABIC_NAMES, *ENGLISH_NAMES)
    },
}
_SECTIONS: Mapping[Section, Form] = {
    section: Form(tuple(_GROUPS[Field(name)] for name in names))
    for section, names in FIELDS.items()
}
_ENTRIES: Mapping[Entry, Form] = {
    Entry.CERTIFICATE: Form(
        (
            FormField(name="title"),
            FormField(name="issuer"),
            FormField(name="issued_on", kind=_DAY, has_hint=True),
            FormField(name="cpd_hours", kind=BoxKind.NUMBER, has_hint=True),
            FormField(name="activity_code", kind=BoxKind.NUMBER, has_hint=True, optional=True),
        )
    ),
    Entry.EXPERIENCE: Form(
        (
            FormField(name="employer"),
            FormField(name="role"),
            FormField(name="started_on", kind=_DAY, has_hint=True),
            FormField(name="ended_on", kind=_DAY, optional=True),
            FormField(name="cpd_hours", kind=BoxKind.NUMBER, has_hint=True),
        )
    ),
    Entry.DOCUMENT: Form(
        (
            FormField(name="kind", kind=BoxKind.CHOICE, options=document_kinds),
            FormField(name="issuer"),
            FormField(name="issued_on", kind=_DAY, has_hint=True),
            FormField(name="expires_on", kind=_DAY, optional=True),
        )
    ),
}


def form_of(part: str) -> Form:
    """The form of this part's page; raises ValueError for what is no part."""
    entry = entry_of(part)
    return _SECTIONS[Section(part)] if entry is None else _ENTRIES[entry]
