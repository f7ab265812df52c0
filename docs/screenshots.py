"""Takes screenshots: of every page of the portal, or those that stand in the README.

``python docs/screenshots.py FOLDER`` writes every page into that folder: in both languages, on a
telephone and on a desk, light and dark, as practitioners have it and with their mistakes, and what
is worth printing as it is printed. They are the walk's of tests/portal/test_accessibility.py, which
takes its pages from the application. Some minutes.

``python docs/screenshots.py`` writes the README's into docs/pictures/, from the demo, which must
just have been started: `make demo`. Look at them before you commit them.

Both need what `make check` installs, and chromium.
"""

import argparse
import asyncio
import os
import re
import secrets
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pypdfium2
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from pyotp import TOTP

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tutorial_pictures import take_tutorial  # noqa: E402

from desk.register.card_sheet import card_as_pdf  # noqa: E402 - the script may be run from anywhere
from desk.register.printing import CardInHand  # noqa: E402
from mail.wording.languages import Language  # noqa: E402
from rules.values.dates import riyadh_day  # noqa: E402
from stack.mail_letters import Letters, OpenedLetter  # noqa: E402
from stack.running import DEMO, RunningStack, default_home  # noqa: E402

CHROMIUM = "/usr/bin/chromium"
PICTURES = ROOT / "docs" / "pictures"
#: A picture in a README is loaded by everybody who opens it.
MOST_BYTES = 150_000
#: Somebody of the examples whose update is left to the reader: registration and identity number.
NEWCOMER = ("20-150010", "2377065129")
_ARABIC = re.compile(r"[\u0621-\u064a]")
_WAITS = 60_000.0


def main() -> None:
    """Take them; raises SystemExit where that fails."""
    parser = argparse.ArgumentParser(prog="python docs/screenshots.py")
    parser.add_argument("folder", type=Path, nargs="?", help="every page, into this folder")
    folder: Path | None = parser.parse_args().folder
    if folder is None:
        take_readme()
    else:
        take_every_page(folder)


def take_every_page(folder: Path) -> None:
    """Walk through the portal; raises SystemExit where a page of it is not as it must be."""
    folder.mkdir(parents=True, exist_ok=True)
    walk = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "tests/portal/test_accessibility.py"],
        cwd=ROOT,
        env={**os.environ, "MUMARIS_TEST_PICTURES": str(folder.resolve())},
        check=False,
    )
    sys.stdout.write(f"{len(list(folder.glob('*.png')))} pictures in {folder}\n")
    sys.exit(walk.returncode)


def take_readme() -> None:
    """The README's; raises SystemExit where the demo does not run or a picture is too big."""
    home = default_home() / DEMO
    stack = RunningStack.read(home)
    if stack is None:
        sys.exit("the demo does not run here: start it with `make demo`")
    (PICTURES / "tutorial").mkdir(parents=True, exist_ok=True)
    before = {picture: picture.stat().st_mtime_ns for picture in PICTURES.rglob("*.png")}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        letter = activation_letter(Letters(home / "mail"))
        take_letter(browser, f"{stack.mail_url.rstrip('/')}/letters/{letter.summary.key}/html")
        take_run(browser, stack)
        page = take_review(browser, stack, Letters(home / "mail"))
        take_case(browser, stack, Letters(home / "mail"))
        take_card()
        take_tutorial(page, stack, Letters(home / "mail"))
        browser.close()
    take_page(home / "pages")
    for picture in sorted(PICTURES.rglob("*.png")):
        if picture.stat().st_mtime_ns == before.get(picture):
            sys.exit(f"nothing here takes {picture.name} again")
        size = picture.stat().st_size
        if size > MOST_BYTES:
            sys.exit(f"{picture.name} has {size:,} bytes, more than {MOST_BYTES:,}")
        sys.stdout.write(f"{picture.relative_to(ROOT)}: {size:,} bytes\n")


def activation_letter(letters: Letters) -> OpenedLetter:
    """The newest activation e-mail in Arabic; raises SystemExit where there is none."""
    for summary in letters.newest(letters.count()):
        found = letters.find(summary.key)
        if found and _ARABIC.search(summary.subject) and "/activate/" in found.text:
            return found
    sys.exit("the demo has sent no activation e-mail in Arabic")


