"""A unit of the network on the board: its connections are shown alone, its numbers are NumPy's."""

import json

import numpy as np
import pytest
from conftest import shown as up_to_date
from conftest import wait
from drawings import STROKES
from kinds import in_turn
from test_draw import draw
from test_inside import shown
from test_network import embedded

from handwritten.learning.activations import ACTIVATIONS

pytestmark = pytest.mark.slow
PAINTED = "board.frame === null && board.arranged !== null"


def ready(page):
    page.locator("#draw-stage").scroll_into_view_if_needed()
    wait(page, f"board.pass !== null && {PAINTED}")
    return page


@pytest.fixture
def page(visit):
    return ready(visit().page)


def place(page, l: int, j: int) -> dict:
    """Where a unit is on the stage."""
    return page.evaluate(f"placeOfUnit({{l: {l}, j: {j}}})")


def point_at(page, l: int, j: int) -> None:
    page.locator("#draw-stage").hover(position=place(page, l, j), force=True)
    wait(page, PAINTED)


def computed(page, site, run: str) -> tuple[list, list, list]:
    """The layers of a run, and for the image on the board its activations and its sums."""
    layers, activation = site.networks[run]
    layers = [(W.astype(float), b.astype(float)) for W, b in layers]
    g = ACTIVATIONS[activation]
    a, z = [np.array(page.evaluate("[...board.x]"))], []
    for W, b in layers:
        z.append(a[-1] @ W + b)
        a.append(z[-1].copy())
        g(a[-1], np.empty_like(a[-1]))
    return layers, a[:-1], z


def signed(value: float) -> str:
    return f"+{shown(value)}" if value > 0 else shown(value)


def largest(products, names) -> str:
    """The three largest products as the page lists them."""
    order = [i for i in np.argsort(-np.abs(products), kind="stable")[:3] if products[i] != 0]
    return ", ".join(f"{names(i)} {signed(products[i])}" for i in order) or "none, all are 0"


def pixel(i: int) -> str:
    return f"pixel {i // 28}, {i % 28}"


def check(page, site, run: str, l: int, j: int) -> None:
    """What is said below the network of unit j of layer l."""
    layers, a, z = computed(page, site, run)
    last = l == len(layers)
    title = page.locator("#draw-unit-name").inner_text()
    assert title.startswith(f"Layer {l}, unit {j}{f', for {j}' if last else ''}: sum ")
    assert float(title.split("sum ")[1].split(",")[0].replace("−", "-")) == pytest.approx(
        z[l - 1][j], abs=6e-4
    )
    W = layers[l - 1][0]
    names = pixel if l == 1 else "unit {}".format
    layer = "" if l == 1 else f", from layer {l - 1}"
    into = page.locator("#draw-unit-in").inner_text()
    assert into == f"The largest terms of its sum{layer}: {largest(a[l - 1] * W[:, j], names)}"
    if not last:
        assert f"activation {shown(a[l][j])}" in title
        names = str if l + 1 == len(layers) else "unit {}".format
        out = page.locator("#draw-unit-out").inner_text()
        products = a[l][j] * layers[l][0][j]
        assert out == f"Its largest contributions: to {largest(products, names)}"
    else:
        assert page.locator("#draw-unit-out").is_hidden()


SHOWN = """[...Array(chosen.network.layers.length).keys()].map((l) =>
  connectionsToShow(chosen.network, board.pass, l, lookedAt.unit).map(({ i, j }) => [i, j]))"""


def test_a_unit_that_is_pointed_at_is_described_and_its_connections_shown_alone(page, site):
    run = site.default_run
    layers, a, z = computed(page, site, run)
    for l in range(1, len(layers) + 1):
        j = int(np.argmax(a[l] if l < len(layers) else z[-1]))
        point_at(page, l, j)
        assert page.evaluate("lookedAt") == {"unit": {"l": l, "j": j}, "isKept": False}
        check(page, site, run, l, j)
        for layer, connections in enumerate(page.evaluate(SHOWN), 1):
            assert (len(connections) > 0) == (layer in (l, l + 1))
            end = {l: 1, l + 1: 0}.get(layer)
            assert all(connection[end] == j for connection in connections)
    page.mouse.move(0, 0)  # the pointer leaves
    assert page.evaluate("lookedAt.unit") is None
    assert page.locator("#draw-unit").is_hidden()
    assert [len(each) for each in page.evaluate(SHOWN)] == [150] * len(layers)


def test_a_click_keeps_a_unit_and_leads_to_it_inside(page, site):
    run = site.default_run
    _, a, _ = computed(page, site, run)
    j = int(np.argmax(a[1]))
    draw(page, STROKES["3"])  # numbers follow what is drawn
    up_to_date(page)
    page.locator("#draw-stage").click(position=place(page, 1, j), force=True)
    page.mouse.move(0, 0)
    wait(page, f"lookedAt.isKept && {PAINTED}")
    check(page, site, run, 1, j)
    draw(page, STROKES["7"])
    up_to_date(page)
    wait(page, PAINTED)
    check(page, site, run, 1, j)
    page.locator("#draw-unit-link").click()
    heading = page.locator("#inside-unit-name")
    assert heading.inner_text() == f"Layer 1, unit {j}"
    wait(page, "document.activeElement === byId('inside-unit-name')")
    assert page.evaluate("[...inside.pass.a[0]]") == page.evaluate("[...board.x]")
    page.keyboard.press("Escape")
    assert page.evaluate("lookedAt.unit") is None


