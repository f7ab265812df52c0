"""What can be wrong with what another system sends: a part of `rules.findings.catalogue`."""

from collections.abc import Mapping

API_CATALOGUE: Mapping[str, tuple[str, str]] = {
    "email_by_owner_alone": (
        "لا يغيّر البريد الإلكتروني إلا صاحبه من بوابة الممارسين، بعد تأكيد البريد الجديد برمز.",
        "Only its owner can change an e-mail address, in the portal.",
    ),
    "employer_not_of_system": (
        "لا يسجّل هذا النظام إلا منسوبي جهة العمل التي أُنشئ حسابه لها، ويُكتب اسمها كما هو في السجل.",
        (
            "This system registers people of its own employer alone. Write that employer's name "
            "as it is on file."
        ),
    ),
    "idempotency_key_header": (
        "يُرجى إرسال الترويسة Idempotency-Key: من 8 إلى 90 حرفًا لاتينيًا أو رقمًا أو رمزًا من . _ : -",
        (
            "Send the header Idempotency-Key: 8 to 90 Latin letters, digits or the characters "
            ". _ : -"
        ),
    ),
    "cursor_unknown": (
        "المؤشر غير معروف. يُرجى إرسال المؤشر كما ورد في الرد السابق.",
        "This cursor is not one of ours. Send the one of the last answer.",
    ),
    "file_too_long": (
        "عدد أسطر الملف أكبر من المسموح به، والحد الأقصى {limit}. يُرجى تقسيمه إلى ملفات.",
        "The file has too many lines. The limit is {limit}. Split it into several files.",
    ),
    "page_size_wrong": (
        "عدد العناصر من 1 إلى {limit}.",
        "A page has 1 to {limit} items.",
    ),
    "too_many_codes": (
        "يُقبل في المرة الواحدة {limit} من الرموز كحد أقصى.",
        "At most {limit} codes can be checked in one call.",
    ),
    "paid_too_little": (
        "المبلغ المسدد أقل من المطلوب بمقدار {difference:ar}، ولم يُسجَّل شيء.",
        "The payment is {difference:en} short. Nothing was recorded.",
    ),
    "paid_too_much": (
        "المبلغ المسدد أكثر من المطلوب بمقدار {difference:ar}، ولم يُسجَّل شيء.",
        "The payment is {difference:en} too much. Nothing was recorded.",
    ),
}
