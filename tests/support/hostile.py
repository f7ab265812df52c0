"""Texts that no field takes, for every kind of request."""

HOSTILE = {
    "html": "<script>alert(1)</script>",
    "header injection": "a\r\nBcc: victim@example.com",
    "line feed": "sarah@example.com\n",
    "bidi override": "\u202egnp.exe",
    "bidi isolate": "\u2067abc\u2069",
    "mark": "abc\u200f",
    "nul": "abc\x00",
    "lone surrogate": "abc\ud800",
    "private use": "abc\ue000",
    "ten megabytes": "a" * 10_000_000,
    "ten megabytes of digits": "٣" * 10_000_000,
    "ten megabytes of spaces": " " * 10_000_000,
}
