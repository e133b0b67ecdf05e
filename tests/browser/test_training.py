"""How it learned: the read-out says the history's numbers, the slider leafs through the weights."""

import csv

import pytest
from conftest import wait


@pytest.fixture
def history(site) -> list[dict]:
    """The default run's, row by row."""
    with site.model(site.default_run).with_name("history.csv").open() as file:
        return list(csv.DictReader(file))


def test_the_read_out_says_what_the_history_says(visit, site, history):
    page = visit().page
    curves = page.locator("#training svg").first
    curves.scroll_into_view_if_needed()
    box = curves.bounding_box()
    chart = page.evaluate("JSON.parse(document.querySelector('#training svg').dataset.readout)[1]")
    width = float(curves.get_attribute("viewBox").split()[2])
    left, top, wide, high = (value * box["width"] / width for value in chart["box"])
    page.mouse.move(box["x"] + left + 0.98 * wide, box["y"] + top + high / 2)
    said = page.locator("#training .readout").first
    errors = 100 * (1 - float(history[-1]["dev_accuracy"]))
    assert f"{site.default_run} {errors:.4g}" in said.inner_text()
    curves.focus()
    page.keyboard.press("ArrowLeft")
    before = 100 * (1 - float(history[-2]["dev_accuracy"]))
    assert f"{before:.4g}" in said.inner_text()


def test_the_slider_goes_from_the_first_weights_to_the_last(visit, history):
    page = visit().page
    page.locator("#pictures").scroll_into_view_if_needed()
    wait(page, "byId('pictures').childElementCount > 0")
    assert page.locator("#pictures-when").inner_text() == f"after {len(history)} epochs"
    learnt = page.evaluate("byId('pictures').firstChild.toDataURL()")
    slider = page.locator("#pictures-time")
    slider.focus()
    page.keyboard.press("Home")
    wait(page, "byId('pictures-when').textContent === 'before the first step'")
    assert page.evaluate("byId('pictures').firstChild.toDataURL()") != learnt
