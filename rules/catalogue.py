"""Every problem's two sentences: what is wrong and what to do, in Arabic and in English.

Facts in braces are the rule's numbers. Arabic sentences are worded so that no counted noun has to
agree with a number that policy may change.
"""

from collections.abc import Mapping

CATALOGUE: Mapping[str, tuple[str, str]] = {
    # Any text
    "empty": ("هذا الحقل مطلوب.", "This field is required."),
    "too_long": (
        "النص أطول من المسموح. الحد الأقصى لعدد الأحرف: {limit}.",
        "The text is too long. The most characters allowed: {limit}.",
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
        "اكتب الاسم بالحروف العربية، ويُسمح بالمسافة والشرطة بينها.",
        "Write the name in Arabic letters; spaces and hyphens may stand between them.",
    ),
    "latin_letters_only": (
        "اكتب الاسم بالحروف اللاتينية، ويُسمح بالمسافة والشرطة والفاصلة العليا بينها.",
        "Write the name in Latin letters; spaces, hyphens and apostrophes may stand between them.",
    ),
    # Who asks
    "registration_number_form": (
        "رقم التسجيل المهني غير صحيح. اكتبه كما هو مطبوع على البطاقة، بالشرطة أو بدونها.",
        (
            "This is not a registration number. Type it as printed on the card, "
            "with or without its dash."
        ),
    ),
    "registration_number_of_another": (
        "رقم التسجيل المهني لا يخص هذا الملف.",
        "The registration number does not belong to this profile.",
    ),
    "idempotency_key_form": (
        "مفتاح عدم التكرار من 8 إلى 128 من الحروف اللاتينية والأرقام والرموز . _ : -",
        "The idempotency key has 8 to 128 Latin letters, digits and the signs . _ : -",
    ),
    "not_confirmed": (
        "راجع البيانات وأقرّ بصحتها قبل الإرسال.",
        "Review the data and confirm that they are right before submitting.",
    ),
    "nothing_changed": (
        "لا يوجد ما يُحدَّث: البيانات المدخلة مطابقة للبيانات المسجلة.",
        "There is nothing to update: the data are the same as those on file.",
    ),
    # Identity
    "identity_number_form": (
        "رقم الهوية أو الإقامة مكوّن من 10 أرقام.",
        "An identity or residence number has 10 digits.",
    ),
    "identity_number_first_digit": (
        "يبدأ رقم الهوية الوطنية بالرقم 1 ورقم الإقامة بالرقم 2.",
        "A national identity number begins with 1 and a residence number with 2.",
    ),
    "identity_number_check_digit": (
        "رقم الهوية أو الإقامة غير صحيح. راجع الأرقام رقمًا رقمًا.",
        "The identity or residence number is mistyped. Compare it digit by digit.",
    ),
    "identity_kind_unknown": (
        "نوع الهوية إما هوية وطنية (national_id) أو إقامة (iqama).",
        "The kind of identity is either national_id or iqama.",
    ),
    "identity_kind_disagrees": (
        "نوع الهوية لا يتفق مع رقمها: يبدأ رقم الهوية الوطنية بالرقم 1 ورقم الإقامة بالرقم 2.",
        (
            "The kind of identity does not agree with its number: a national identity "
            "number begins with 1 and a residence number with 2."
        ),
    ),
    "nationality_unknown": (
        "الجنسية رمز دولة من حرفين، مثل SA.",
        "The nationality is a two-letter country code, such as SA.",
    ),
    "nationality_disagrees": (
        "الجنسية لا تتفق مع نوع الهوية: الهوية الوطنية للسعوديين والإقامة لغيرهم.",
        (
            "The nationality does not agree with the kind of identity: a national identity is for "
            "Saudis and a residence card for others."
        ),
    ),
    "age_out_of_range": (
        "تاريخ الميلاد غير مقبول: العمر بالسنوات من {minimum} إلى {maximum}.",
        "The date of birth cannot be right: the age in years is from {minimum} to {maximum}.",
    ),
    "official_record_missing": (
        "لم يُعثر على رقم الهوية في السجل الرسمي.",
        "The identity number is not in the official register.",
    ),
    "official_record_differs": (
        "هذا الحقل لا يطابق السجل الرسمي.",
        "This field does not equal the official record.",
    ),
    # Dates
    "date_form": (
        "اكتب التاريخ بالترتيب سنة-شهر-يوم، هجريًا أو ميلاديًا، مثل 1447-09-01.",
        "Write the date as year-month-day, Hijri or Gregorian, such as 2026-03-01.",
    ),
    "date_ambiguous": (
        (
            "قد يُقرأ هذا التاريخ بطريقتين: اليوم أولًا أو الشهر أولًا. "
            "يُرجى كتابته بالترتيب سنة-شهر-يوم، مثل 2026-03-01."
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
        "هذا التاريخ لم يأتِ بعد.",
        "This date is in the future.",
    ),
    # Contact
    "mobile_form": (
        "رقم الجوال غير صحيح. اكتبه مثل 05XXXXXXXX.",
        "This is not a mobile number. Write it like 05XXXXXXXX.",
    ),
    "mobile_country": (
        "رقم الجوال من دولة غير مقبولة.",
        "Mobile numbers of this country are not accepted.",
    ),
    "email_form": (
        "البريد الإلكتروني غير صحيح.",
        "This is not an e-mail address.",
    ),
    "email_non_ascii": (
        "اكتب ما قبل الرمز @ بالحروف اللاتينية.",
        "Write the part before the @ in Latin letters.",
    ),
    # Certificates and experience
    "too_many": (
        "العدد أكبر من المسموح. الحد الأقصى: {limit}.",
        "There are too many. The most allowed: {limit}.",
    ),
    "cpd_hours_form": (
        "الساعات عدد غير سالب، بخانتين عشريتين على الأكثر.",
        "The hours are a number from 0 up, with two decimal places at most.",
    ),
    "cpd_hours_too_many": (
        "الساعات أكثر مما يُحتسب لنشاط واحد. الحد الأقصى: {limit}.",
        "The hours are more than one activity may count. The most allowed: {limit}.",
    ),
    "entered_twice": (
        "هذا النشاط مكرر في الطلب، ويُحتسب كل نشاط مرة واحدة.",
        "This activity is in the request twice; each activity counts once.",
    ),
    "ended_before_started": (
        "تاريخ النهاية قبل تاريخ البداية.",
        "The end is before the start.",
    ),
    # Documents
    "document_digest_form": (
        "بصمة الملف (SHA-256) مكوّنة من 64 خانة ست عشرية.",
        "The file digest (SHA-256) has 64 hexadecimal digits.",
    ),
    "document_size": (
        "حجم الملف غير مقبول. الحد الأقصى بالبايت: {limit}.",
        "The file size is not accepted. The most bytes allowed: {limit}.",
    ),
    "document_media_type": (
        "نوع الملف غير مقبول.",
        "This type of file is not accepted.",
    ),
    "expires_before_issue": (
        "تاريخ الانتهاء قبل تاريخ الإصدار.",
        "The expiry is before the issue.",
    ),
    "employer_letter_missing": (
        "أرفق خطاب تعريف من جهة العمل.",
        "Attach an introduction letter from the employer.",
    ),
    "employer_letter_too_old": (
        "خطاب جهة العمل قديم. الحد الأقصى لعمره بالأشهر: {months}.",
        "The employer's letter is too old. The most months allowed: {months}.",
    ),
    "residence_card_missing": (
        "أرفق بطاقة إقامة سارية.",
        "Attach a valid residence card.",
    ),
    "residence_card_without_expiry": (
        "أدخل تاريخ انتهاء بطاقة الإقامة.",
        "Give the residence card's date of expiry.",
    ),
    "residence_card_expired": (
        "بطاقة الإقامة منتهية.",
        "The residence card has expired.",
    ),
    "medical_report_missing": (
        "أرفق تقريرًا طبيًا، وهو مطلوب لمن زاد عمره بالسنوات على {age}.",
        "Attach a medical report; it is required above the age of {age}.",
    ),
    "medical_report_own_employer": (
        "يجب أن يصدر التقرير الطبي من منشأة غير جهة عملك.",
        "The medical report must come from an institution other than your employer.",
    ),
    "life_support_missing": (
        "أرفق شهادة إنعاش سارية.",
        "Attach a valid life-support certificate.",
    ),
    "life_support_expired": (
        "شهادة الإنعاش منتهية.",
        "The life-support certificate has expired.",
    ),
    "malpractice_insurance_missing": (
        "أرفق وثيقة تأمين سارية ضد أخطاء المهنة.",
        "Attach a valid malpractice insurance.",
    ),
    "malpractice_insurance_expired": (
        "وثيقة التأمين ضد أخطاء المهنة منتهية.",
        "The malpractice insurance has expired.",
    ),
    "employer_letter_of_another": (
        "خطاب التعريف صادر من جهة غير جهة العمل المسجلة.",
        "The employer's letter comes from another employer than the one on file.",
    ),
    # The card
    "card_unknown": (
        "لا توجد بطاقة مسجلة بهذا الرقم. راجع الهيئة.",
        "No card is on file for this number. Ask the authority.",
    ),
    "card_suspended": (
        "البطاقة موقوفة، ولا تُجدَّد قبل رفع الإيقاف. راجع الهيئة.",
        "The card is suspended and cannot be renewed until that is lifted. Ask the authority.",
    ),
    "card_revoked": (
        "البطاقة ملغاة، ولا يمكن تجديدها. راجع الهيئة.",
        "The card is revoked and cannot be renewed. Ask the authority.",
    ),
    "renewal_too_early": (
        "لم يُفتح باب تجديد البطاقة بعد. عدد الأيام الباقية على فتحه: {days}.",
        "The card cannot be renewed yet. Days until renewal opens: {days}.",
    ),
    "renewal_too_late": (
        (
            "مضى على انتهاء البطاقة أكثر من المسموح لتجديدها. الحد الأقصى بالأيام: {days}. "
            "قدّم طلب تسجيل جديد."
        ),
        (
            "The card expired too long ago to be renewed. The most days allowed: {days}. "
            "Apply for a new registration."
        ),
    ),
    "hours_short": (
        "ساعات التطوير المهني في مدة البطاقة أقل من المطلوب. أضف شهاداتك قبل التجديد.",
        (
            "The CPD hours inside the card's period are too few. "
            "Add your certificates before renewing."
        ),
    ),
    # At the door
    "registration_number_unknown": (
        "لا يوجد ممارس مسجل بهذا الرقم.",
        "No practitioner is registered with this number.",
    ),
    "request_already_open": (
        "لديك طلب مفتوح من النوع نفسه. أكمله أو اسحبه قبل تقديم طلب جديد.",
        (
            "A request of this kind is already open. Finish it or withdraw it before making "
            "another one."
        ),
    ),
    "not_json": (
        "تعذّرت قراءة الملف: ليس بصيغة JSON سليمة.",
        "The submission cannot be read: it is not well-formed JSON.",
    ),
    "not_an_object": (
        "يجب أن يكون الطلب كائن JSON واحدًا.",
        "The submission must be one JSON object.",
    ),
    "submission_too_large": (
        "الطلب أكبر من المسموح. الحد الأقصى بالبايت: {limit}.",
        "The submission is too large. The most bytes allowed: {limit}.",
    ),
    "name_repeated": (
        "ورد هذا الاسم أكثر من مرة في الطلب. يُرجى إبقاء قيمة واحدة.",
        "This name appears more than once in the submission. Keep one of the values.",
    ),
    "field_missing": ("هذا الحقل ناقص.", "This field is missing."),
    "field_unknown": ("هذا الحقل غير معروف.", "There is no such field."),
    "wrong_type": ("قيمة هذا الحقل من نوع غير صحيح.", "The value is not of the right type."),
}
