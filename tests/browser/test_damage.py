"""Damage: the accuracy that is left is what NumPy counts with the same damaged network."""

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
    """The accuracy that is shown when all digits are classified."""
    wait(page, "byId('damage-result').dataset.state === 'counted'", seconds=60)
    return page.locator("#damage-accuracy").inner_text()


def accuracy(layers, examples, g=lambda z: np.maximum(z, 0)) -> str:
    """Of a network, counted in double precision, as the page writes it."""
    a = examples["x"].astype(float)
    for l, (W, b) in enumerate(layers, 1):
        a = a @ W.astype(float) + b
        a = g(a) if l < len(layers) else a
    return f"{100 * (a.argmax(axis=1) == examples['y']).mean():.2f}%"


def test_intact_it_is_what_the_pipeline_measured(page, site):
    test = site.summary["runs"][site.default_run]["test"]
    assert counted(page) == f"{100 * test['accuracy']:.2f}%"
    assert "as the pipeline measured" in page.locator("#damage-words").inner_text()


def test_a_button_pressed_before_there_is_a_network_is_not_lost(page):
    page.evaluate(
        """(() => {
          damaging.network = null;
          document.querySelector("[data-damage=biases]").click();
          chosen.dispatchEvent(new Event("change"));
        })()"""
    )
    wait(page, "byId('damage-result').dataset.state === 'counted'")
    pressed = page.locator("[data-damage='biases']").get_attribute("aria-pressed")
    assert pressed == "true"


def test_without_biases(page, site):
    layers, activation = site.networks[site.default_run]
    assert activation == "relu"
    page.locator("[data-damage='biases']").click()
    assert counted(page) == accuracy([(W, 0 * b) for W, b in layers], site.examples)


def test_without_activation_functions_it_is_one_matrix(page, site):
    layers, _ = site.networks[site.default_run]
    page.locator("[data-damage='nonlinearity']").click()
    assert counted(page) == accuracy(layers, site.examples, g=lambda z: z)
    assert page.locator("#damage-images > li").count() == 10
    page.locator("#damage-activation-1").uncheck()
    assert page.locator("#damage-matrix").is_hidden()


def test_the_smaller_half_of_the_weights_set_to_0(page, site):
    layers, _ = site.networks[site.default_run]
    page.locator("[data-damage='smallest']").click()
    kept = [(np.where(np.abs(W) < np.median(np.abs(W)), 0, W), b) for W, b in layers]
    assert counted(page) == accuracy(kept, site.examples)


def test_random_damage_is_the_same_again_and_repair_undoes_it(page):
    saving, rows = page.locator("#damage-tried + button.save"), page.locator("#damage-tried td")
    assert saving.is_visible() == (rows.count() > 0)  # of a table without rows nothing is saved
    page.locator("[data-damage='half']").click()
    once = counted(page)
    assert saving.is_visible() and rows.count() > 0
    page.locator("#damage-reset").click()
    intact = counted(page)
    assert "The network is intact" in page.locator("#damage-words").inner_text()
    page.locator("[data-damage='half']").click()
    assert counted(page) == once != intact


def test_noise_is_shown_in_the_digit_and_costs_accuracy(page):
    page.locator("[data-damage='noise']").click()
    label = page.locator("#damage-noisy").get_attribute("aria-label")
    assert label == "test digit 0 with noise of 0.3 sd on its pixels"
    assert float(counted(page).rstrip("%")) < 95
