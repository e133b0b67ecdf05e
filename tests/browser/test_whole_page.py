"""The page as a whole: it fits, everybody can use it, it asks for nothing, it prints."""

import json
from itertools import pairwise

import pytest
from conftest import shown, wait
from drawings import STROKES
from kinds import in_turn
from project import ROOT
from test_draw import draw

IN_TURN = [(1440, "dark"), (768, "dark"), (1440, "light")]
WINDOWS = [(360, "light"), *(pytest.param(*each, marks=pytest.mark.slow) for each in IN_TURN)]


@pytest.mark.parametrize(("width", "scheme"), WINDOWS)
def test_it_fits_and_shuts_nobody_out(visit, width, scheme):
    opened = visit(width, scheme)
    assert opened.beyond() == 0
    assert opened.violations() == []


@pytest.mark.parametrize("kind", in_turn())
def test_a_page_of_another_kind_of_run_fits_and_shuts_nobody_out(visit, kind):
    opened = visit(kind=kind)
    assert opened.beyond() == 0
    assert opened.violations() == []
    opened.page.set_viewport_size({"width": 360, "height": 900})
    assert opened.beyond() == 0
    names = [each.bounding_box() for each in opened.page.locator("#draw .bars .name").all()]
    for left, right in pairwise(names):
        assert left["x"] + left["width"] <= right["x"] + 1  # they do not overlap
    sections = opened.page.locator("main > section")
    assert sections.count() > 5
    assert all(section.inner_text().strip() for section in sections.all())


def test_a_first_visit_leads_from_step_to_step_and_to_all_the_rest(visit):
    page = visit().page
    steps = links(page, ".first-visit a")
    assert len(steps) == 7
    for here, there in pairwise(steps):
        assert links(page, f"{here} .next a") == [there]
    every = links(page, "nav a[href^='#']")
    assert links(page, f"{steps[-1]} .next a") == [each for each in every if each not in steps]


def links(page, selector: str) -> list[str]:
    """Where links lead to."""
    return [link.get_attribute("href") for link in page.locator(selector).all()]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_index_shuts_nobody_out_and_sorts(visit, site, scheme):
    opened = visit(1440, scheme)
    page = opened.page
    opened.open(site.folder / "index.html")
    assert opened.violations() == []
    heads = page.locator("table.sortable th button")
    assert heads.count() > 3
    for head in heads.all()[:4]:
        head.click()
        rising = column(page, head)
        head.click()
        assert column(page, head) == rising[::-1]


# Where the other pages lie beside the report.
OTHERS = {"notebook": "run_notebook/*/notebook.html", "sweep": "sweep/*/sweep.html"}


@pytest.mark.parametrize(("width", "scheme"), WINDOWS[:2])
@pytest.mark.parametrize("other", OTHERS)
def test_the_other_pages_fit_and_shut_nobody_out(visit, site, other, width, scheme):
    paths = sorted(site.folder.glob(OTHERS[other]), key=lambda path: path.stat().st_mtime)
    assert paths, f"there is no {other}: run make notebooks sweep first"
    opened = visit(width, scheme)
    for number, path in enumerate(paths[-2:], 1):  # there are two notebooks
        opened.open(path)
        assert opened.beyond() == 0
        assert opened.violations() == []
        picture = site.folder / "screenshots" / f"{other}-{number}-{width}-{scheme}.png"
        opened.page.screenshot(path=picture, full_page=True)


def column(page, head) -> list:
    """What stands in the column of a table below one of its heads, sorted as it is."""
    return head.evaluate(
        """(head) => {
          const { cellIndex } = head.closest("th");
          const rows = [...head.closest("table").tBodies[0].rows];
          return rows.map((row) => row.cells[cellIndex].textContent.trim());
        }"""
    )


