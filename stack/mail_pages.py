"""The mail catcher's pages. Everything in a letter is escaped; its HTML runs in a sandbox."""

import re
from collections.abc import Sequence

from jinja2 import DictLoader, Environment, StrictUndefined

from stack.mail_letters import OpenedLetter, Summary

#: What a letter's own HTML may do: look like itself, and open links in new tabs. No scripts, no
#: forms, nothing loaded from anywhere.
LETTER_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
    "style-src 'unsafe-inline'; img-src data:; base-uri 'none'; frame-ancestors 'self'"
)
PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; base-uri 'none'"

_NEW_TAB = '<base target="_blank">'
_HEAD = re.compile(r"<head\b[^>]*>", re.IGNORECASE)

_LAYOUT = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
{% block refresh %}{% endblock %}
<title>{% block title %}E-mails{% endblock %}</title>
<style>
:root { color-scheme: light dark; --ink: #1b2430; --dim: #5d6b7a; --line: #dde3e9; --page: #f6f8fa;
  --card: #fff; --link: #0b63b0; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6ebf0; --dim: #9aa8b6; --line: #2c3742;
  --page: #11171d; --card: #1a222b; --link: #7bb8f0; } }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 64rem; padding: 1.5rem 1rem 3rem; background: var(--page);
  color: var(--ink); font: 16px/1.5 system-ui, "Segoe UI", "Noto Sans Arabic", sans-serif }
a { color: var(--link) }
h1 { font-size: 1.4rem; margin: 0 0 1rem; overflow-wrap: anywhere }
h2 { font-size: 1rem; color: var(--dim); margin: 1.5rem 0 .5rem }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .5rem }
.dim { color: var(--dim) }
ul { list-style: none; margin: 0; padding: 0 }
li + li { border-top: 1px solid var(--line) }
li a { display: block; padding: .75rem 1rem; text-decoration: none; color: inherit }
li a:hover, li a:focus-visible { background: var(--page) }
li strong { display: block; overflow-wrap: anywhere }
li .dim { display: flex; flex-wrap: wrap; gap: 0 1rem; font-size: .875rem; overflow-wrap: anywhere }
.empty { padding: 3rem 1rem; text-align: center }
iframe { width: 100%; height: 32rem; border: 0; border-radius: .5rem; background: #fff;
  color-scheme: light }
pre { margin: 0; padding: 1rem; white-space: pre-wrap; overflow-wrap: anywhere;
  unicode-bidi: plaintext; font: 14px/1.6 ui-monospace, "Noto Sans Arabic", monospace }
table { border-collapse: collapse; width: 100%; font-size: .875rem }
th, td { padding: .35rem 1rem; text-align: start; vertical-align: top; overflow-wrap: anywhere }
th { color: var(--dim); font-weight: normal; white-space: nowrap }
</style></head><body>{% block body %}{% endblock %}</body></html>"""

_LIST = """{% extends "layout" %}
{% block refresh %}<meta http-equiv="refresh" content="3">{% endblock %}
{% block body %}<h1>E-mails <span class="dim">{{ total }}</span></h1>
{% if letters %}<ul class="card">{% for letter in letters %}
<li><a href="letters/{{ letter.key | urlencode }}">
<strong dir="auto">{{ letter.subject or "(no subject)" }}</strong>
<span class="dim"><bdi>{{ letter.to }}</bdi> <time>{{ letter.date }}</time></span></a></li>
{% endfor %}</ul>
{% if total > letters | length %}<p class="dim">The newest {{ letters | length }} are shown.</p>
{% endif %}{% else %}<div class="card empty"><p>No e-mails yet.</p>
<p class="dim">Whatever is sent to this machine's mail catcher appears here by itself.</p></div>
{% endif %}{% endblock %}"""

_LETTER = """{% extends "layout" %}
{% block title %}{{ letter.summary.subject or "(no subject)" }}{% endblock %}
{% block body %}<p><a href="../">← All e-mails</a></p>
<h1 dir="auto">{{ letter.summary.subject or "(no subject)" }}</h1>
<p class="dim">From <bdi>{{ letter.summary.sender }}</bdi> to <bdi>{{ letter.summary.to }}</bdi>,
received {{ letter.summary.date }}</p>
{% if letter.html %}<h2>HTML</h2>
<div class="card"><iframe title="HTML part" referrerpolicy="no-referrer"
sandbox="allow-popups allow-popups-to-escape-sandbox"
src="{{ letter.summary.key | urlencode }}/html"></iframe></div>{% endif %}
{% if letter.text %}<h2>Plain text</h2>
<div class="card"><pre dir="auto">{{ letter.text }}</pre></div>{% endif %}
<h2>Headers</h2><div class="card"><table>{% for name, value in letter.headers %}
<tr><th>{{ name }}</th><td><bdi>{{ value }}</bdi></td></tr>{% endfor %}</table></div>
{% endblock %}"""

_PAGES = Environment(
    loader=DictLoader({"layout": _LAYOUT, "list": _LIST, "letter": _LETTER}),
    autoescape=True,
    undefined=StrictUndefined,
)


def list_page(letters: Sequence[Summary], total: int) -> str:
    """The newest letters, each a link; the page loads itself anew every 3 s."""
    return _PAGES.get_template("list").render(letters=letters, total=total)


def letter_page(letter: OpenedLetter) -> str:
    """One letter: its HTML in a sandboxed frame, its plain text, and its headers."""
    return _PAGES.get_template("letter").render(letter=letter)


def framed(html: str) -> str:
    """A letter's HTML as it came, but its links open in a new tab and not inside the frame."""
    head = _HEAD.search(html)
    cut = head.end() if head else 0
    return html[:cut] + _NEW_TAB + html[cut:]
