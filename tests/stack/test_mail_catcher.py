"""Letters sent over real SMTP are kept and shown, whatever is in them."""

import http.client
import os
import smtplib
import stat
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTPUTF8
from pathlib import Path
from urllib.parse import quote

import pytest

from stack.mail_letters import KEY, Letters
from stack.mail_pages import framed, list_page
from stack.ports import HOST, free_port
from stack.prefect_server import answers
from stack.processes import Child
from support.stack import open_folder

_ARABIC_HTML = '<html><head></head><body dir="rtl"><p>تم قبول الطلب</p></body></html>'


class RunningCatcher:
    """A mail catcher in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.smtp_port, self.http_port = free_port(0), free_port(0)
        self.maildir = folder / "mail"
        ports = ["--smtp-port", str(self.smtp_port), "--http-port", str(self.http_port)]
        command = [sys.executable, "-m", "stack.mail_catcher", *ports]
        command += ["--maildir", str(self.maildir)]
        root = Path(__file__).parent.parent.parent
        env = {**os.environ, KEY: "a-key"}
        self.child = Child("mail", command, log=folder / "mail.log", cwd=root, env=env)

    def start(self) -> None:
        """Run it until it answers."""
        self.child.start()
        self.child.wait_until_ready(lambda: answers(self.http_port, "/a-key/"), within=30)

    def send(self, message: EmailMessage | bytes, to: str = "applicant@example.com") -> str:
        """Send a letter; the key under which it is shown."""
        content = message if isinstance(message, bytes) else message.as_bytes(policy=SMTPUTF8)
        options = ["SMTPUTF8", "BODY=8BITMIME"]
        with smtplib.SMTP(HOST, self.smtp_port, timeout=10) as session:
            session.ehlo()
            session.sendmail("sender@example.com", [to], content, mail_options=options)
        return Letters(self.maildir).newest(1)[0].key

    def get(self, path: str, host: str | None = None) -> tuple[int, dict[str, str], str]:
        """Status, headers and content of a page."""
        connection = http.client.HTTPConnection(HOST, self.http_port, timeout=10)
        connection.request("GET", f"/a-key{path}", headers={"Host": host} if host else {})
        answer = connection.getresponse()
        content = answer.read().decode()
        connection.close()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, content


@pytest.fixture(scope="module")
def catcher() -> Iterator[RunningCatcher]:
    """One catcher for all tests; its letters pile up."""
    with open_folder() as folder:
        running = RunningCatcher(folder)
        running.start()
        yield running
        running.child.stop()


def letter(subject: str = "A letter", *, html: str | None = None) -> EmailMessage:
    """A letter as ours are: plain text, and perhaps HTML."""
    message = EmailMessage()
    message["From"] = "sender@example.com"
    message["To"] = "applicant@example.com"
    message["Subject"] = subject
    message.set_content("Your request is approved.\n")
    if html is not None:
        message.add_alternative(html, subtype="html")
    return message


def test_an_arabic_letter_is_shown_in_arabic(catcher: RunningCatcher) -> None:
    """In the list, in its heading, in its HTML; each takes its direction from its text."""
    key = catcher.send(letter("تفعيل طلبك", html=_ARABIC_HTML))
    status, _, listed = catcher.get("/")
    assert status == 200
    assert '<strong dir="auto">تفعيل طلبك</strong>' in listed
    _, _, page = catcher.get(f"/letters/{key}")
    assert '<h1 dir="auto">تفعيل طلبك</h1>' in page
    assert "Your request is approved." in page
    assert "<th>Subject</th>" in page
    _, _, html = catcher.get(f"/letters/{key}/html")
    assert "تم قبول الطلب" in html


def test_the_newest_letter_comes_first(catcher: RunningCatcher) -> None:
    """And the list loads itself anew."""
    for subject in ("older", "newer"):
        catcher.send(letter(subject))
    _, _, listed = catcher.get("/")
    assert listed.index("newer") < listed.index("older")
    assert '<meta http-equiv="refresh"' in listed


def test_an_address_outside_ascii_is_taken(catcher: RunningCatcher) -> None:
    """SMTPUTF8 is on, and the envelope is kept with the letter."""
    catcher.send(letter("to an Arabic address"), to="طبيب@مثال.السعودية")
    stored = next(path for path in (catcher.maildir / "new").iterdir() if _mentions(path))
    assert stored.read_bytes().startswith(b"Return-Path: <sender@example.com>")


def _mentions(path: Path) -> bool:
    return "Delivered-To: طبيب@مثال.السعودية".encode() in path.read_bytes()


def test_a_letters_html_can_do_nothing(catcher: RunningCatcher) -> None:
    """It is escaped everywhere but in its frame, and the frame forbids scripts, forms, loading."""
    hostile = "<script>alert(1)</script>"
    key = catcher.send(letter(hostile, html=f"<p>{hostile}</p><form action='/'></form>"))
    for path in ("/", f"/letters/{key}"):
        _, headers, page = catcher.get(path)
        assert hostile not in page
        assert "&lt;script&gt;alert(1)" in page
        assert "script-src" not in headers["content-security-policy"]
        assert "default-src 'none'" in headers["content-security-policy"]
    _, headers, html = catcher.get(f"/letters/{key}/html")
    policy = headers["content-security-policy"]
    assert hostile in html
    assert policy.startswith("sandbox allow-popups")
    assert "allow-scripts" not in policy
    assert "allow-forms" not in policy
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no headers at all",
        b'Subject: =?nonsense?q?=FF=FE?=\r\nTo: <<<>>,,"\r\nDate: yesterday\r\n\r\n\xff\xfe\x00',
        b"Content-Type: text/html; charset=klingon\r\n\r\n<p>\xd8\xb7</p>",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: m\r\n",
        b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!",
        b"Content-Type: message/rfc822\r\n\r\nContent-Type: multipart/alternative\r\n\r\n",
        b"From: \xd8\xb7@\xd8\xb7\r\nTo: a@[\r\nMessage-ID: [\r\nSubject: \xf0\x9f\r\n\r\nx",
    ],
)
def test_a_broken_letter_is_shown_as_well_as_it_can_be(
    catcher: RunningCatcher, content: bytes
) -> None:
    """Neither the list nor its page fails."""
    key = catcher.send(content)
    for path in ("/", f"/letters/{key}", f"/letters/{key}/html"):
        assert catcher.get(path)[0] == 200


@pytest.mark.parametrize("key", ["../../../etc/passwd", "..", "nothing", "%00", "new/x", "طلب"])
def test_only_keys_of_letters_are_found(catcher: RunningCatcher, key: str) -> None:
    """A key is compared with the letters that are there and never becomes a path."""
    assert catcher.get(f"/letters/{quote(key, safe='')}")[0] == 404
    assert catcher.get(f"/letters/{quote(key)}")[0] in {404, 400}
    assert Letters(catcher.maildir).find(key) is None


@pytest.mark.parametrize("path", ["/", "/letters/x", "/wrong/", "/a-key-/", "//a-key/", "/A-KEY/"])
def test_without_the_key_there_is_nothing(catcher: RunningCatcher, path: str) -> None:
    """Every user of the machine reaches the port."""
    assert not answers(catcher.http_port, path)


def test_the_key_is_not_in_the_list_of_processes(catcher: RunningCatcher) -> None:
    """Everybody reads that list."""
    command = Path(f"/proc/{catcher.child.pid}/cmdline").read_bytes()

    assert b"stack.mail_catcher" in command
    assert b"a-key" not in command


def test_the_letters_lie_where_nobody_else_can_look(catcher: RunningCatcher) -> None:
    """Nor does a page tell its address to where its links lead."""
    catcher.send(letter())
    _, headers, _ = catcher.get("/")

    assert stat.S_IMODE(catcher.maildir.stat().st_mode) == 0o700
    assert headers["referrer-policy"] == "no-referrer"


def test_another_host_name_is_refused(catcher: RunningCatcher) -> None:
    """A page on the web that gives its own name our address reads no letters."""
    assert catcher.get("/", host="evil.example")[0] == 400
    assert catcher.get("/", host=f"localhost:{catcher.http_port}")[0] == 200


def test_links_in_a_letter_open_in_a_new_tab() -> None:
    """Inside the frame the portal's page could do nothing."""
    assert framed("<!doctype html><HEAD lang=ar><title>") == (
        '<!doctype html><HEAD lang=ar><base target="_blank"><title>'
    )
    assert framed("<p>bare</p>") == '<base target="_blank"><p>bare</p>'


def test_an_empty_list_says_so() -> None:
    """And what to expect."""
    assert "No e-mails yet." in list_page([], 0)


def test_only_the_newest_are_listed(folder: Path) -> None:
    """The page stays small and says how many there are."""
    letters = Letters(folder / "mail")
    for number in range(3):
        letters.keep("a@example.com", ["b@example.com"], f"Subject: {number}\r\n\r\n".encode())
    newest = letters.newest(2)
    assert [summary.subject for summary in newest] == ["2", "1"]
    assert "The newest 2 are shown." in list_page(newest, letters.count())
