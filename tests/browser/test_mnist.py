"""MNIST's page, as `make` has built it: what only real digits and a trained network can show."""

import json

import pytest
from conftest import wait
from test_draw import STROKES, draw, prediction


@pytest.fixture
def page(visit):
    """MNIST's page."""
    return visit(kind="mnist").page


def test_each_digit_is_recognised(page):
    predictions = {}
    for digit, strokes in STROKES.items():
        draw(page, strokes)
        predictions[digit] = prediction(page)
        page.locator("#pad-clear").click()
    wrong = {d: text for d, text in predictions.items() if not text.startswith(f"Prediction: {d},")}
    assert wrong == {}


def test_the_original_project_s_accuracies_are_beside_the_measured_ones(page):
    results = page.locator("#results").inner_text()
    assert results.count("original project*") == 2 and "~86%" in results and "~92%" in results


def test_the_wrong_labels_are_shown(page):
    page.locator("#confusion_matrix").scroll_into_view_if_needed()
    known = json.loads(page.evaluate("JSON.stringify(pageData.wrong_labels)"))
    assert len(known) == 15
    wait(page, "document.querySelectorAll('#confusion-labels-list > li').length === 15")


def test_it_is_at_most_four_megabytes_for_the_default_runs(site_of):
    site = site_of("mnist")
    if list(site.summary["runs"]) == ["phase1", "phase2"]:
        assert site.page.stat().st_size <= 4_000_000
