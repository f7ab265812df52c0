"""What an officer can ask to have corrected: any field of a profile, or what is attached."""

from enum import StrEnum

from rules.register.fields import Field

#: By the names that `rules.register.fields.label_of` knows.
Correctable = StrEnum(  # type: ignore[misc]  # built from the fields, so that it cannot lag
    "Correctable",
    {
        **{field.name: field.value for field in Field},
        "CATEGORY": "category",
        "QUALIFICATION": "qualification",
        "CERTIFICATES": "certificates",
        "EXPERIENCE": "experience",
        "DOCUMENTS": "documents",
    },
)