ON_PAPER = """() => {
  const shown = [...document.querySelectorAll("main *")].filter(
    (each) => each.getClientRects().length && !each.closest("svg, math, .unseen"));
  const name = (each) => `${each.closest("section").id} ${each.localName}.${each.className}`;
  const beyond = (each) => each.getBoundingClientRect().right > innerWidth + 4
    || (getComputedStyle(each).overflow !== "visible" && each.scrollWidth > each.clientWidth + 1);
  const control = (each) => each.matches("button, select, input, textarea")
    && !each.closest("th, td, li, .numbers");
  const colourless = (each) => getComputedStyle(each).printColorAdjust !== "exact";
  const lonely = (each) => each.matches("h2, h3, h4")
    && getComputedStyle(each).breakAfter !== "avoid";
  const names = (what) => shown.filter(what).map(name);
  return [names(beyond), names(control), names(colourless), names(lonely)];
}"""


def test_it_prints(visit, tmp_path):
    """On a sheet of A4, nothing is cut off, no control is left, colours and headings stay."""
    opened = visit(690, "dark")  # as wide as the text on A4
    page = opened.page
    wait(page, "!document.querySelector('.confusion-live[hidden]')")  # filled without scrolling
    page.emulate_media(media="print")
    assert page.evaluate(ON_PAPER) == [[], [], [], []]
    box = page.locator(".confusion-box").first
    assert box.evaluate("(box) => box.scrollHeight <= box.clientHeight + 1")
    assert page.locator(".sortable th").first.inner_text() != ""
    pdf = page.pdf(path=tmp_path / "page.pdf", format="A4")
    assert pdf.startswith(b"%PDF") and len(pdf) > 100_000


SECTION_STYLES = """[...document.styleSheets[0].cssRules]
  .filter((rule) => rule.selectorText?.startsWith("#") && rule.cssRules.length > 0)
  .map((rule) => rule.selectorText)"""


def test_a_section_s_styles_apply_to_it_alone(visit):
    """Each file of styles is one rule, of its section, which contains all others."""
    page = visit().page
    sections = {part.get_attribute("id") for part in page.locator("main > section").all()}
    files = {path.parent.name for path in (ROOT / "workflow/report").glob("*/*.css")} - {"shared"}
    assert sorted(page.evaluate(SECTION_STYLES)) == sorted(f"#{name}" for name in files & sections)


def drawn(page):
    draw(page, STROKES["3"])


def backward(page):
    page.locator("#inside-number").fill("115")
    page.locator("#inside-number").press("Enter")
    wait(page, "chosen.digit.origin === 'test digit 115'")
    page.locator("#inside-list button[data-kind='gradient']").last.click()


def damaged(page):
    page.locator("[data-damage='nonlinearity']").click()
    wait(page, "byId('damage-result').dataset.state === 'counted'", seconds=60)


def trained(page):
    page.locator("[data-train='learns']").click()
    wait(page, "training.run.report?.seen > 6_000", seconds=60)
    page.locator("#train-go").click()  # pause


def first_layer(page):
    page.locator("#first-layer").scroll_into_view_if_needed()
    wait(page, "byId('first-layer').childElementCount > 0")


def filled(page):
    wait(page, "!document.querySelector('.confusion-live[hidden]')")


# What a reader does in a section before its picture is taken.
BEFORE = {
    "draw": drawn,
    "inside": backward,
    "damage": damaged,
    "playground": trained,
    "training": first_layer,
    "confusion_matrix": filled,
}


@pytest.mark.full
@pytest.mark.parametrize("width", [360, 1440])
def test_screenshots_of_every_section(visit, site, width):
    """For people to look at, beside the page; every section has something to show."""
    page = visit(width).page
    folder = site.folder / "screenshots"
    names = [part.get_attribute("id") for part in page.locator("main > section").all()]
    assert set(BEFORE) <= set(names)
    for name in names:
        section = page.locator(f"#{name}")
        section.scroll_into_view_if_needed()
        BEFORE.get(name, lambda _: None)(page)
        picture = folder / f"{name}-{width}.png"
        section.screenshot(path=picture)
        assert picture.stat().st_size > 5_000


