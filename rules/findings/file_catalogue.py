"""What can be wrong with a file from a spreadsheet: a part of `rules.findings.catalogue`.

Each says what is wrong and how to put it right in the spreadsheet. Facts in braces are numbers and
words of ours, never what the file holds.
"""

from collections.abc import Mapping

FILE_CATALOGUE: Mapping[str, tuple[str, str]] = {
    # The file
    "not_csv": (
        ("هذا ليس ملف CSV. يُرجى فتحه في برنامج الجداول وحفظه بنوع «CSV UTF-8 (مفصول بفواصل)»."),
        (
            "This is not a CSV file. Open it in your spreadsheet program and save it as "
            "'CSV UTF-8 (comma delimited)'."
        ),
    ),
    "not_utf8": (
        "الملف ليس نصًا بترميز UTF-8. يُرجى حفظه من جديد بنوع «CSV UTF-8 (مفصول بفواصل)».",
        "The file is not UTF-8 text. Save it again as 'CSV UTF-8 (comma delimited)'.",
    ),
    "windows_arabic": (
        (
            "يبدو أن الملف بترميز ويندوز العربي (windows-1256)، وقد تُقرأ الأسماء خطأً. "
            "يُرجى حفظه من جديد بنوع «CSV UTF-8 (مفصول بفواصل)»."
        ),
        (
            "The file seems to be Arabic text in windows-1256, in which names may be misread. "
            "Save it again as 'CSV UTF-8 (comma delimited)'."
        ),
    ),
    "quote_misplaced": (
        (
            "علامة اقتباس مزدوجة في السجل الذي يبدأ في هذا السطر لم تُغلق، أو تقع داخل قيمة. "
            "يُرجى إغلاقها، أو كتابتها مرتين داخل القيمة المقتبسة."
        ),
        (
            "A double quote in the record that begins on this line is not closed, or is inside a "
            "value. Close it; inside a quoted value, write it twice."
        ),
    ),
    # Its columns
    "columns_not_named": (
        "يجب أن يحتوي السطر الأول على أسماء الأعمدة: {columns}.",
        "The first line must name the columns: {columns}.",
    ),
    "columns_missing": ("أعمدة ناقصة: {columns}.", "Missing columns: {columns}."),
    "columns_repeated": (
        "أعمدة مكررة: {columns}. يُرجى إبقاء كل منها مرة واحدة.",
        "Columns that appear more than once: {columns}. Keep each of them once.",
    ),
    "columns_unknown": (
        "أعمدة بأسماء غير معروفة، ترتيبها: {places}. يُرجى حذفها أو تصحيح أسمائها: {columns}.",
        (
            "Columns with unknown names, by position: {places}. Delete them or correct their "
            "names: {columns}."
        ),
    ),
    "column_without_name": (
        "توجد قيمة في عمود بلا اسم، وترتيبه {place}. يُرجى تسمية العمود أو حذفه.",
        "There is a value in column {place}, which has no name. Name the column or delete it.",
    ),
    "cells_miscounted": (
        (
            "عدد الخانات في هذا السطر {cells} وعدد الأعمدة {columns}. "
            "تُكتب القيمة التي تحتوي على الفاصل بين علامتي اقتباس مزدوجتين."
        ),
        (
            "This line has {cells} cells and there are {columns} columns. A value that contains "
            "the separator must be in double quotes."
        ),
    ),
    "line_repeated": (
        "سبق ورود هذه القيمة في السطر {line}.",
        "Line {line} has this value already.",
    ),
    "row_failed": (
        "تعذّرت معالجة هذا السطر بسبب خلل لدينا. يُرجى تقديم الملف من جديد لاحقًا.",
        "This line could not be processed because of a fault of ours. Submit the file again later.",
    ),
    "identity_number_repeated": (
        "رقم الهوية هذا وارد في السطر {line} لممارس آخر.",
        "Line {line} gives this identity number to another practitioner.",
    ),
    # A cell
    "cell_formula": (
        "تحتوي الخانة على معادلة. يُرجى نسخها ولصقها كقيمة، ثم حفظ الملف من جديد.",
        "The cell holds a formula. Copy it, paste it as a value, and save the file again.",
    ),
    "cell_error": (
        "تحتوي الخانة على خطأ من برنامج الجداول بدلًا من القيمة. يُرجى كتابة القيمة نفسها.",
        "The cell holds a spreadsheet error instead of a value. Enter the value itself.",
    ),
    "cell_too_narrow": (
        "كان العمود أضيق من القيمة عند حفظ الملف. يُرجى توسيعه وحفظ الملف من جديد.",
        "The column was too narrow for the value when the file was saved. Widen it and save again.",
    ),
    "letters_lost": (
        (
            "فُقدت حروف هذه القيمة عند حفظ الملف. يُرجى حفظه من الملف الأصلي بنوع "
            "«CSV UTF-8 (مفصول بفواصل)»."
        ),
        (
            "Characters of this value were lost when the file was saved. Save the original again "
            "as 'CSV UTF-8 (comma delimited)'."
        ),
    ),
    "number_shortened": (
        (
            "اختصر برنامج الجداول هذا الرقم ففُقدت منه خانات. يُرجى تنسيق العمود كنص "
            "وكتابة الرقم من جديد."
        ),
        (
            "The spreadsheet shortened this number and digits are lost. Format the column as text "
            "and enter the number again."
        ),
    ),
    "choice_unknown": (
        "يُرجى كتابة إحدى هذه القيم: {choices}.",
        "Write one of these: {choices}.",
    ),
    "user_name_form": (
        ("يتكوّن اسم المستخدم من 2 إلى 40 حرفًا لاتينيًا صغيرًا أو رقمًا أو رمزًا من . _ - ويبدأ بحرف."),
        (
            "A user name has 2 to 40 Latin letters, digits and the characters . _ - "
            "and begins with a Latin letter."
        ),
    ),
    "yes_or_no": ("يُرجى كتابة نعم أو لا (yes أو no).", "Write yes or no."),
    "ledger_hours_form": (
        "تُكتب الساعات رقمًا أكبر من صفر، بخانتين عشريتين على الأكثر، مثل 12.5.",
        "Write the hours as a number above 0 with up to two decimal places, such as 12.5.",
    ),
    # A date
    "date_order_unknown": (
        (
            "يحتمل هذا التاريخ أن يبدأ باليوم أو بالشهر. يُرجى كتابته بالترتيب سنة-شهر-يوم، "
            "أو إضافة --day-first إن كانت تواريخ الملف تبدأ باليوم."
        ),
        (
            "This date may begin with its day or with its month. Write it as year-month-day, or "
            "add --day-first if the dates of the file begin with the day."
        ),
    ),
    "date_month_first": (
        "يبدأ هذا التاريخ بالشهر، أو غيره في الملف. يُرجى كتابة التواريخ بالترتيب سنة-شهر-يوم.",
        (
            "This date, or another one in the file, begins with its month. "
            "Write dates as year-month-day."
        ),
    ),
    "date_serial": (
        (
            "هذا رقم يوم كما يحفظه برنامج الجداول، لا تاريخ. يُرجى تنسيق العمود بالصيغة "
            "yyyy-mm-dd وحفظ الملف من جديد."
        ),
        (
            "This is a day number as spreadsheets keep it, not a date. Format the column as "
            "yyyy-mm-dd and save the file again."
        ),
    ),
    "date_with_time": (
        "يُرجى كتابة التاريخ وحده دون وقت.",
        "Write the date alone, without a time of day.",
    ),
}
