"""What people read of an uploaded document: where it stands, and until when it is kept."""

from collections.abc import Mapping

from rules.documents.retention import EndRule
from rules.documents.states import DocumentState
from rules.findings.both_languages import InBoth
from rules.policy.documents import KindRetention

STATES: Mapping[DocumentState, InBoth] = {
    DocumentState.RECEIVED: InBoth(
        "تم استلام الملف، ولم يبدأ فحصه بعد.",
        "Received. It has not been checked yet.",
    ),
    DocumentState.UNSCANNED: InBoth(
        "تم استلام الملف، ولم تُعرف نتيجة فحصه من الفيروسات بعد.",
        "Received. The result of the virus scan is not known yet.",
    ),
    DocumentState.CLEAN: InBoth(
        "اجتاز الملف فحص الفيروسات، ويجري إعداد صفحاته للعرض.",
        "Scanned for viruses. Its pages are being prepared.",
    ),
    DocumentState.READY: InBoth(
        "الملف جاهز.",
        "Ready.",
    ),
    DocumentState.SUSPECT: InBoth(
        "أظهر الفحص أن الملف قد يكون ضارًا، فحُذف.",
        "The virus scan found something in it, so it was deleted.",
    ),
    DocumentState.UNREADABLE: InBoth(
        "تعذّر عرض الملف، فحُذف.",
        "It cannot be shown, so it was deleted.",
    ),
    DocumentState.REPLACED: InBoth(
        "رُفع ملف آخر بدلًا منه.",
        "Another file has taken its place.",
    ),
    DocumentState.DESTROYED: InBoth(
        "حُذف الملف نهائيًا.",
        "Its content has been destroyed.",
    ),
}

#: Its day has come, though nobody has destroyed it yet.
GONE = InBoth("لم يعد هذا الملف متاحًا.", "It is not shown any more: its time has ended.")
#: Policy takes particulars alone.
NO_FILE = InBoth("ذُكرت بياناته دون ملف.", "Details only, without a file.")

#: By what the scanner said; see `documents.scanning`.
SCANS: Mapping[str, InBoth] = {
    "clean": InBoth("لم يُعثر على شيء.", "Nothing was found."),
    "found": InBoth("عُثر على ما قد يكون ضارًا.", "Something was found."),
    "no_scanner": InBoth(
        "لم يُفحص الملف من الفيروسات: لا يوجد برنامج فحص مُعدّ.",
        "Not scanned: no scanner is set up.",
    ),
    "away": InBoth("تعذّر الوصول إلى برنامج الفحص.", "The scanner could not be reached."),
    "slow": InBoth("لم يرد برنامج الفحص في الوقت المحدد.", "The scanner did not answer in time."),
    "not_looked": InBoth(
        "أفاد برنامج الفحص بتعذّر فحص الملف.",
        "The scanner says that it could not look at the file.",
    ),
    "nonsense": InBoth("تعذّر فهم رد برنامج الفحص.", "The scanner's answer was not understood."),
}

#: What an officer is told of a file that can be shown; see `documents.faults.Note`.
NOTES: Mapping[str, InBoth] = {
    "has_scripts": InBoth(
        "في الملف أوامر برمجية تعمل عند فتحه، ولا تعمل في صور صفحاته.",
        "The file would run a script when opened. The pictures of its pages do not.",
    ),
    "has_attachments": InBoth(
        "في الملف مرفقات لم يُطّلع عليها.",
        "The file carries other files, which nobody has looked at.",
    ),
}

#: Why a document ends, or has ended.
ENDS: Mapping[EndRule, InBoth] = {
    EndRule.UNUSED: InBoth("لا يتضمنه أي طلب.", "No request uses it."),
    EndRule.REPLACED: InBoth("رُفع ملف آخر بدلًا منه.", "Another file has taken its place."),
    EndRule.DECIDED: InBoth(
        "تم البتّ في الطلب الذي يتضمنه.",
        "The request that uses it has been decided.",
    ),
    EndRule.KEPT_LONG_ENOUGH: InBoth(
        "يُحفظ مدة محددة بعد انتهاء الطلب الذي يتضمنه.",
        "It is kept for a set time after the request that uses it has ended.",
    ),
    EndRule.SUSPECT: InBoth(
        "أظهر الفحص أنه قد يكون ضارًا.",
        "The virus scan found something in it.",
    ),
    EndRule.UNREADABLE: InBoth("تعذّر عرضه.", "It cannot be shown."),
    EndRule.TAKEN_BACK: InBoth("حذفه صاحبه.", "Its owner took it back."),
    EndRule.ORDERED: InBoth("حُذف بقرار من فريق التشغيل.", "Operations had it destroyed."),
}

_UNTIL_DECIDED = InBoth(
    "إلى حين البتّ في الطلب الذي يتضمنه.",
    "Until the request that uses it has been decided.",
)


def kept_until(retention: KindRetention) -> InBoth:
    """How long a document of this kind is kept, where nobody knows the day yet."""
    if retention.days is None:
        return _UNTIL_DECIDED
    return InBoth(
        f"إلى أن تمضي المدة المحددة على انتهاء الطلب الذي يتضمنه (عدد الأيام: {retention.days}).",
        f"Until {retention.days} days after the request that uses it has ended.",
    )