# Controls of the page, and what each of them changes, or the other way round.
CHANGES = {
    "[data-damage='noise']": "#damage-accuracy",
    "#damage-pixel-noise": "#damage-accuracy",
    "#damage-another": "#damage-accuracy",
    "[data-train='zeros']": "#train-accuracy",
    "#train-seed": "#train-accuracy",
    "#train-go": "#train-loss",
    "#inside-card h3": "#inside-next",
    "#layer-1": "#inside-unit h3",
    "#first-layer-time": "#first-layer canvas",
}
IN_SIGHT = """(element) => {
  const { left, top, right, bottom } = element.getBoundingClientRect();
  const above = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
  return left >= 0 && right <= innerWidth && top >= 0 && bottom <= innerHeight
    && (element.contains(above) || above?.contains(element));
}"""


def test_on_a_phone_what_a_control_changes_is_in_sight(visit):
    opened = visit(390)
    page = opened.page
    page.locator("#inside-list button").nth(2).click()
    for control, result in CHANGES.items():
        page.locator(control).first.evaluate("(each) => each.scrollIntoView({ block: 'center' })")
        shown(page)
        for part in (control, result):
            in_sight = page.locator(part).first.evaluate(IN_SIGHT)
            assert in_sight, f"{part} cannot be seen while {control} is used"
    assert opened.beyond() == 0


PAPER = "getComputedStyle(document.body).backgroundColor"
NO_STORAGE = "Object.defineProperty(window, 'localStorage', { get() { throw new Error('none') } })"


def test_the_reader_chooses_the_colours(visit):
    page = visit(scheme="light").page
    light = page.evaluate(PAPER)
    page.locator("#theme").select_option("dark")
    dark = page.evaluate(PAPER)
    assert dark != light
    assert page.locator("head script:has(~ style)").count() == 1  # before anything can be painted
    page.emulate_media(media="print")
    assert page.evaluate(PAPER) == "rgb(255, 255, 255)"
    page.emulate_media(media="screen", color_scheme="dark")
    page.locator("#theme").select_option("light")
    assert page.evaluate(PAPER) == light
    page.add_init_script(NO_STORAGE)
    page.reload()
    assert page.evaluate(PAPER) == dark  # the system's
    page.locator("#theme").select_option("light")
    assert page.evaluate(PAPER) == light


def test_the_colours_are_kept(visit):
    """What the page stores is given to the next page before it starts: when the browser's own
    storage reaches a page that is loaded again is the browser's affair, and took long on a busy
    machine."""
    page = visit(scheme="light").page
    page.locator("#theme").select_option("dark")
    chosen, stored = page.evaluate(PAPER), page.evaluate("({ ...localStorage })")
    other = visit(scheme="light").page
    assert other.evaluate(PAPER) != chosen and other.locator("#theme").input_value() == "system"
    other.add_init_script(f"Object.assign(localStorage, {json.dumps(stored)})")
    other.reload()
    assert other.evaluate(PAPER) == chosen and other.locator("#theme").input_value() == "dark"


def test_every_heading_has_an_address_and_the_page_a_preview(visit):
    page = visit().page
    headings = page.locator("main :is(h2, h3, h4):not(:empty):visible")
    addresses = [
        (each.inner_text(), each.evaluate("(each) => each.querySelector('a')?.hash"))
        for each in headings.all()
        if each.evaluate("(each) => !each.closest('.inside-stage, .confusion-live')")  # by scripts
    ]
    assert len(addresses) > 20
    assert [text for text, address in addresses if not address] == []
    targets = [address for _, address in addresses]
    assert len(targets) == len(set(targets))
    assert all(page.locator(f"[id='{target[1:]}']").count() == 1 for target in targets)
    for part in ("meta[name=description]", "meta[property='og:description']"):
        assert "test digits correctly" in page.locator(part).get_attribute("content")
    for part, name in (("meta[property='og:image']", "content"), ("link[rel=icon]", "href")):
        picture = page.locator(part).get_attribute(name)
        size = page.evaluate(
            """async (picture) => {
              const image = Object.assign(new Image(), { src: picture });
              await image.decode();
              return [image.width, image.height];
            }""",
            picture,
        )
        assert size == ([1200, 630] if "og" in part else [28, 28])
