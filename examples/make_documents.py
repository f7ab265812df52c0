"""Makes the files of `examples/documents/` anew, with `python examples/make_documents.py`.

All people and institutions are invented. Needs `chromium` and `fonts-noto-core` from Debian:
a browser sets Arabic as it is read, and embeds a part of Noto Naskh Arabic (SIL Open Font License,
which lets it lie in a document). Files that are too big to keep are made by the tests.
"""

import subprocess
import tempfile
import zipfile
from io import BytesIO
from pathlib import Path

import pikepdf
import pillow_heif
import pypdfium2
from PIL import Image, TiffImagePlugin

HERE = Path(__file__).resolve().parent / "documents"
REFUSED = HERE / "refused"
STYLE = """
body { font: 13pt/1.9 'Noto Naskh Arabic'; margin: 18mm } h1 { font-size: 18pt }
section { break-after: page } [lang=en] { font: 11pt/1.5 'Noto Sans'; direction: ltr }
"""
LETTER = """
<h1>خطاب تعريف</h1><p>التاريخ: 1 نوفمبر 2026 م</p>
<p>تشهد إدارة الموارد البشرية في مستشفى النخيل بأن الأستاذة سارة القحطاني، أخصائية تمريض، تعمل لدينا
منذ 3 مارس 2021 م ولا تزال على رأس العمل، وقد أُعطيت هذا الخطاب بناءً على طلبها.</p>
<p>مدير الموارد البشرية<br>ناصر العتيبي</p>
<p lang=en>Al-Nakheel Hospital, Human Resources: Sara Al-Qahtani, nursing specialist, has been
employed here since 3 March 2021.</p>
"""
REPORT = """
<section><h1>تقرير طبي</h1><p>مركز الواحة الطبي · 12 أكتوبر 2026 م</p>
<p>الاسم: خالد الدوسري · العمر: 67 عامًا</p></section>
<section><h1>الفحص السريري</h1><p>ضغط الدم 125/80، والنبض 72، والنظر والسمع سليمان.</p></section>
<h1>النتيجة</h1><p>لائق صحيًا لمزاولة المهنة.</p><p lang=en>Fit to practise.</p>
"""


def printed(body: str, folder: Path) -> bytes:
    """These paragraphs as a PDF, without the day on which it was made."""
    page, printed_to = folder / "page.html", folder / "page.pdf"
    page.write_text(f"<html lang=ar dir=rtl><meta charset=utf-8><style>{STYLE}</style>{body}")
    subprocess.run(  # noqa: S603 - our own page
        [
            *("chromium", "--headless", "--no-sandbox", "--no-pdf-header-footer"),
            f"--print-to-pdf={printed_to}",
            page.as_uri(),
        ],
        check=True,
        capture_output=True,
    )
    with pikepdf.open(printed_to) as pdf:
        del pdf.docinfo
        return saved(pdf)


def saved(pdf: pikepdf.Pdf, encryption: pikepdf.Encryption | None = None) -> bytes:
    """Its bytes, the same each time."""
    out = BytesIO()
    pdf.save(out, deterministic_id=encryption is None, encryption=encryption or False)
    return out.getvalue()


def photographed(pdf: bytes) -> Image.Image:
    """The first page, as it lies on a table."""
    page = pypdfium2.PdfDocument(pdf)[0].render(scale=1.2).to_pil()
    table = Image.new("RGB", (page.width + 120, page.height + 120), "#7a6248")
    table.paste(page, (60, 60))
    return table


def as_a_telephone_writes_it(photo: Image.Image) -> bytes:
    """Lying on its side, with the note that it is to be turned, and with where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Invented Telephones"
    degrees = tuple(TiffImagePlugin.IFDRational(number) for number in (24, 42, 0))
    exif[0x8825] = {1: "N", 2: degrees, 3: "E", 4: degrees}
    out = BytesIO()
    photo.transpose(Image.Transpose.ROTATE_90).save(out, "JPEG", quality=70, exif=exif)
    return out.getvalue()


def with_scripts_and_attachments(pdf: bytes) -> bytes:
    """It would run a script when it is opened, and carries a file."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        action = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert('hello')")
        opened.Root.OpenAction = opened.make_indirect(action)
        opened.attachments["notes.txt"] = b"invented"
        return saved(opened)


def protected(pdf: bytes) -> bytes:
    """It opens with a password only."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        return saved(opened, pikepdf.Encryption(owner="owner", user="user"))


def blank(pages: int) -> bytes:
    """So many empty pages."""
    with pikepdf.new() as pdf:
        for _ in range(pages):
            pdf.add_blank_page()
        return saved(pdf)


def zipped() -> bytes:
    """A ZIP with one file."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(zipfile.ZipInfo("notes.txt"), "invented")
    return out.getvalue()


def claiming(photo: bytes, side: int) -> bytes:
    """A JPEG that says it has so many points a side, and has not."""
    frame = photo.index(b"\xff\xc0")
    return photo[: frame + 5] + side.to_bytes(2, "big") * 2 + photo[frame + 9 :]


def written(photo: Image.Image, kind: str, **options: int) -> bytes:
    """The photograph in this format."""
    out = BytesIO()
    photo.save(out, kind, **options)
    return out.getvalue()


def make() -> dict[Path, bytes]:
    """Every file, by where it goes."""
    pillow_heif.register_heif_opener()
    with tempfile.TemporaryDirectory() as folder:
        letter, report = (printed(body, Path(folder)) for body in (LETTER, REPORT))
    photo = photographed(letter)
    small = written(photo.resize((300, 400)), "JPEG")
    return {
        HERE / "employer-letter.pdf": letter,
        HERE / "medical-report.pdf": report,
        HERE / "life-support.jpg": as_a_telephone_writes_it(photo),
        HERE / "qualification.heic": written(photo.resize((450, 600)), "HEIF", quality=50),
        HERE / "printed-colours.jpg": written(photo.convert("CMYK").resize((300, 400)), "JPEG"),
        HERE / "scripts-and-attachments.pdf": with_scripts_and_attachments(letter),
        REFUSED / "empty.pdf": b"",
        REFUSED / "a-program.pdf": b"MZ\x90\x00" + bytes(60),
        REFUSED / "password.pdf": protected(letter),
        REFUSED / "cut-off.pdf": letter[: len(letter) // 2],
        REFUSED / "cut-off.jpg": small[: len(small) // 2],
        REFUSED / "41-pages.pdf": blank(41),
        REFUSED / "pdf-and-zip.pdf": letter + zipped(),
        REFUSED / "pdf-and-web-page.pdf": b"%PDF-1.7\n%<html><script>/*" + letter[9:],
        REFUSED / "web-page-and-pdf.pdf": b"<html>\n" + letter,
        REFUSED / "jpeg-and-zip.jpg": small + zipped(),
        REFUSED / "50000-points-a-side.jpg": claiming(small, 50_000),
    }


if __name__ == "__main__":
    for path, content in make().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        print(f"{len(content):>8}  {path.relative_to(HERE)}")  # noqa: T201 - that is its output
