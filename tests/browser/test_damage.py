"""Break it: what is left of the accuracy is what NumPy counts with the same network, so broken."""

import numpy as np
import pytest
from conftest import wait


@pytest.fixture
def page(visit):
    """The page at the section, its intact network counted."""
    page = visit().page
    page.locator("#damage").scroll_into_view_if_needed()
    counted(page)
    return page


def counted(page) -> str:
    """The accuracy that is shown when all digits were asked."""
    wait(page, "byId('break-result').dataset.state === 'counted'", seconds=60)
    return page.locator("#break-accuracy").inner_text()


def accuracy(layers, examples, bend=lambda z: np.maximum(z, 0)) -> str:
    """Of a network, counted in double precision, as the page writes it."""
    a = examples["x"].astype(float)
    for l, (W, b) in enumerate(layers, 1):
        a = a @ W.astype(float) + b
        a = bend(a) if l < len(layers) else a
    return f"{100 * (a.argmax(axis=1) == examples['y']).mean():.2f}%"


def test_unbroken_it_is_what_the_pipeline_measured(page, site):
    test = site.summary["runs"][site.default_run]["test"]
    assert counted(page) == f"{100 * test['accuracy']:.2f}%"
    assert "just what the pipeline measured" in page.locator("#break-words").inner_text()


def test_without_biases(page, site):
    layers, activation = site.networks[site.default_run]
    assert activation == "relu"
    page.locator("[data-break='biases']").click()
    assert counted(page) == accuracy([(W, 0 * b) for W, b in layers], site.examples)


def test_without_bends_it_is_one_matrix(page, site):
    layers, _ = site.networks[site.default_run]
    page.locator("[data-break='bends']").click()
    assert counted(page) == accuracy(layers, site.examples, bend=lambda z: z)
    assert page.locator("#break-pictures > li").count() == 10
    page.locator("#break-bend-1").uncheck()
    assert page.locator("#break-matrix").is_hidden()


def test_the_smaller_half_of_the_weights_gone(page, site):
    layers, _ = site.networks[site.default_run]
    page.locator("[data-break='smallest']").click()
    kept = [(np.where(np.abs(W) < np.median(np.abs(W)), 0, W), b) for W, b in layers]
    assert counted(page) == accuracy(kept, site.examples)


def test_chance_is_the_same_again_and_repair_undoes_it(page):
    page.locator("[data-break='half']").click()
    once = counted(page)
    page.locator("#break-reset").click()
    intact = counted(page)
    assert "Nothing is broken" in page.locator("#break-words").inner_text()
    page.locator("[data-break='half']").click()
    assert counted(page) == once != intact


def test_noise_is_seen_in_the_digit_and_costs_accuracy(page):
    page.locator("[data-break='noise']").click()
    label = page.locator("#break-noisy").get_attribute("aria-label")
    assert label == "The digit with noise of 0.3 on its pixels"
    assert float(counted(page).rstrip("%")) < 95
