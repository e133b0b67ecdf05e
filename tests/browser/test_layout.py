"""Where things are: nothing is cut off, covered or moved, and pixels are equally wide."""

import io

import numpy as np
import pytest
from conftest import shown, wait
from drawings import STROKES
from PIL import Image
from test_draw import draw

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

# What leaves the column of text to the right or left, but for what the reader can scroll, and
# for the dark card of the drawing board, which is wider on a phone.
PAST_THE_MARGINS = """() => {
  const { left, right } = document.querySelector("main").getBoundingClientRect();
  const scrolls = (each) => each.matches("main *")
    && (/auto|scroll/.test(getComputedStyle(each).overflowX) || scrolls(each.parentElement));
  const past = (each) => {
    const box = each.getBoundingClientRect();
    return box.width > 0 && (box.left < left - 1 || box.right > right + 1);
  };
  const parts = document.querySelectorAll("main *:not(svg *, math *, .unseen, .anchor, .drawing)");
  return [...parts].filter((each) => past(each) && !scrolls(each))
    .map((each) => `${each.closest("section")?.id} ${each.localName} ${each.className}`);
}"""

# What is covered when one has gone to it from below: by a link, or with the keyboard.
COVERED = """() => {
  const parts = "a[href], button, input, select, summary, [tabindex='0'], h3, h4";
  const covered = [...document.querySelectorAll(`main :is(${parts})`)].filter((each) => {
    const { height, bottom } = each.getBoundingClientRect();
    if (height === 0 || height > innerHeight / 2 || each.matches(".unseen *")) return false;
    scrollTo(0, scrollY + bottom + 100);
    each.scrollIntoView({ block: "nearest", inline: "nearest" });
    const box = each.getClientRects()[0];
    const y = box.top + Math.min(box.height / 2, 6);
    const found = document.elementFromPoint(box.left + box.width / 2, y);
    return found && getComputedStyle(found.closest(".pinned, .contents") ?? found).position
      .match(/sticky|fixed/) && !found.closest(".pinned, .contents").contains(each);
  });
  return covered.map((each) => `${each.closest("section").id} ${each.id} ${each.textContent}`);
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
    wait(page, "byId('near-pixels').childElementCount > 0 && byId('near-hidden').childElementCount")
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
        assert (width, page.evaluate(PAST_THE_MARGINS)) == (width, [])
        assert (width, page.evaluate(TOUCHING)) == (width, [])
        assert (width, page.evaluate(UNEVEN)) == (width, [])


@pytest.mark.slow
@pytest.mark.parametrize("width", WIDTHS)
def test_what_stays_in_sight_covers_nothing_that_one_goes_to(visit, width):
    page = visit(width).page
    filled(page)
    page.locator("[data-damage='half']").click()
    page.locator("[data-train='learns']").click()
    wait(page, "training.run.report?.step > 20")
    page.locator("#train-go").click()
    shown(page)
    assert page.evaluate(COVERED) == []


BOXES = """(parts) => parts.flatMap((part) => [...document.querySelectorAll(part)]).map((each) => {
  const { left, top, right, bottom } = each.getBoundingClientRect();
  return [left, top, right, bottom].map(Math.round);
})"""


@pytest.mark.slow
@pytest.mark.parametrize("width", WIDTHS)
def test_a_message_covers_nothing_and_moves_nothing(visit, width):
    page = visit(width).page
    for place in ("document.body", "find('.inside-stage')"):
        page.evaluate(f"{place}.scrollIntoView()")
        shown(page)
        before = page.evaluate(BOXES, ["main > section", ".contents", "#copy-link"])
        for words in (
            "Link copied.",
            "This page cannot show a part of the link: run=nobody",
        ):
            page.evaluate("say", words)
            assert (
                page.evaluate(BOXES, ["main > section", ".contents", "#copy-link"])[:-2]
                == (before[:-2])
            )
            controls = page.evaluate(BOXES, ["#contents-open", "#copy-link", "#contents", "main"])
            (message,) = page.evaluate(BOXES, ["#page-message"])
            (contents,) = page.evaluate(BOXES, [".contents"])
            assert message[2] > message[0] and message[3] > message[1]
            assert contents[0] <= message[0] and message[2] <= contents[2] <= width
            assert contents[1] <= message[1] and message[3] <= contents[3]
            if width < 1344:  # the contents cover what is below them, as ever
                controls.pop()
            assert not [box for box in controls if overlap(box, message)]
        page.evaluate("say('')")


def overlap(one: list[int], other: list[int]) -> bool:
    """Whether two boxes (left, top, right, bottom) have more than an edge in common."""
    across = min(one[2], other[2]) - max(one[0], other[0])
    return across > 0 and min(one[3], other[3]) > max(one[1], other[1])


@pytest.mark.slow
@pytest.mark.parametrize("width", [*WIDTHS, 1000])
def test_nothing_moves_when_an_answer_appears(visit, width):
    page = visit(width).page
    parts = ["#draw-stage", "#draw .below", "#draw-nearest", "#pad-help"]
    page.locator("#pad-clear").click()
    shown(page)
    empty = page.evaluate(BOXES, parts)
    draw(page, STROKES["2"])
    assert page.evaluate(BOXES, parts) == empty
    page.locator("#pad-demonstration").click()
    page.evaluate("chosen.run.threshold = null")  # the longest sentence: it would rather not answer
    wait(page, "demonstration.digit !== null && byId('near-hidden').childElementCount > 0")
    page.evaluate("predictDrawn()")
    assert "I would rather not answer" in page.locator("#draw-prediction").inner_text()
    assert page.evaluate(BOXES, parts) == empty


@pytest.mark.slow
def test_a_phone_s_first_screen_has_board_network_and_answer(visit):
    page = visit(390, has_touch=True).page
    page.set_viewport_size({"width": 390, "height": 844})
    shown(page)
    for part in ("#pad", "#draw-network", "#draw-prediction", "#draw .bars .largest .share"):
        box = page.locator(part).bounding_box()
        assert box["y"] > 0 and box["y"] + box["height"] <= 844, part
    assert "%" in page.locator("#draw-prediction").inner_text()
    steps = page.locator("#inside-list")  # cut off, it fades; at its ends nothing is covered
    steps.scroll_into_view_if_needed()
    shown(page)
    for end, button in (("0", "first"), ("9999", "last")):
        steps.evaluate(f"(list) => {{ list.scrollLeft = {end}; }}")
        box = getattr(steps.locator("button"), button).bounding_box()
        fade = steps.evaluate("(list) => parseFloat(getComputedStyle(list, '::before').width)")
        room = steps.bounding_box()
        assert fade > 10
        assert box["x"] >= room["x"] + fade
        assert box["x"] + box["width"] <= room["x"] + room["width"] - fade


@pytest.mark.slow
def test_a_phone_s_screen_of_fool_has_images_and_controls(visit):
    page = visit(390, has_touch=True).page
    page.set_viewport_size({"width": 390, "height": 844})
    page.evaluate("byId('fool').scrollIntoView()")
    shown(page)
    for part in ("[data-attack='pgd']", "#fool-image", "#fool-result", "#fool-size"):
        box = page.locator(part).bounding_box()
        assert box["y"] > 46 and box["y"] + box["height"] <= 844, part


# A table without its words that is a little wider than its place.
WIDE_TABLE = """() => {
  const wide = find("#calibration .scroll");
  wide.id = "wide-table";
  find("table", wide).style = "visibility: hidden; width: 500.4px";
}"""


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_shadow_shows_where_a_table_goes_on(visit, scheme):
    page = visit(390, scheme).page
    page.evaluate(WIDE_TABLE)
    table = page.locator("#wide-table")

    def shades() -> list[int]:
        """How much the left edge, the middle and the right edge (twice) differ from the paper."""
        with Image.open(io.BytesIO(table.screenshot())) as picture:
            row = np.asarray(picture.convert("L"), int)[picture.height // 2]
        middle = len(row) // 2
        return [abs(int(row[x]) - int(row[middle])) for x in (3, middle, -4, -1)]

    def at_the_end(i: int) -> None:
        table.evaluate("(each, end) => { each.scrollLeft = end * each.scrollWidth; }", i)

    at_the_end(0)
    left, _, right, _ = shades()
    assert left == 0 and right > 20
    at_the_end(1)
    left, _, right, edge = shades()
    assert left > 20 and right == edge == 0
    drawn = "(part) => getComputedStyle(find(part)).backgroundImage"
    for other in (".formula", "figure:has(> svg)"):  # that are wide on some page
        assert page.evaluate(drawn, other) == page.evaluate(drawn, "#wide-table")
