"""Makes the files of `examples/submissions/documents/` anew: `python examples/make_letters.py`.

`NN-kind.pdf` is the document of this kind that the submissions with this number state: its person
is the register's, its issuer and its day are theirs. Needs what `make_documents.py` needs.
"""

import csv
import json
import tempfile
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
from make_documents import printed, saved

from cli.demo.letters import stamped

HERE = Path(__file__).resolve().parent
FOLDER = HERE / "submissions" / "documents"
STYLE = """<style>@page { size: A4; margin: 0 } body { margin: 20mm;
font-family: 'Noto Naskh Arabic', 'Noto Sans' }
.day { position: absolute; left: 20mm; top: 20mm; width: 42mm; border: 1px solid #333;
padding: 0 2mm 9mm; line-height: 1.5 } h1 { margin-top: 28mm } [lang=en] { margin-top: 12mm }
.seal { width: 38mm; height: 38mm; border: 2px double #336; border-radius: 50%; color: #336;
display: grid; place-items: center; text-align: center; font-size: 10pt; margin: 8mm 0 }</style>
<div class=day>التاريخ</div>"""
PARTS = ("first", "father", "family")
INSTITUTIONS = {
    "Coral Bay Hospital": "مستشفى خليج المرجان",
    "Eastern Pearl Hospital": "مستشفى لؤلؤة الشرق",
    "Eastern Pearl Medical Centre": "مركز لؤلؤة الشرق الطبي",
    "Green Valley Hospital": "مستشفى الوادي الأخضر",
    "Hail Public Clinic": "عيادة حائل العامة",
    "Mountain View Clinic": "عيادة إطلالة الجبل",
    "Northern Oasis Hospital": "مستشفى واحة الشمال",
    "Palm Desert Hospital": "مستشفى نخيل الصحراء",
    "Red Sea Medical Academy": "أكاديمية البحر الأحمر الطبية",
    "Red Sea Medical Centre": "مركز البحر الأحمر الطبي",
    "Southern Coast Hospital": "مستشفى الساحل الجنوبي",
}
PERSON = """<p>الاسم: {name_ar}<br>{known_by}: <bdi>{number}</bdi></p>"""
SEAL = "<div class=seal>{issuer_ar}</div>"
BODIES = {
    "employer_letter": f"""<h1>خطاب تعريف</h1>{PERSON}<p>جهة العمل: {{issuer_ar}}</p>
<p>تشهد إدارة الموارد البشرية بصحة البيانات أعلاه حتى تاريخ هذا الخطاب، وقد أُعطي بناءً على الطلب
دون أدنى مسؤولية على الجهة.</p>{SEAL}
<p lang=en>{{issuer}}, Human Resources: {{name}} is employed here on the day of this letter.</p>""",
    "qualification": f"""<h1>شهادة إتمام</h1>{PERSON}
<p>تشهد {{issuer_ar}} بإتمام برنامج التصوير المتقدم بالموجات فوق الصوتية في العناية الحرجة، بواقع
12.5 ساعة تطوير مهني.</p>{SEAL}
<p lang=en>{{issuer}}: {{name}}, “Advanced critical care ultrasound”, 12.5 CPD hours.</p>""",
    "degree": f"""<h1>شهادة تخرج</h1>{PERSON}
<p>تشهد {{issuer_ar}} بأن المذكورة أعلاه أتمت متطلبات درجة البكالوريوس في التمريض.</p>{SEAL}
<p lang=en>{{issuer}}: {{name}} has been awarded the degree of Bachelor of Nursing.</p>""",
    "medical_report": f"""<h1>تقرير طبي</h1>{PERSON}
<p>{{issuer_ar}}: أثبت الفحص توافر اللياقة الصحية لمزاولة المهنة.</p>{SEAL}
<p lang=en>{{issuer}}: {{name}} has been examined and is fit to practise.</p>""",
}


Person = dict[str, str]


def people() -> dict[str, Person]:
    """The people of the register, by their numbers without the dash."""
    with (HERE / "register.csv").open(encoding="utf-8") as file:
        return {row["registration_number"].replace("-", ""): row for row in csv.DictReader(file)}


def on_register(submission: dict[str, Any], register: dict[str, Person]) -> tuple[Person, str, str]:
    """Whose submission it is, and what a letter calls them by: their registration number."""
    number = submission["registration_number"].replace("-", "")
    return register[number], "رقم التسجيل المهني", f"{number[:2]}-{number[2:]}"


def registering(submission: dict[str, Any]) -> tuple[Person, str, str]:
    """The same of somebody who registers: their identity number."""
    person: Person = submission["profile"]
    return person, "رقم الهوية", person["identity_number"]


def written(
    body: str, stated: dict[str, str], whose: tuple[Person, str, str], folder: Path
) -> bytes:
    """The document of this kind, by this institution, about this person."""
    person, known_by, number = whose
    names = {
        language: " ".join(filter(None, (person[f"{part}_name_{language}"] for part in PARTS)))
        for language in ("ar", "en")
    }
    text = BODIES[body].format(
        issuer=stated["issuer"],
        issuer_ar=INSTITUTIONS[stated["issuer"]],
        name=names["en"],
        name_ar=names["ar"],
        known_by=known_by,
        number=number,
    )
    with pikepdf.open(BytesIO(printed(STYLE + text, folder))) as pdf:
        # For readers aloud; it is half of the file.
        del pdf.Root.StructTreeRoot
        return saved(pdf)


def make() -> dict[Path, bytes]:
    """Every file, by where it goes."""
    made: dict[Path, bytes] = {}
    register = people()
    with tempfile.TemporaryDirectory() as folder:
        for path in sorted((HERE / "submissions").glob("*.json")):
            submission = json.loads(path.read_text(encoding="utf-8"))
            registers = "profile" in submission
            whose = registering(submission) if registers else on_register(submission, register)
            for stated in submission.get("documents", []):
                file = FOLDER / f"{path.name[:2]}-{stated['kind']}.pdf"
                body = (
                    "degree" if registers and stated["kind"] == "qualification" else stated["kind"]
                )
                if body in BODIES and file not in made:
                    letter = written(body, stated, whose, Path(folder))
                    made[file] = stamped(letter, date.fromisoformat(stated["issued_on"]))
    return made


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for path, content in make().items():
        path.write_bytes(content)
        print(f"{len(content):>8}  {path.relative_to(HERE)}")  # noqa: T201 - that is its output
