"""The pictures of docs/tutorial/, which `docs/screenshots.py` takes along with the README's."""

import os
import re
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Page

from stack.mail_letters import Letters
from stack.running import RunningStack

_WAITS = 60_000.0
#: What the tutorial's engineer runs.
README = Path(__file__).resolve().parent.parent / "README.md"


def take_tutorial(page: Page, stack: RunningStack, letters: Letters) -> None:
    """The way of a practitioner whose update is written, and then what an engineer made."""
    from screenshots import shoot, shoot_part  # noqa: PLC0415 - it imports us

    page.goto(f"{stack.portal_url}/home?lang=ar")
    shoot_part(page, "tutorial/home", bottom=min(_bottom(page, "main .card") + 24, 1100))
    page.goto(f"{stack.portal_url}/update/edit/contact?lang=ar")
    shoot_part(page, "tutorial/edit", bottom=_bottom(page, "form button.wide") + 24)
    page.goto(f"{stack.portal_url}/update/review?lang=ar")
    page.locator("[name=sure]").check()
    page.locator("form button.wide").click()
    page.locator(".number").wait_for(timeout=_WAITS)
    code = page.locator(".number").inner_text().strip()
    shoot_part(page, "tutorial/sent", bottom=_bottom(page, "main .card") + 24)
    page.goto(f"{_link(page, letters, code)}?lang=ar")
    shoot_part(page, "tutorial/activate", bottom=_bottom(page, "main .card") + 24)
    for tick in page.get_by_role("checkbox").all():
        tick.check()
    page.locator("main form button").first.click()
    page.wait_for_load_state("networkidle")
    shoot_part(page, "tutorial/activated", bottom=_bottom(page, "main .card") + 24)
    page.set_viewport_size({"width": 1180, "height": 900})
    code = _run_of_the_readme(stack)
    page.goto(f"{stack.prefect_ui_url}/login")
    page.locator("input[type=password]").fill(stack.environment()["PREFECT_API_AUTH_STRING"])
    page.get_by_role("button", name="Login").click()
    page.get_by_text("Flow Runs").first.wait_for(timeout=_WAITS)
    page.goto(f"{stack.prefect_ui_url}/runs?flow-run-search={code}")
    page.get_by_text(code).first.click()
    page.get_by_text("stage:").first.wait_for(timeout=_WAITS)
    page.wait_for_load_state("networkidle")
    shoot(page, "tutorial/run", top=0, left=264, bottom=510)


def _bottom(page: Page, selector: str) -> float:
    box = page.locator(selector).last.bounding_box()
    if box is None:
        sys.exit(f"{page.url.partition('?')[0]} has no {selector}")
    return box["y"] + box["height"]


def _link(page: Page, letters: Letters, code: str) -> str:
    """The activation link of this request; waits until its e-mail has come."""
    for _ in range(120):
        for summary in letters.newest(10):
            found = letters.find(summary.key)
            link = re.search(r"http\S+/activate/[\w-]+", found.text) if found else None
            if link and found and code in found.text:
                return link[0]
        page.wait_for_timeout(500)
    sys.exit("no e-mail with an activation link has come")


def _run_of_the_readme(stack: RunningStack) -> str:
    """The tracking code that the README's Python example prints."""
    found = re.search(
        r"<!-- example: python -->\n```\w+\n(.*?)```", README.read_text("utf-8"), re.DOTALL
    )
    if found is None:
        sys.exit("the README has no example in Python")
    done = subprocess.run(  # noqa: S603 - the README's own program
        [sys.executable, "-c", found[1]],
        cwd=README.parent,
        env={**os.environ, **stack.environment()},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.split()[0]
