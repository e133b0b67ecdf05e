"""Training: the read-out shows the history's numbers, the slider the weights over time."""

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