def take_page(folder: Path) -> None:
    """The upper half of a letter's page, as its officer sees it; the rest of it is empty."""
    pages = sorted(folder.rglob("*-employer_letter-page-1.jpg"))
    if not pages:
        sys.exit("the demo has shown no employer's letter to an officer")
    with Image.open(pages[0]) as page:
        half = page.crop((0, 0, page.width, page.height * 3 // 5))
        half.thumbnail((640, 640))
        half.convert("L").quantize(16).save(PICTURES / "letter-page.png", optimize=True)


def take_letter(browser: Browser, address: str) -> None:
    """The Arabic half of an e-mail; the English one follows below it."""
    page = browser.new_page(viewport={"width": 620, "height": 1600}, device_scale_factor=1.25)
    page.goto(address)
    english = page.get_by_text("Mumaris", exact=True).first.bounding_box()
    if english is None:
        sys.exit("the e-mail has no English half")
    shoot(page, "activation-email", top=0, bottom=english["y"] - 40)


def take_run(browser: Browser, stack: RunningStack) -> None:
    """The runs as operations see them, after signing in: each request with what became of it."""
    page = browser.new_page(viewport={"width": 1180, "height": 1800})
    page.goto(f"{stack.prefect_ui_url}/login")
    page.locator("input[type=password]").fill(stack.environment()["PREFECT_API_AUTH_STRING"])
    page.get_by_role("button", name="Login").click()
    page.get_by_text("Flow Runs").first.wait_for(timeout=_WAITS)
    page.goto(f"{stack.prefect_ui_url}/runs")
    page.get_by_text("Suspended").first.wait_for(timeout=_WAITS)
    page.wait_for_load_state("networkidle")
    suspended = page.get_by_text("Suspended").first.bounding_box()
    if suspended is None:
        sys.exit("no request waits in the demo")
    # The list, without the menu beside it and the chart above it.
    shoot(page, "prefect-runs", left=264, top=suspended["y"] - 158, bottom=suspended["y"] + 380)


def take_review(browser: Browser, stack: RunningStack, letters: Letters) -> Page:
    """What a practitioner sends, as they see it on a telephone; returns the page, signed in."""
    page = browser.new_page(viewport={"width": 360, "height": 1600}, device_scale_factor=1.5)
    sign_newcomer_in(page, stack, letters)
    page.goto(f"{stack.portal_url}/update/edit/contact?lang=ar")
    page.locator("[name=mobile]").fill("0551112233")
    page.locator("form button.wide").click()
    page.goto(f"{stack.portal_url}/update/review?lang=ar")
    declaration = page.locator(".card").last.bounding_box()
    if declaration is None:
        sys.exit("the portal shows nothing to review")
    bottom = declaration["y"] + declaration["height"] + 24
    shoot_part(page, "update-review", bottom=bottom)
    return page


def sign_newcomer_in(page: Page, stack: RunningStack, letters: Letters) -> None:
    """In Arabic, by a new password, so that nobody need tell us theirs."""
    page.goto(f"{stack.portal_url}/first-sign-in?lang=ar")
    page.locator("[name=registration_number]").fill(NEWCOMER[0])
    page.locator("[name=identity_number]").fill(NEWCOMER[1])
    page.locator("main button").click()
    page.goto(password_link(page, letters))
    password = secrets.token_urlsafe(24)
    for box in ("password", "repeated"):
        page.locator(f"[name={box}]").fill(password)
    page.locator("main form button").last.click()
    # The demo gave everybody a password, so this was the link for another one.
    page.goto(f"{stack.portal_url}/sign-in?lang=ar")
    page.locator("[name=name]").fill(NEWCOMER[1])
    page.locator("[name=password]").fill(password)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url("**/home**")


def take_case(browser: Browser, stack: RunningStack, letters: Letters) -> None:
    """A case as an officer has it: Next case."""
    page = browser.new_page(viewport={"width": 1180, "height": 1800})
    sign_officer_in(page, stack, letters)
    page.goto(f"{stack.portal_url}/desk?lang=ar")
    shoot_part(page, "tutorial/desk", bottom=520)
    page.locator("form[action*='/desk/next'] button").click()
    # The case with its letter; the other one waits for a second officer.
    if not page.locator(".picture img").count():
        page.goto(f"{stack.portal_url}/desk?lang=ar")
        page.locator("form[action*='/desk/next'] button").click()
    # The page goes on to hear who else reads it: the network is never idle.
    page.wait_for_function("() => [...document.images].every(each => each.complete)")
    page.locator("[name=tick]").first.check()
    shoot(page, "case", top=110, bottom=1310)


def take_card() -> None:
    """The sheet of an invented card, as it is printed; its code opens nothing."""
    today = riyadh_day(datetime.now(UTC))
    card = CardInHand(
        name_ar="نورة صالح أحمد القحطاني",
        name_en="Noura Saleh Ahmed Alqahtani",
        specialty="Critical care nursing",
        rank="specialist",
        number="20-104567",
        valid_from=today - timedelta(days=365),
        valid_until=today + timedelta(days=365),
        as_of=today,
        address="https://portal.example.org/c/AAECAwQFBgcICQoLDA0ODw",
    )
    # Playwright's loop runs in this thread.
    with ThreadPoolExecutor(1) as other:
        sheet = other.submit(lambda: asyncio.run(card_as_pdf(card, Language.AR))).result()
    with pypdfium2.PdfDocument(sheet) as document:
        taken = document[0].render(scale=2.2).to_pil()
    few = taken.convert("RGB").quantize(64, dither=Image.Dither.NONE)
    few.save(PICTURES / "card-ar.png", optimize=True)


def sign_officer_in(page: Page, stack: RunningStack, letters: Letters) -> None:
    """An officer who begins anew for it: a password, then an app."""
    subprocess.run(  # noqa: S603 - our own command, which no shell reads
        [Path(sys.executable).with_name("mumaris"), "account", "reset-factors", "amal", "--yes"],
        cwd=ROOT,
        env={**os.environ, **stack.environment()},
        check=True,
        stdout=subprocess.DEVNULL,
    )
    page.goto(f"{password_link(page, letters, 'first-sign-in|new-password')}?lang=ar")
    password = secrets.token_urlsafe(24)
    for box in ("password", "repeated"):
        page.locator(f"[name={box}]").fill(password)
    page.locator("main form button").last.click()
    page.locator("form[action*='/app'] button").first.click()
    secret = "".join(page.locator(".secret span").all_inner_texts())
    page.locator("[name=code]").fill(TOTP(secret).now())
    page.locator("form[action*=confirm] button").click()


def password_link(page: Page, letters: Letters, path: str = "new-password") -> str:
    """The link that sets a password, from the newest e-mail with one; waits until it has come."""
    for _ in range(60):
        for summary in letters.newest(5):
            found = letters.find(summary.key)
            link = re.search(rf"http\S+/(?:{path})/\S+", found.text) if found else None
            if link:
                return link[0]
        page.wait_for_timeout(500)
    sys.exit("no e-mail with a link for a password has come")


def shoot(page: Page, name: str, *, top: float, bottom: float, left: float = 0) -> None:
    """Write this part of the page, in CSS pixels, under this name, and close the page."""
    shoot_part(page, name, top=top, bottom=bottom, left=left)
    page.close()


def shoot_part(page: Page, name: str, *, bottom: float, top: float = 0, left: float = 0) -> None:
    """The same, and go on with the page."""
    width = (page.viewport_size or {"width": 0})["width"] - left
    path = PICTURES / f"{name}.png"
    page.screenshot(path=path, clip={"x": left, "y": top, "width": width, "height": bottom - top})
    with Image.open(path) as taken:
        # A page has few colours: it is a third of the bytes, and nobody sees a difference.
        few = taken.convert("RGB").quantize(256, dither=Image.Dither.NONE)
    few.save(path, optimize=True)


if __name__ == "__main__":
    main()