def test_the_image_that_writes_itself_goes_along(page):
    page.evaluate("chooseTestDigit(5)")
    wait(page, "chosen.digit.number === 5")
    page.locator("#draw-stage").click(position=place(page, 1, 0), force=True)
    page.locator("#draw-unit-link").click()
    assert page.evaluate("chosen.digit.number") == page.evaluate("demonstration.digit.number") == 0


def test_what_is_said_of_a_unit_is_what_is_shown_between_strokes(page):
    draw(page, STROKES["4"])
    page.evaluate("lookAt({ l: 1, j: 3 }, true)")
    said, shown_now = "byId('draw-unit-said').textContent", "byId('draw-unit-name').textContent"
    wait(page, f"{said} !== '' && {said} === {shown_now}")
    before = page.evaluate(said)
    page.locator("#pad-undo").click()
    wait(page, f"{said} !== {json.dumps(before)} && {said} === {shown_now}")


def test_the_keyboard_goes_from_unit_to_unit_and_is_not_trapped(page):
    canvas = page.locator("#draw-network")
    page.locator("#draw-run").focus()
    page.keyboard.press("Tab")
    assert canvas.evaluate("(canvas) => canvas === document.activeElement")
    for key in ("ArrowRight", "ArrowDown", "ArrowUp", "ArrowRight", "ArrowLeft"):
        before = page.evaluate("lookedAt.unit && placeOfUnit(lookedAt.unit)")
        page.keyboard.press(key)
        after = page.evaluate("placeOfUnit(lookedAt.unit)")
        if before:
            (dx, dy), (x, y) = page.evaluate(f"DIRECTIONS.{key}"), (after["x"], after["y"])
            assert dx * (x - before["x"]) + dy * (y - before["y"]) > 0
        wait(page, "board.frame === null")  # it is said when it is painted
        said = page.locator("#draw-unit-said").inner_text()
        l, j = page.evaluate("[lookedAt.unit.l, lookedAt.unit.j]")
        assert said.startswith(f"Layer {l}, unit {j}")
    for _ in range(60):
        page.keyboard.press("ArrowRight")
    assert page.evaluate("lookedAt.unit.l === chosen.network.layers.length")
    page.keyboard.press("Tab")
    assert page.locator("#draw-why").evaluate("(link) => link === document.activeElement")
    page.keyboard.press("Tab")
    if page.evaluate("document.activeElement.matches('.legend .term')"):
        page.keyboard.press("Tab")  # a word of the glossary stands between
    assert page.locator("#draw-unit-link").evaluate("(link) => link === document.activeElement")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # Show all connections
    assert page.evaluate("lookedAt.unit") is None
    assert canvas.evaluate("(canvas) => canvas === document.activeElement")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    wait(page, "document.activeElement === byId('inside-unit-name')")


def test_a_tap_shows_a_unit_on_a_phone(visit):
    opened = visit(390, has_touch=True)
    page = ready(opened.page)
    height = page.locator(".drawing").bounding_box()["height"]
    for l, j in ((1, 3), (2, 4)):
        at, box = place(page, l, j), page.locator("#draw-stage").bounding_box()
        page.touchscreen.tap(box["x"] + at["x"] + 1, box["y"] + at["y"] - 1)
        wait(page, f"lookedAt.isKept && {PAINTED}")
        assert page.evaluate("lookedAt.unit") == {"l": l, "j": j}
    assert page.locator(".drawing").bounding_box()["height"] == height  # nothing below it moves
    assert opened.beyond() == 0
    box = page.locator("#draw-input").bounding_box()
    page.touchscreen.tap(box["x"] + 5, box["y"] + 5)
    assert page.evaluate("lookedAt.unit") is None


@pytest.mark.parametrize("kind", in_turn())
def test_units_of_every_kind_of_network(visit, site_of, kind):
    page, site = ready(visit(kind=kind).page), site_of(kind)
    for run in embedded(site):
        page.locator("#draw-run").select_option(run)
        wait(page, f"chosen.run.name === '{run}' && board.arranged?.network === chosen.network")
        page.locator("#draw-network").focus()
        for key in ("ArrowLeft", "ArrowDown", "ArrowRight", "ArrowUp"):
            page.keyboard.press(key)
            wait(page, f"lookedAt.unit !== null && {PAINTED}")
            assert page.locator("#draw-unit-name").inner_text().startswith("Layer ")
            assert page.locator("#draw-unit-in").inner_text()


def test_a_unit_that_another_network_does_not_have_is_left(page):
    page.evaluate("lookAt({ l: 2, j: 20 }, true)")
    page.locator("#draw-run").select_option("phase1")
    wait(page, "lookedAt.unit === null")


def test_a_move_of_the_pen_computes_nothing_for_units(page):
    page.evaluate("window.asked = 0; window.contributions = () => { asked++; return []; }; 0")
    draw(page, STROKES["5"])
    up_to_date(page)
    wait(page, PAINTED)
    assert page.evaluate("asked") == 0


BOXES = """(() => {
  const [context, boxes] = [contextOf(pad()), {}];
  context.drawImage = (_, x, y, width, height) => (boxes.image = [y, y + height]);
  context.fillText = (words, x, y) => {
    const { actualBoundingBoxAscent, actualBoundingBoxDescent } = context.measureText(words);
    boxes.words = [y - actualBoundingBoxAscent, y + actualBoundingBoxDescent];
  };
  paintBoard();
  delete context.drawImage;
  delete context.fillText;
  return [...boxes.words, ...boxes.image, pad().height];
})()"""


@pytest.mark.parametrize("width", [390, 1440])
def test_the_invitation_to_draw_is_above_the_image_that_writes_itself(visit, width):
    page = ready(visit(width).page)
    top, bottom, above, below, height = page.evaluate(BOXES)
    assert 0 <= top < bottom <= above < below <= height
