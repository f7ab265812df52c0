"""What is said of first registrations, beside what is said of all requests."""

from collections.abc import Mapping

REGISTRATION_CATALOGUE: Mapping[str, tuple[str, str]] = {
    # For officers alone: whose numbers are registered is nobody else's business.
    "registered_before": (
        "سبق تسجيل صاحب رقم الهوية، ولم تعد بطاقته قابلة للتجديد. يُستعمل سجله السابق.",
        (
            "The holder of this identity number was registered before, with a card that can no "
            "longer be renewed. Their earlier record is used again."
        ),
    ),
    "same_person_on_file": (
        "في السجل ممارس بالاسم نفسه وتاريخ الميلاد نفسه.",
        "A practitioner on the register has the same name and date of birth.",
    ),
    "same_person_wanted": (
        "طلب تسجيل مفتوح آخر يذكر الاسم نفسه وتاريخ الميلاد نفسه.",
        "Another open registration gives the same name and date of birth.",
    ),
    "category_unknown": (
        "الفئة غير معروفة. يُرجى اختيار إحدى الفئات المعروضة.",
        "This category is not known. Choose one of those offered.",
    ),
    "qualification_missing": (
        "يُرجى إرفاق ما يثبت المؤهل.",
        "Attach the document that proves the qualification.",
    ),
    "qualification_expired": (
        "انتهت صلاحية مستند المؤهل. يُرجى إرفاق مستند ساري المفعول.",
        "The document of the qualification has expired. Attach one that is valid.",
    ),
}
