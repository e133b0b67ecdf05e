"""Training: the read-out shows the history's numbers, the slider the weights over time. The charts
of all sections are read out alike."""

import csv

import pytest
from conftest import wait


@pytest.fixture
def history(site) -> list[dict]:
    """The default run's, row by row."""
    with site.model(site.default_run).with_name("history.csv").open() as file:
        return list(csv.DictReader(file))


def test_the_read_out_shows_what_the_history_holds(visit, site, history):
    page = visit().page
    curves = page.locator("#training svg").first
    curves.scroll_into_view_if_needed()
    box = curves.bounding_box()
    chart = page.evaluate("JSON.parse(document.querySelector('#training svg').dataset.readout)[2]")
    width = float(curves.get_attribute("viewBox").split()[2])
    left, top, wide, high = (value * box["width"] / width for value in chart["box"])
    page.mouse.move(box["x"] + left + 0.98 * wide, box["y"] + top + high / 2)
    text = page.locator("#training .readout").first
    errors = 100 * (1 - float(history[-1]["dev_accuracy"]))
    assert f"{site.default_run} {errors:.4g}" in text.inner_text()
    curves.focus()
    page.keyboard.press("ArrowLeft")
    before = 100 * (1 - float(history[-2]["dev_accuracy"]))
    assert f"{before:.4g}" in text.inner_text()


def test_on_a_phone_the_charts_of_a_figure_are_below_one_another(visit, site, history):
    page = visit(390).page
    charts = page.locator("#training figure >> nth=0").locator("svg[role=img]:visible")
    assert charts.count() == 4
    figure = page.locator("#training figure >> nth=0")
    assert figure.evaluate("(figure) => figure.scrollWidth <= figure.clientWidth")
    errors = charts.nth(2)
    assert errors.get_attribute("aria-label") == "Errors on dev"
    errors.focus()
    page.keyboard.press("ArrowRight")
    first = 100 * (1 - float(history[0]["dev_accuracy"]))
    assert f"{site.default_run} {first:.4g}" in errors.get_attribute("aria-label")
    page.set_viewport_size({"width": 1440, "height": 900})
    assert charts.count() == 1
    page.keyboard.press("Tab")
    assert charts.first.bounding_box()["width"] > 1000


# The titles of charts without at least two numbers beside the vertical axis, or without a unit.
BARE = """() => [...document.querySelectorAll("svg[data-readout]")].flatMap((svg) => {
  const toFigure = svg.getScreenCTM().inverse();
  const texts = [...svg.querySelectorAll("text")];
  const numbers = texts.filter((text) => /[0-9]/.test(text.textContent));
  const places = numbers.map((text) => {
    const { left, top, width, height } = text.getBoundingClientRect();
    return new DOMPoint(left + width / 2, top + height / 2).matrixTransform(toFigure);
  });
  const isBeside = ({ frame: [edge], box: [left, top, , height] }) => ({ x, y }) =>
    edge < x && x < left && top - 5 < y && y < top + height + 5;
  const isBare = (chart) => !chart.unit || places.filter(isBeside(chart)).length < 2;
  return JSON.parse(svg.dataset.readout).filter(isBare).map((chart) => chart.title);
})"""


@pytest.mark.slow
def test_every_chart_has_numbers_at_its_own_axis_and_all_of_a_figure_are_as_large(visit):
    page = visit().page
    assert page.evaluate(BARE) == []
    page.set_viewport_size({"width": 390, "height": 844})
    figures = page.locator("figure:has(> svg[data-readout])")
    assert figures.count() > 4
    for figure in figures.all():
        charts = figure.locator("> svg:visible")
        scales = charts.evaluate_all("(all) => all.map((svg) => svg.getScreenCTM().a)")
        assert max(scales) == pytest.approx(min(scales), rel=0.01)


TWO_FRAMES = "new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)))"


class Finger:
    """A finger on a chart; places are in shares of it."""

    def __init__(self, page):
        self.page, self.session = page, page.context.new_cdp_session(page)

    def touch(self, kind: str, chart=None, x: float = 0, y: float = 0) -> None:
        """`kind` is Start, Move or End."""
        points = []
        if chart:
            box = chart.bounding_box()
            points = [{"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"]}]
        event = {"type": f"touch{kind}", "touchPoints": points}
        self.session.send("Input.dispatchTouchEvent", event)
        self.page.evaluate(TWO_FRAMES)

    def tap(self, chart, x: float, y: float) -> None:
        self.touch("Start", chart, x, y)
        self.touch("End")


@pytest.mark.slow
@pytest.mark.parametrize("section", ["training", "calibration", "robustness", "fool"])
def test_a_finger_reads_a_chart_out(visit, section):
    page = visit(390, has_touch=True).page
    figure = page.locator(f"#{section} figure:has(> svg[data-readout])").first
    charts, texts = (figure.locator(f"> {name}:visible") for name in ("svg", ".readout"))
    first, second = charts.nth(0), charts.nth(1)
    assert first.evaluate("(svg) => getComputedStyle(svg).touchAction").startswith("pan-y")
    first.evaluate("(svg) => svg.scrollIntoView({ block: 'center' })")
    hint, finger = texts.first.inner_text(), Finger(page)
    assert "tap" in hint

    finger.tap(first, 0.85, 0.5)
    tapped = texts.first.inner_text()
    assert tapped != hint
    assert first.evaluate("(svg) => getComputedStyle(svg).outlineStyle") == "none"
    assert first.get_attribute("aria-label") == tapped.replace("\n", "")

    finger.touch("Start", first, 0.3, 0.5)
    for x, y in ((0.4, 0.5), (0.5, 0.5), (0.6, 0.6)):
        finger.touch("Move", first, x, y)
    along = texts.first.inner_text()
    finger.touch("Move", first, 0.85, 0.9)
    assert along not in (hint, tapped) and texts.first.inner_text() == tapped
    finger.touch("End")

    second.evaluate("(svg) => svg.scrollIntoView({ block: 'center' })")
    finger.tap(second, 0.5, 0.5)
    assert texts.first.inner_text() == hint and texts.nth(1).inner_text() != ""
    page.locator(f"#{section} > h2").tap(position={"x": 1, "y": 1})
    assert texts.nth(1).inner_text() == "" and page.locator(".readout-marks > *").count() == 0

    first.evaluate("(svg) => svg.scrollIntoView({ block: 'center' })")
    finger.touch("Start", first, 0.5, 0.6)
    for y in (0.5, 0.4, 0.3):
        finger.touch("Move", first, 0.5, y)
    finger.touch("End")
    assert texts.first.inner_text() == hint  # the page was scrolled


def test_the_slider_goes_from_the_first_weights_to_the_last(visit, history):
    page = visit().page
    page.locator("#first-layer").scroll_into_view_if_needed()
    wait(page, "byId('first-layer').childElementCount > 0")
    assert page.locator("#first-layer-when").inner_text() == f"after {len(history)} epochs"
    learnt = page.evaluate("byId('first-layer').firstChild.toDataURL()")
    slider = page.locator("#first-layer-time")
    slider.focus()
    page.keyboard.press("Home")
    wait(page, "byId('first-layer-when').textContent === 'before the first step'")
    assert page.evaluate("byId('first-layer').firstChild.toDataURL()") != learnt
