"""What people read keeps to the words of docs/decisions/0026: one word for one thing."""

import re
from collections.abc import Iterator

import pytest

from mail.composing.rendering import TEMPLATES
from portal.web.sentences import sentences
from rules.card_renewal.eligibility_sentences import LINES
from rules.card_renewal.sources import DOCUMENTS
from rules.documents.words import ENDS, NOTES, SCANS, STATES, kept_until
from rules.findings.catalogue import CATALOGUE
from rules.policy.documents import KindRetention
from rules.register.fields import Field
from rules.requests.review import RejectionReason, ReturnReason, ReviewReason

#: What a template does, and the names of its facts: nobody reads them.
_JINJA = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}|<[^>]*>|<style>.*?</style>", re.DOTALL)
_SAID = re.compile(r"[\"“]([^\"]*)[\"”]")

#: In English: what a native reader takes for something else, or does not say.
ENGLISH = {
    "a letter comes by post": r"(?<!Arabic )(?<!Latin )(?<!small )(?<!employer's )"
    r"(?<!introduction )(?<!two-)\bletters?\b(?! and digits)",
    "people have an inbox": r"\bmailbox",
    "a law is in force": r"\b(in|into) force\b",
    "details, not data": r"\bdata\b",
    "must not or at most": r"\b[Tt]he most\b",
    "values match": r"\bequals?\b",
    "sign is not character": r"sign by sign",
    "should it": r"\bShould (it|the|you)\b",
    "are obliged to": r"\bobliged\b",
    "immediately": r"\bat once\b",
    "a contraction of not": r"n't\b",
    "a request is closed by us": r"\bby itself\b",
    "nothing to do": r"there is nothing (more )?(for you )?to do",
}
#: In Arabic: what means something else in an office, then what is stilted or not formal.
ARABIC = {
    "today, where that day is meant": "هذا اليوم",
    "the visitor, not the officer": r"\bالمراجع\b",
    "the national sign-in": r"\bالنفاذ\b|نافذ",
    "you owe nothing": "ليس عليك",
    "the preposition turns it round": "استبدال|يستبدل",
    "became certain": r"\bتأكدت\b",
    "buttons are nouns": "أرسلوا|أوقفوا|اعرض",
    "a request, not an order": r"(?:^|[.:؟] )(?:اكتب|أرفق|أدخل|راجع|راجعها|اضغط|افتح|قدّم|جدّد|سدّد"
    r"|صحّح|انسخ|ارجع|حاول|انظر|أضف|أكمله|أغلق|ابحث|تواصل)\b",
    "an order after if": r"\bف(?:اكتب|أرفق|راجع|اضغط|افتح|انسخ|أغلق|أوقف|تراجع|تواصل|تجاهل)",
    "write to us": "راسلنا",
    "the tanwin stands before its alef": "اً",
    "with its shadda": r"\b(?:يتغير|تغير|مسجل|المسجلة|يفعل)\b",
    "with its tanwin": r"\bعندئذ(?!\u064d)",
}


def _templates() -> Iterator[tuple[str, str]]:
    for path in sorted(TEMPLATES.rglob("*.*")):
        source = path.read_text("utf-8")
        # Words are given to macros too: parts.button("…", url, "…").
        given = " ".join(
            said for call in re.findall(r"{[{%].*?[}%]}", source) for said in _SAID.findall(call)
        )
        yield str(path.relative_to(TEMPLATES)), f"{_JINJA.sub(' ', source)} {given}"


def _sentences() -> Iterator[tuple[str, str]]:
    for name, said in sentences().items():
        yield from ((f"{name}.{language}", text) for language, text in said.items())
    for code, (arabic, english) in CATALOGUE.items():
        yield from ((f"{code}.ar", arabic), (f"{code}.en", english))
    for (rule, case), (arabic, english, source) in LINES.items():
        yield from ((f"{rule}.{case}.ar", arabic), (f"{rule}.{case}.en", english))
        yield from ((f"{rule}.from.ar", source.said.ar), (f"{rule}.from.en", source.said.en))
    for kind, source in DOCUMENTS.items():
        yield from ((f"{kind}.from.ar", source.said.ar), (f"{kind}.from.en", source.said.en))
    for reason in (*ReviewReason, *RejectionReason, *ReturnReason):
        yield from ((f"{reason}.ar", reason.sentence.ar), (f"{reason}.en", reason.sentence.en))
    yield from _of_documents()
    for field in Field:
        yield from ((f"{field}.ar", field.label.ar), (f"{field}.en", field.label.en))


def _of_documents() -> Iterator[tuple[str, str]]:
    kept = {
        "keep": kept_until(KindRetention(rule="keep", days=365)),
        "look": kept_until(KindRetention(rule="look_and_destroy", days=None)),
    }
    for words in (STATES, SCANS, NOTES, ENDS, kept):
        for name, said in words.items():
            yield from ((f"document.{name}.ar", said.ar), (f"document.{name}.en", said.en))


READ = dict([*_templates(), *_sentences()])


@pytest.mark.parametrize("why", ENGLISH)
def test_english_is_a_native_reader_s(why: str) -> None:
    """In every e-mail, page and problem."""
    found = [name for name, text in READ.items() if re.search(ENGLISH[why], text)]

    assert found == []


@pytest.mark.parametrize("why", ARABIC)
def test_arabic_is_formal_and_means_what_it_says(why: str) -> None:
    """In every e-mail, page and problem."""
    found = [name for name, text in READ.items() if re.search(ARABIC[why], text)]

    assert found == []


def test_the_guard_reads_what_people_read() -> None:
    """Not a folder that has moved."""
    assert "activation/body.ar.html" in READ
    assert "تفعيل الطلب" in READ["activation/body.ar.html"]
    assert "Activate by" in READ["activation/body.en.html"]
    assert "{{" not in "".join(READ.values())
    assert len(READ) > len(CATALOGUE)
