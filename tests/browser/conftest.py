"""The page that was built, open in a real browser that reaches no network."""

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from handwritten.data.preparation import normalise
from handwritten.learning import network

ROOT = Path(__file__).parents[2]
PAGE = Path(os.environ.get("PAGE", ROOT / "results" / "mnist" / "report.html")).resolve()
INDEX = PAGE.parent / "index.html"
QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


def wait(page, condition: str, seconds: int = 10) -> None:
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


class Visit:
    """The open page, and everything that it complained of or asked the network for."""

    def __init__(self, context):
        self.complaints: list[str] = []
        self.opened: set[str] = set()
        self.page = context.new_page()
        self.page.on("console", lambda message: self.heard(message.type, message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        self.page.on("request", lambda request: self.asked(request.url))
        self.open(PAGE)
        wait(self.page, "chosen.digit !== null")

    def open(self, path: Path) -> None:
        """Go to this page."""
        self.opened.add(path.as_uri())
        self.page.goto(path.as_uri())

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
        wait(self.page, "!document.querySelector('.errors-live[hidden]')")
        found = Axe().run(self.page).response["violations"]
        return [f"{v['id']}: {[node['target'] for node in v['nodes']]}" for v in found]


@pytest.fixture(scope="session")
def browser():
    """Debian's Chromium, or whichever is installed under that name."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    assert chromium, "no Chromium: apt-get install chromium, or your system's equivalent"
    assert PAGE.exists(), f"{PAGE} is not there: run make first"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=[*QUIET])
        yield browser
        browser.close()


@pytest.fixture
def visit(browser):
    """visit(width, scheme) opens the page; at the end it must have had nothing to complain of."""
    visits, contexts = [], []

    def opened(width: int = 1440, scheme: str = "light", **options) -> Visit:
        size = {"width": width, "height": 900}
        context = browser.new_context(viewport=size, color_scheme=scheme, offline=True, **options)
        contexts.append(context)
        visits.append(Visit(context))
        return visits[-1]

    yield opened
    complaints = [complaint for each in visits for complaint in each.complaints]
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture(scope="session")
def summary() -> dict:
    """What the pipeline says of the runs on the page."""
    return json.loads((PAGE.parent / "summary.json").read_text())


@pytest.fixture(scope="session")
def built_page() -> Path:
    """The page's file."""
    return PAGE


@pytest.fixture(scope="session")
def runs(summary):
    """Of every run in the page its layers, as learnt, and its activation."""
    found = {}
    for name, run in summary["runs"].items():
        if "model" not in run:
            continue
        model = PAGE.parents[2] / run["model"]
        record = json.loads((model.parent / "provenance.json").read_text())
        with np.load(model) as arrays:
            layers = network.from_named(dict(arrays))
        found[name] = layers, record["made_from"]["settings"].get("activation", "relu")
    return found


@pytest.fixture(scope="session")
def examples() -> dict:
    """The test images x (n, pixels), floats from 0 to 1, and their labels y (n,)."""
    found = PAGE.parent.glob("parse_idx/*/test.npz")  # versions differ in code alone
    with np.load(max(found, key=lambda path: path.stat().st_mtime)) as arrays:
        return {"x": normalise(arrays["x"]), "y": arrays["y"]}
