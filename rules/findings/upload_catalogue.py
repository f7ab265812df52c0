"""What can be wrong with an uploaded document: a part of `rules.findings.catalogue`.

Each says what is wrong and how to put it right.
"""

from collections.abc import Mapping

UPLOAD_CATALOGUE: Mapping[str, tuple[str, str]] = {
    # The file
    "file_empty": (
        "الملف فارغ. يُرجى اختيار ملف آخر.",
        "The file is empty. Choose another one.",
    ),
    "file_too_big": (
        "حجم الملف أكبر من المسموح به، والحد الأقصى {limit:ar}. يُرجى رفع نسخة أصغر.",
        "The file is too big. The limit is {limit:en}. Upload a smaller copy.",
    ),
    # However close they are, the two are said as different numbers: see `SizeOfFile`.
    "file_too_big_by": (
        "حجم الملف {size:ar}، والحد الأقصى {limit:ar}. يُرجى رفع نسخة أصغر.",
        "The file is {size:en}; the limit is {limit:en}. Upload a smaller copy.",
    ),
    "file_cut_off": (
        "انقطع الاتصال قبل وصول الملف كاملًا. يُرجى رفعه من جديد.",
        "The connection was lost before the whole file arrived. Upload it again.",
    ),
    "file_wrong_type": (
        "نوع الملف غير مقبول. يُرجى رفعه بصيغة PDF أو JPEG.",
        "This type of file is not accepted. Upload a PDF or a JPEG.",
    ),
    "file_two_types": (
        "يحمل الملف أكثر من صيغة. يُرجى حفظه بصيغة PDF من جديد ورفعه.",
        "The file is of two types. Save it as a PDF again and upload that.",
    ),
    "file_protected": (
        "الملف محمي بكلمة مرور. يُرجى رفع نسخة دون كلمة مرور.",
        "The file is protected by a password. Upload a copy without one.",
    ),
    "file_damaged": (
        "الملف تالف أو غير مكتمل. يُرجى رفع نسخة سليمة.",
        "The file is damaged or incomplete. Upload a sound copy.",
    ),
    "file_too_many_pages": (
        "عدد صفحات الملف {pages}، والحد الأقصى {limit_pages}. يُرجى رفع الصفحات المطلوبة وحدها.",
        "The file has {pages} pages; the limit is {limit_pages}. Upload only the pages needed.",
    ),
    "file_too_large_a_picture": (
        "أبعاد الصورة أكبر من المسموح به. يُرجى رفع صورة أصغر.",
        "The picture has too many pixels. Upload a smaller one.",
    ),
    "file_too_costly": (
        "تعذّر عرض الملف لتعقيده. يُرجى طباعته بصيغة PDF من جديد ورفعه.",
        "The file is too complex to be shown. Print it to a new PDF and upload that.",
    ),
    # Sending it
    "document_kind_not_accepted": (
        "لا تُستلم نسخة من هذا المستند. يكفي إدخال بياناته.",
        "A copy of this document is not accepted. Its details are enough.",
    ),
    "too_many_uploads": (
        "بلغ عدد الملفات المرفوعة خلال 24 ساعة الحد الأقصى ({limit}). يُرجى المحاولة لاحقًا.",
        "You have uploaded {limit} files within 24 hours, which is the limit. Try again later.",
    ),
    "document_in_hand": (
        "يُراجَع طلب يتضمن هذا الملف، ولا يمكن تغييره الآن.",
        "A request with this file is being reviewed. It cannot be replaced now.",
    ),
    "document_named": (
        "يتضمن طلب مقدَّم هذا الملف، فلا يُحذف إلا بعد انتهاء الحاجة إليه.",
        "A request includes this file. It is deleted when it is no longer needed.",
    ),
    "document_kind_unknown": (
        "نوع المستند غير معروف. يُرجى اختيار نوع من القائمة.",
        "This kind of document is not known. Choose one from the list.",
    ),
    "document_replaced_already": (
        "رُفع ملف آخر بدلًا من هذا الملف. يُرجى فتح الصفحة من جديد لعرض الملف الحالي.",
        "Another file has taken the place of this one. Open the page again to see it.",
    ),
    # Naming it in a submission
    "document_file_missing": (
        "يُرجى رفع ملف هذا المستند.",
        "Upload the file of this document.",
    ),
    "document_unknown": (
        "لا يوجد بين ملفاتك المرفوعة ملف بهذا الرقم. يُرجى رفع الملف من جديد.",
        "None of the files you uploaded has this number. Upload the file again.",
    ),
    "document_of_another_kind": (
        "رُفع هذا الملف على أنه مستند من نوع آخر. يُرجى رفعه تحت النوع الصحيح.",
        "This file was uploaded as another kind of document. Upload it as this kind.",
    ),
    "document_being_checked": (
        "ما زال فحص هذا الملف جاريًا. يُرجى إعادة المحاولة بعد قليل.",
        "This file is still being checked. Try again in a few minutes.",
    ),
    "document_suspect": (
        "أظهر الفحص أن هذا الملف قد يكون ضارًا، فحُذف. يُرجى رفع نسخة سليمة من المستند.",
        "The virus scan found something in this file, so it was deleted. Upload a clean copy.",
    ),
    "document_unreadable": (
        "تعذّر عرض هذا الملف. يُرجى رفع نسخة أخرى واضحة منه.",
        "This file cannot be shown. Upload another copy.",
    ),
    "document_gone": (
        "لم يعد هذا الملف محفوظًا. يُرجى رفعه من جديد.",
        "This file is not kept any more. Upload it again.",
    ),
    # For officers alone
    "document_of_another_person": (
        "ورد الملف نفسه في طلب ممارس آخر.",
        "The same file was sent by another practitioner.",
    ),
    "document_not_read": (
        "لم يُدوَّن بعد ما ورد في هذا الملف.",
        "Nobody has noted yet what this document says.",
    ),
    "document_read_as_unreadable": (
        "دوّن الموظف المختص أن هذا الملف غير مقروء.",
        "An officer has noted that this document cannot be read.",
    ),
    "document_not_scanned": (
        "لم يُفحص الملف من الفيروسات: لا يوجد برنامج فحص مُعدّ.",
        "The file was not scanned for viruses: no scanner is set up.",
    ),
}
