"""Every problem's two sentences: what is wrong and what to do, in Arabic and in English.

A date in digits stands inside isolates in Arabic, where its parts would change places. Facts in
braces are the rule's numbers; a limit of bytes is a `rules.values.sizes.Size`. Arabic
sentences are worded so that no counted noun has to agree with a number that policy may change
(years of age are, from 11 to 99).
"""

from collections.abc import Mapping

from rules.findings.api_catalogue import API_CATALOGUE
from rules.findings.file_catalogue import FILE_CATALOGUE
from rules.findings.registration_catalogue import REGISTRATION_CATALOGUE
from rules.findings.upload_catalogue import UPLOAD_CATALOGUE

CATALOGUE: Mapping[str, tuple[str, str]] = {
    # Any text
    "empty": ("هذا الحقل مطلوب.", "This field is required."),
    "too_long": (
        "النص أطول من المسموح به. الحد الأقصى لعدد الأحرف: {limit}.",
        "The text is too long. Use {limit} characters or fewer.",
    ),
    "hidden_characters": (
        "يحتوي النص على رمز غير مرئي (U+{character:04X}). يُرجى كتابته من جديد بدلًا من نسخه.",
        (
            "The text contains an invisible character (U+{character:04X}). "
            "Type it again instead of pasting it."
        ),
    ),
    "markup_characters": (
        "لا يُسمح بالرمزين < و >.",
        "The characters < and > are not allowed.",
    ),
    "arabic_letters_only": (
        "يُرجى كتابة الاسم بالحروف العربية، ويُسمح بالمسافة والشرطة بينها.",
        "Write the name in Arabic letters. Spaces and hyphens between them are allowed.",
    ),
    "latin_letters_only": (
        "يُرجى كتابة الاسم بالحروف اللاتينية، ويُسمح بالمسافة والشرطة والنقطة والفاصلة العليا.",
        "Write the name in Latin letters. Spaces, hyphens, full stops and apostrophes are allowed.",
    ),
    "family_name_in_one_language": (
        "يُرجى كتابة اسم العائلة باللغتين، أو تركه فارغًا فيهما لمن ليس له اسم عائلة.",
        "Give the family name in both languages, or in neither if the person has none.",
    ),
    # Who asks
    "registration_number_form": (
        "رقم التسجيل المهني غير صحيح. يُرجى كتابته كما هو مطبوع على البطاقة، بالشرطة أو بدونها.",
        (
            "This is not a registration number. Type it as printed on the card, "
            "with or without the dash."
        ),
    ),
    "registration_number_of_another": (
        "رقم التسجيل المهني لا يخص هذا الملف.",
        "The registration number does not belong to this profile.",
    ),
    "idempotency_key_form": (
        "يتكوّن مفتاح عدم التكرار من 8 إلى 128 حرفًا لاتينيًا أو رقمًا أو رمزًا من . _ : -",
        "The idempotency key must be 8 to 128 Latin letters, digits or the characters . _ : -",
    ),
    "not_confirmed": (
        "يُرجى مراجعة البيانات والإقرار بصحتها قبل الإرسال.",
        "Check the details and confirm that they are correct before you submit them.",
    ),
    "nothing_changed": (
        "لم تُجرِ أي تغيير: البيانات المدخلة مطابقة للبيانات المسجّلة.",
        "There is nothing to update: these details are the same as those on file.",
    ),
    # Identity
    "identity_number_form": (
        "يتكوّن رقم الهوية أو الإقامة من 10 أرقام.",
        "An identity or residence number has 10 digits.",
    ),
    "identity_number_first_digit": (
        "يبدأ رقم الهوية الوطنية بالرقم 1 ورقم الإقامة بالرقم 2.",
        "A national identity number begins with 1 and a residence number with 2.",
    ),
    "identity_number_check_digit": (
        "رقم الهوية أو الإقامة غير صحيح. يُرجى مراجعة الأرقام رقمًا رقمًا.",
        "The identity or residence number is not correct. Check it digit by digit.",
    ),
    # For officers alone: whose numbers are registered is nobody else's business.
    "identity_number_held": (
        "رقم الهوية مسجّل لممارس آخر. لا يسري الطلب قبل تصحيح سجل أحدهما.",
        (
            "Another practitioner has this identity number. The request cannot take effect until "
            "one of the two records is corrected."
        ),
    ),
    "identity_number_wanted": (
        "طلب مفتوح لممارس آخر يذكر رقم الهوية نفسه.",
        "Another practitioner's open request gives the same identity number.",
    ),
    "identity_kind_unknown": (
        (
            "يجب أن يكون نوع الهوية هوية وطنية (national_id) أو إقامة (iqama) "
            "أو هوية مواطني دول مجلس التعاون (gcc_id)."
        ),
        "The kind of identity must be national_id, iqama or gcc_id.",
    ),
    "identity_kind_disagrees": (
        "نوع الهوية لا يطابق رقمها: يبدأ رقم الهوية الوطنية بالرقم 1 ورقم الإقامة بالرقم 2.",
        (
            "The kind of identity does not match the number: a national identity "
            "number begins with 1 and a residence number with 2."
        ),
    ),
    "nationality_unknown": (
        "يجب أن تكون الجنسية رمز دولة من حرفين، مثل SA.",
        "The nationality must be a two-letter country code, such as SA.",
    ),
    "nationality_disagrees": (
        (
            "الجنسية لا تطابق نوع الهوية: الهوية الوطنية للسعوديين، وهوية دول مجلس التعاون "
            "(gcc_id) لمواطنيها، والإقامة لغيرهم."
        ),
        (
            "The nationality does not match the kind of identity: national_id is for Saudis, "
            "gcc_id for citizens of AE, BH, KW, OM and QA, and iqama for everyone else."
        ),
    ),
    "age_out_of_range": (
        "تاريخ الميلاد غير مقبول: يجب أن يكون العمر بالسنوات بين {minimum} و{maximum}.",
        "The date of birth is not accepted: the age must be between {minimum} and {maximum}.",
    ),
    "official_record_missing": (
        "لم يُعثر على رقم الهوية في السجل الرسمي.",
        "The identity number is not in the official register.",
    ),
    # For officers
    "official_record_spelling": (
        "يختلف رسم هذا الاسم عن رسمه في السجل الرسمي.",
        "The official record spells this name differently.",
    ),
    "official_record_hijri_day": (
        (
            "يختلف تاريخ الميلاد عن السجل الرسمي بيوم واحد، "
            "وقد يكون السبب اختلاف جداول التقويم الهجري."
        ),
        (
            "The date of birth is one day away from the official record; "
            "tables of the Hijri calendar differ by a day."
        ),
    ),
    "official_record_differs": (
        "هذا الحقل لا يطابق السجل الرسمي.",
        "This field does not match the official record.",
    ),
    # Dates
    "date_form": (
        "يُرجى كتابة التاريخ بالترتيب سنة-شهر-يوم، هجريًا أو ميلاديًا، مثل \u20661447-09-01\u2069.",
        "Write the date as year-month-day, Hijri or Gregorian, such as 2026-03-01.",
    ),
    "date_in_boxes": (
        "يُرجى إدخال اليوم والشهر والسنة، مثل 17 أبريل 1988، أو 1 رمضان 1408 بالتقويم الهجري.",
        "Enter a day, a month and a year, such as 17 April 1988, or 1 Ramadan 1408 in Hijri.",
    ),
    "date_ambiguous": (
        (
            "قد يُقرأ هذا التاريخ بطريقتين: اليوم أولًا أو الشهر أولًا. "
            "يُرجى كتابته بالترتيب سنة-شهر-يوم، مثل \u20662026-03-01\u2069."
        ),
        (
            "This date can be read day first or month first. "
            "Write it as year-month-day, such as 2026-03-01."
        ),
    ),
    "date_impossible": (
        "هذا التاريخ غير موجود في التقويم.",
        "There is no such date in the calendar.",
    ),
    "date_out_of_range": (
        "السنة خارج المدى: من 1343 إلى 1500 هجريًا، أو من 1900 إلى 2077 ميلاديًا.",
        "The year is out of range: 1343 to 1500 Hijri, or 1900 to 2077 Gregorian.",
    ),
    "date_in_future": (
        "هذا التاريخ في المستقبل.",
        "This date is in the future.",
    ),
    # Contact
    "contact_disputed": (
        "تراجع صاحب البريد السابق عن تغيير في بيانات التواصل قبل مدة قصيرة.",
        "A recent change of contact details was undone from the previous e-mail address.",
    ),
    "mobile_form": (
        "رقم الجوال غير صحيح. يُرجى كتابته بالصيغة 05XXXXXXXX.",
        "This is not a mobile number. Write it like 05XXXXXXXX.",
    ),
    "mobile_country": (
        "رقم الجوال من دولة غير مقبولة.",
        "Mobile numbers from this country are not accepted.",
    ),
    "email_form": (
        "البريد الإلكتروني غير صحيح.",
        "This is not an e-mail address.",
    ),
    "email_non_ascii": (
        "يُرجى كتابة ما قبل الرمز @ بالحروف اللاتينية.",
        "Write the part before the @ in Latin letters.",
    ),
    "email_not_confirmed": (
        "لم يُؤكَّد هذا البريد الإلكتروني بعد. يُرجى إدخال الرمز المرسل إليه.",
        "This address is not confirmed yet. Enter the code that we e-mail to it.",
    ),
    # Certificates and experience
    "too_many": (
        "العدد أكبر من المسموح به. الحد الأقصى: {limit}.",
        "There are too many. The maximum is {limit}.",
    ),
    "cpd_hours_form": (
        "يجب أن تكون الساعات صفرًا أو أكثر، بخانتين عشريتين على الأكثر.",
        "Hours must be 0 or more, with two decimal places at most.",
    ),
    "cpd_hours_too_many": (
        "عدد الساعات أكثر مما يُحتسب لنشاط واحد. الحد الأقصى: {limit}.",
        "One activity can count for {limit} hours at most.",
    ),
    "entered_twice": (
        "هذا النشاط مكرر في الطلب، ويُحتسب كل نشاط مرة واحدة.",
        "This activity is in the request twice. Each activity counts once.",
    ),
    "ended_before_started": (
        "تاريخ النهاية قبل تاريخ البداية.",
        "The end date is before the start date.",
    ),
    # Documents
    "document_digest_form": (
        "تتكوّن بصمة الملف (SHA-256) من 64 خانة ست عشرية.",
        "The file digest (SHA-256) must be 64 hexadecimal digits.",
    ),
    "document_size": (
        "يجب ألا يكون الملف فارغًا، وألا يتجاوز حجمه {limit:ar}.",
        "The file must not be empty and must be {limit:en} or smaller.",
    ),
    "document_media_type": (
        "نوع الملف غير مقبول.",
        "This type of file is not accepted.",
    ),
    "expires_before_issue": (
        "تاريخ الانتهاء قبل تاريخ الإصدار.",
        "The expiry date is before the issue date.",
    ),
    "employer_letter_missing": (
        "يُرجى إرفاق خطاب تعريف من جهة العمل.",
        "Attach an introduction letter from your employer.",
    ),
    "employer_letter_too_old": (
        "خطاب جهة العمل قديم. الحد الأقصى لما مضى على صدوره بالأشهر: {months}.",
        "The employer's letter is too old: it was issued more than {months} months ago.",
    ),
    "residence_card_missing": (
        "يُرجى إرفاق هوية مقيم (إقامة) سارية.",
        "Attach a valid residence card.",
    ),
    "residence_card_without_expiry": (
        "يُرجى إدخال تاريخ انتهاء هوية المقيم (الإقامة).",
        "Enter the expiry date of the residence card.",
    ),
    "residence_card_expired": (
        "انتهت صلاحية هوية المقيم (الإقامة).",
        "The residence card has expired.",
    ),
    "identity_missing": (
        "يُرجى إرفاق هوية وطنية سارية.",
        "Attach a valid national identity card.",
    ),
    "identity_expired": (
        "انتهت صلاحية الهوية الوطنية.",
        "The national identity card has expired.",
    ),
    "medical_report_missing": (
        "يُرجى إرفاق تقرير طبي، وهو مطلوب لمن تجاوز عمره {age} عامًا.",
        "Attach a medical report. It is required over the age of {age}.",
    ),
    "medical_report_own_employer": (
        "يجب أن يصدر التقرير الطبي من منشأة غير جهة عملك.",
        "The medical report must come from a facility other than your employer.",
    ),
    "life_support_missing": (
        "يُرجى إرفاق شهادة إنعاش قلبي رئوي سارية.",
        "Attach a valid life-support certificate.",
    ),
    "life_support_expired": (
        "انتهت صلاحية شهادة الإنعاش القلبي الرئوي.",
        "The life-support certificate has expired.",
    ),
    "malpractice_insurance_missing": (
        "يُرجى إرفاق وثيقة تأمين سارية ضد الأخطاء المهنية الطبية.",
        "Attach proof of valid malpractice insurance.",
    ),
    "malpractice_insurance_expired": (
        "انتهت صلاحية وثيقة التأمين ضد الأخطاء المهنية الطبية.",
        "The malpractice insurance has expired.",
    ),
    "employer_letter_of_another": (
        "خطاب التعريف صادر من جهة غير جهة العمل المسجّلة.",
        "The employer's letter is from a different employer than the one on file.",
    ),
    # The card
    "card_unknown": (
        "لا توجد بطاقة مسجّلة بهذا الرقم. يُرجى التواصل مع الهيئة.",
        "No card is on file for this number. Please contact the authority.",
    ),
    "card_suspended": (
        "البطاقة موقوفة، ولا تُجدَّد قبل رفع الإيقاف. يُرجى التواصل مع الهيئة.",
        (
            "The card is suspended and cannot be renewed until this is lifted. "
            "Please contact the authority."
        ),
    ),
    "card_revoked": (
        "البطاقة ملغاة، ولا يمكن تجديدها. يُرجى التواصل مع الهيئة.",
        "The card is revoked and cannot be renewed. Please contact the authority.",
    ),
    "renewal_too_early": (
        "لم يُفتح باب تجديد البطاقة بعد. عدد الأيام المتبقية على فتحه: {days}.",
        "The card cannot be renewed yet. Days until renewal opens: {days}.",
    ),
    "renewal_too_late": (
        (
            "انقضت المدة المسموح فيها بتجديد البطاقة. الحد الأقصى بعد انتهائها بالأيام: {days}. "
            "يُرجى تقديم طلب تسجيل جديد."
        ),
        (
            "The card expired more than {days} days ago and can no longer be renewed. "
            "Please apply for a new registration."
        ),
    ),
    "hours_short": (
        "ساعات التطوير المهني في مدة البطاقة أقل من المطلوب. يُرجى إضافة شهاداتك قبل التجديد.",
        (
            "There are not enough CPD hours within the card's period. "
            "Add your certificates before renewing."
        ),
    ),
    # At the door
    "registration_number_unknown": (
        "لا يوجد ممارس مسجّل بهذا الرقم.",
        "No practitioner is registered with this number.",
    ),
    # Two at once: only the database sees it
    "registration_number_taken": (
        "رقم التسجيل مسجّل لممارس آخر.",
        "Another practitioner has this registration number.",
    ),
    "identity_number_taken": (
        "رقم الهوية مسجّل لممارس آخر.",
        "Another practitioner has this identity number.",
    ),
    "official_record_on_file": (
        "يوجد سجل رسمي بهذا الرقم.",
        "An official record with this identity number is already on file.",
    ),
    "user_name_taken": (
        "اسم المستخدم مسجّل لموظف آخر.",
        "Another officer has this user name.",
    ),
    "card_on_file": (
        "للممارس بطاقة مسجّلة.",
        "This practitioner already has a card on file.",
    ),
    "idempotency_key_used": (
        "استُخدم مفتاح عدم التكرار في طلب سابق. يُرجى استخدام مفتاح جديد.",
        "An earlier submission has this idempotency key. Use a new one.",
    ),
    "tracking_code_taken": (
        "تعذّر إصدار رمز تتبع للطلب. يُرجى تقديمه من جديد.",
        "The tracking code that was drawn belongs to another request. Submit this one again.",
    ),
    "request_already_open": (
        "لديك طلب مفتوح من النوع نفسه. يُرجى إكماله أو سحبه قبل تقديم طلب جديد.",
        (
            "You already have an open request of this kind. Complete it or withdraw it before "
            "making a new one."
        ),
    ),
    "not_json": (
        "تعذّرت قراءة الملف: ليس بصيغة JSON سليمة.",
        "The submission cannot be read: it is not valid JSON.",
    ),
    "not_an_object": (
        "يجب أن يكون الطلب كائن JSON واحدًا.",
        "The submission must be one JSON object.",
    ),
    "submission_too_large": (
        "حجم الطلب أكبر من المسموح به. الحد الأقصى: {limit:ar}.",
        "The submission must be {limit:en} or smaller.",
    ),
    "name_repeated": (
        "ورد هذا الاسم أكثر من مرة في الطلب. يُرجى إبقاء قيمة واحدة.",
        "This name appears more than once in the submission. Keep one of the values.",
    ),
    "field_missing": ("هذا الحقل مفقود.", "This field is missing."),
    "field_unknown": ("هذا الحقل غير معروف.", "There is no such field."),
    "wrong_type": ("قيمة هذا الحقل من نوع غير صحيح.", "The value has the wrong type."),
    **API_CATALOGUE,
    **FILE_CATALOGUE,
    **REGISTRATION_CATALOGUE,
    **UPLOAD_CATALOGUE,
}
