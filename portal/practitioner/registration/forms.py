"""The forms of a registration: one for each group of fields, a certificate, and a document."""

from collections.abc import Sequence
from functools import cache

from portal.forms.fields import BoxKind, Form, FormField, Option
from portal.practitioner.renewal.rows import form_of as document_form
from portal.practitioner.update.forms import form_of as update_form
from portal.web.sentences import said
from rules.register.card import Category
from rules.register.fields import Field
from rules.registration.drafted import (
    CATEGORY,
    CERTIFICATE_FIELDS,
    Chapter,
    is_certificate,
)
from rules.requests.drafted_documents import kind_of_part


@cache
def _categories() -> Sequence[Option]:
    return tuple(Option(each, said(f"category.{each}")) for each in Category)


def form_of(part: str) -> Form:
    """The form of this part's page; raises ValueError for what is no part."""
    if (kind := kind_of_part(part)) is not None:
        return document_form(kind)
    if is_certificate(part):
        return update_form("certificate-1").only(CERTIFICATE_FIELDS)
    return Form(_FIELDS[Chapter(part)])


def _of_update(part: str) -> tuple[FormField, ...]:
    """The fields as the pages for practitioners ask for them."""
    return update_form(part).fields


_IDENTITY = {field.name: field for field in _of_update("identity")}
_CONTACT = {field.name: field for field in _of_update("contact")}
_FIELDS = {
    Chapter.PERSON: (*_of_update("names"), _IDENTITY[Field.BIRTH_DATE]),
    Chapter.IDENTITY: tuple(field for name, field in _IDENTITY.items() if name != Field.BIRTH_DATE),
    Chapter.CONTACT: (_CONTACT[Field.MOBILE], _CONTACT[Field.ADDRESS]),
    Chapter.QUALIFICATION: (
        FormField(name="title"),
        FormField(name="issuer"),
        FormField(name="issued_on", kind=BoxKind.DATE, has_hint=True),
    ),
    Chapter.PROFESSIONAL: (
        FormField(name=CATEGORY, kind=BoxKind.CHOICE, options=_categories),
        *_of_update("professional"),
    ),
    Chapter.EMPLOYER: _of_update("employer"),
}
