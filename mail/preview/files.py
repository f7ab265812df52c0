"""Every letter written to files, to be looked at."""

from html import escape
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from mail.composing.message import compose
from mail.composing.rendering import render
from mail.preview.samples import CREATED_AT, TO_ADDRESS, Sample, samples
from mail.settings import MailSettings
from mail.wording.languages import Language

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>E-mails</title>
<style>
:root {{ color-scheme: light dark; font-family: system-ui, sans-serif; }}
body {{ margin: 24px; }}
section {{ margin-bottom: 48px; }}
.pair {{ display: grid; grid-template-columns: repeat(auto-fit, minmax(360px, 1fr)); gap: 24px; }}
iframe {{ width: 100%; height: 640px; border: 1px solid #8886; border-radius: 8px; }}
figure {{ margin: 0; }}
figcaption {{ margin-bottom: 8px; }}
</style>
</head>
<body>
<h1>E-mails</h1>
{sections}
</body>
</html>
"""
_FIGURE = """<figure>
<figcaption><bdi>{subject}</bdi><br>
{language}: <a href="{stem}.html">HTML</a> · <a href="{stem}.txt">text</a> ·
<a href="{stem}.eml">message</a></figcaption>
<iframe src="{stem}.html" title="{stem}" loading="lazy" sandbox></iframe>
</figure>
"""


def write_previews(folder: Path, settings: MailSettings | None = None) -> list[Path]:
    """Every letter, in every variant and preferred language, as HTML, text and message.

    Makes the folder where it is missing, and writes over what an earlier preview left. The paths
    are returned in order, ``index.html`` (all of them side by side) first.
    """
    settings = settings or MailSettings(portal_url="https://portal.example.org")
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    sections: list[str] = []
    for pair in zip(*map(samples, Language), strict=True):
        figures = []
        for language, sample in zip(Language, pair, strict=True):
            paths, figure = _write(folder, language, sample, settings)
            written += paths
            figures.append(figure)
        title, pages = escape(pair[0].name), "".join(figures)
        sections.append(f'<section><h2>{title}</h2><div class="pair">{pages}</div></section>')
    index = folder / "index.html"
    index.write_text(_PAGE.format(sections="\n".join(sections)), encoding="utf-8")
    return [index, *written]


def _write(
    folder: Path, language: Language, sample: Sample, settings: MailSettings
) -> tuple[list[Path], str]:
    words = render(sample.facts, settings)
    message = compose(
        sample.facts,
        to=TO_ADDRESS,
        letter_id=uuid5(NAMESPACE_URL, f"sample:{sample.name}:{language}"),
        created_at=CREATED_AT,
        settings=settings,
    )
    stem = f"{sample.name}.{language}"
    files = {
        "html": words.html.encode(),
        "txt": f"{words.subject}\n\n{words.text}".encode(),
        "eml": message.content,
    }
    for ending, content in files.items():
        (folder / f"{stem}.{ending}").write_bytes(content)
    figure = _FIGURE.format(subject=escape(words.subject), language=language, stem=escape(stem))
    return [folder / f"{stem}.{ending}" for ending in files], figure
