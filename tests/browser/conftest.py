"""The page that was built, open in a real browser that reaches no network."""

import json
import shutil
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from pages import Site
from playwright.sync_api import sync_playwright

QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


# Rules of axe-core that are off by default. Those of WCAG and the best practices are on.
MORE_RULES = ("label-content-name-mismatch", "p-as-heading", "target-size")
AXE = {
    "rules": {rule: {"enabled": True} for rule in MORE_RULES},
    "resultTypes": ["violations"],  # to describe what is right as well takes twice the time
}


def wait(page, condition: str, seconds: int = 60) -> None:
    """Until the JavaScript condition holds in the page, no longer than so many seconds.

    Playwright's own wait_for_function calls eval, which the page's policy forbids.
    """
    page.evaluate(
        f"""new Promise((resolve, reject) => {{
          const late = performance.now() + {1000 * seconds};
          const look = () => {{
            if ({condition}) resolve();
            else if (performance.now() > late) reject(new Error({json.dumps(condition)}));
            else setTimeout(look, 20);
          }};
          look();
        }})"""
    )


def shown(page) -> None:
    """Until everything near the window shows what the reader has done."""
    wait(page, "views.every((view) => !view.isNear || !view.isStale)")


class Visit:
    """The open page, and everything that it complained of or asked the network for."""

    def __init__(self, context, page: Path, address: str = ""):
        self.complaints: list[str] = []
        self.opened: set[str] = set()
        self.page = context.new_page()
        self.page.on("console", lambda message: self.heard(message.type, message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        self.page.on("request", lambda request: self.asked(request.url))
        self.open(page, address)
        wait(self.page, "chosen.digit !== null && views.every((view) => !view.isStale)")

    def open(self, path: Path, address: str = "") -> None:
        """Go to this page, at this address within it."""
        self.opened.add(path.as_uri())
        self.page.goto(path.as_uri() + address)

    def heard(self, kind: str, text: str) -> None:
        """A message on the console; warnings and errors count."""
        if kind in ("warning", "error"):
            self.complaints.append(f"{kind}: {text}")

    def asked(self, url: str) -> None:
        """A request: the pages themselves and what they hold are none of the network's business."""
        if url not in self.opened and not url.startswith(("data:", "blob:")):
            self.complaints.append(f"request: {url}")

    def beyond(self) -> int:
        """By how many pixels the page is too wide for its window."""
        return self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )

    def violations(self) -> list[str]:
        """What axe-core finds that shuts people out, when all that waits to be seen was seen."""
        for section in self.page.locator("section").all():
            section.scroll_into_view_if_needed()
        wait(self.page, "!document.querySelector('.confusion-live[hidden]')")
        found = Axe().run(self.page, options=AXE).response["violations"]
        return [f"{v['id']}: {[node['target'] for node in v['nodes']]}" for v in found]


@pytest.fixture(scope="session")
def browser():
    """Debian's Chromium, or whichever is installed under that name."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    assert chromium, "no Chromium: apt-get install chromium, or your system's equivalent"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=[*QUIET])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site_of(shared):
    """`site_of(kind)`: the built page of this kind of run."""
    sites = {}

    def site(kind: str) -> Site:
        if kind not in sites:
            sites[kind] = Site.built(kind, shared)
        return sites[kind]

    return site


@pytest.fixture(scope="session")
def site(site_of) -> Site:
    """The page with the default runs."""
    return site_of("default")


@pytest.fixture
def visit(browser, site_of):
    """visit(width, scheme, kind, address) opens a page, on which nothing moves unless asked for.
    At the end it must have had nothing to complain of."""
    visits, contexts = [], []

    def opened(width=1440, scheme="light", kind="default", address="", **options) -> Visit:
        page = site_of(kind).page
        size = {"width": width, "height": 900}
        options = {"reduced_motion": "reduce", **options}
        context = browser.new_context(viewport=size, color_scheme=scheme, offline=True, **options)
        contexts.append(context)
        visits.append(Visit(context, page, address))
        return visits[-1]

    yield opened
    complaints = [complaint for each in visits for complaint in each.complaints]
    for context in contexts:
        context.close()
    assert complaints == []
