"""Where things are: the contents lead everywhere, nothing is cut off, pixels are equally wide."""

import pytest
from conftest import shown, wait
from test_whole_page import links

WIDTHS = (360, 390, 768, 1440)

# Text that cannot be read as a whole: it leaves the frame of its block, or what hides its overflow,
# and nothing around it lets the reader scroll there. Captions have to fit without scrolling.
CUT_OFF = """() => {
  const apart = "svg, math, canvas, option, script, style, .unseen, .anchor";
  const style = (each) => getComputedStyle(each);
  const blockOf = (each) => (style(each).display === "inline" ? blockOf(each.parentElement) : each);
  const scrolls = (each) =>
    each && (/auto|scroll/.test(style(each).overflowX) || scrolls(each.parentElement));
  const name = (each) => `${each.closest("section")?.id}: ${each.textContent.trim().slice(0, 60)}`;
  const seen = [...document.querySelectorAll("body *")].filter(
    (each) => each.getClientRects().length && !each.closest(apart));
  const hides = (each) => /hidden|clip/.test(style(each).overflowX)
    && each.scrollWidth > each.clientWidth + 1;
  const texts = seen.flatMap((each) =>
    [...each.childNodes].filter((node) => node.nodeType === 3 && node.textContent.trim()));
  const leaves = (node) => {
    const range = document.createRange();
    range.selectNodeContents(node);
    const text = range.getBoundingClientRect();
    const frame = blockOf(node.parentElement).getBoundingClientRect();
    return (text.left < frame.left - 1.5 || text.right > frame.right + 1.5)
      && !scrolls(node.parentElement);
  };
  const captions = seen.filter((each) => {
    const box = each.matches("caption") && each.closest(".scroll");
    return box && each.getBoundingClientRect().width > box.clientWidth + 1;
  });
  const left = texts.filter(leaves).map((node) => node.parentElement);
  return [...seen.filter(hides), ...left, ...captions].map(name);
}"""

# Controls that are less than 3 pixels apart, but for what is one thing in many parts.
TOUCHING = """() => {
  const controls = [...document.querySelectorAll("main :is(button, select, input)")].filter(
    (each) => each.getClientRects().length && !each.closest("table, ol, ul, .numbers, label"));
  const boxes = controls.map((each) => each.getBoundingClientRect());
  const gap = (a, b) =>
    Math.max(a.left - b.right, b.left - a.right, a.top - b.bottom, b.top - a.bottom);
  return controls.flatMap((one, i) => controls.slice(0, i)
    .filter((_, j) => gap(boxes[i], boxes[j]) < 3)
    .map((other) => `${other.id} and ${one.id}`));
}"""

# Images whose pixels are not all as wide: their width is no multiple of their columns.
UNEVEN = """() => [...document.querySelectorAll("canvas")]
  .filter((each) => each.getClientRects().length && each.width === COLUMNS
    && getComputedStyle(each).imageRendering === "pixelated" && each.clientWidth % COLUMNS !== 0)
  .map((each) => `${each.closest("section").id} ${each.id}: ${each.clientWidth}`)"""


def filled(page) -> None:
    """Every section has what scripts put there."""
    wait(page, "!document.querySelector('.confusion-live[hidden]')")
    page.evaluate("byId('first-layer').scrollIntoView()")
    wait(page, "byId('first-layer').childElementCount > 0")
    page.evaluate("byId('playground').scrollIntoView()")
    wait(page, "byId('train-weights').childElementCount > 0")


def test_nothing_is_cut_off_at_any_width(visit):
    page = visit().page
    filled(page)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        shown(page)
        assert (width, page.evaluate(CUT_OFF)) == (width, [])
        assert (width, page.evaluate(TOUCHING)) == (width, [])
        assert (width, page.evaluate(UNEVEN)) == (width, [])


def test_the_contents_show_all_sections_and_where_one_is(visit):
    page = visit(1440).page
    here = page.locator("#contents [aria-current]")
    assert here.inner_text() == page.locator("main h2").first.inner_text()
    sections = page.locator("main > section")
    entries = page.locator("#contents a")
    assert entries.count() == sections.count() > 5
    for entry in entries.all():
        box = entry.bounding_box()
        assert box["y"] >= 0 and box["y"] + box["height"] <= 900
    entries.last.click()
    wait(page, f"sectionInView().id === '{sections.last.get_attribute('id')}'")
    wait(page, "document.querySelector('#contents a:last-child').ariaCurrent === 'true'")
    assert here.count() == 1
    page.set_viewport_size({"width": 1440, "height": 300})  # the list scrolls with the reader
    page.evaluate("scrollTo(0, 0)")
    wait(page, "document.querySelector('#contents a').ariaCurrent === 'true'")
    assert 0 <= here.bounding_box()["y"] < 280


@pytest.mark.parametrize("width", [360, 768])
def test_where_it_is_narrow_the_contents_are_a_menu(visit, width):
    page = visit(width).page
    button, entries = page.locator("#contents-open"), page.locator("#contents a")
    assert not entries.first.is_visible()
    assert page.locator("main h2").first.inner_text() in button.inner_text()
    button.focus()
    page.keyboard.press("Enter")
    assert button.get_attribute("aria-expanded") == "true"
    for entry in entries.all():
        entry.scroll_into_view_if_needed()
        box = entry.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= width
        assert box["y"] >= 0 and box["y"] + box["height"] <= 900
    page.keyboard.press("Escape")
    assert not entries.first.is_visible()
    assert page.evaluate("document.activeElement.id") == "contents-open"
    button.click()
    target = links(page, "#contents a")[2]
    entries.nth(2).click()
    assert not entries.first.is_visible()
    wait(page, f"sectionInView().id === '{target[1:]}'")
    wait(page, f"byId('contents-now').textContent === byId('{target[1:]}-title').textContent")
    top = page.locator(f"{target} h2").bounding_box()["y"]
    assert top >= button.bounding_box()["y"] + button.bounding_box()["height"]


def test_words_with_a_dotted_line_lead_to_what_they_mean(visit):
    page = visit().page
    entries = {each.get_attribute("id") for each in page.locator("#glossary dt").all()}
    assert {target[1:] for target in links(page, "a.term")} == entries
    assert len(entries) > 20 and {"term-precision", "term-recall", "term-f1"} <= entries
    word = page.locator("#results a.term").first
    word.focus()
    meaning = word.get_attribute("title")
    page.keyboard.press("Enter")
    target = page.locator(word.get_attribute("href"))
    assert (
        target.evaluate("(each) => each.nextElementSibling.textContent").strip().startswith(meaning)
    )
    assert 0 <= target.bounding_box()["y"] < 900
    assert links(page, f"#{target.get_attribute('id')} + dd .used a")[0].startswith("#")
