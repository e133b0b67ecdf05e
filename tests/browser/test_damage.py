"""Damage: the accuracy that is left is what NumPy counts with the same damaged network."""

import re

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


def said(page) -> str:
    """What is said of the damage, once it is counted."""
    counted(page)
    return page.locator("#damage-words").inner_text()


def test_it_is_said_how_much_was_changed_and_with_which_seed(page, site):
    layers, _ = site.networks[site.default_run]
    weights, biases = sum(W.size for W, _ in layers), sum(b.size for _, b in layers)
    units = sum(b.size for _, b in layers[:-1])
    hidden = f"{units:,} units of layer {', '.join(str(l) for l in range(1, len(layers)))}"
    smallest = f"{sum(removed(W, 0.5) for W, _ in layers):,} of {weights:,} weights (50%)"
    expected = {
        "biases": f"With all {biases:,} biases set to 0, ",
        "nonlinearity": f"With no activation function for the {hidden}, ",
        "smallest": f"With {smallest}, the smallest of each layer, set to 0, ",
        "noise": "With noise of 0.3 sd on all 784 pixels (seed 1), ",
    }
    for damage, words in expected.items():
        page.locator(f"[data-damage='{damage}']").click()
        assert said(page).startswith(words)
        tried = page.locator("#damage-tried tbody tr").first.inner_text()
        assert words.removeprefix("With ").removesuffix(", ") in tried
    page.locator("#damage-seed").fill("7")
    assert "(seed 7)" in said(page)
    page.locator("[data-damage='half']").click()
    words, count = said(page), page.evaluate(CHANGED)
    n, correct = page.evaluate("[damaging.count.n, damaging.count.correct]")
    half = f"With {count:,} of {weights:,} weights (50%) set to 0 at random (seed 7), "
    assert words.startswith(f"{half}{correct:,} of {n:,} digits are classified correctly. ")


# How many weights of the intact network a random half is, by the random numbers themselves.
CHANGED = """current().network.layers.reduce((sum, { W }, l) => {
  const { uniform } = randomFrom(Math.imul(7, 1_000_003) + 2 * l + 1);
  return sum + [...W].filter(() => uniform() < 0.5).length;
}, 0)"""


def test_of_equally_large_weights_no_more_are_removed_than_asked_for(page):
    pruned = "(([W, share]) => [removeSmallest(W, share), [...W]])"
    for share, expected in {0: [3, -1, 1, 1, 0], 0.5: [3, 0, 0, 1, 0], 1: [0, 0, 0, 0, 0]}.items():
        given = f"[Float32Array.of(3, -1, 1, 1, 0), {share}]"
        assert page.evaluate(f"{pruned}({given})") == [int(np.ceil(5 * share)), expected]


def test_an_intact_network_does_not_look_damaged(page):
    def colour(part: str) -> str:
        return page.locator(part).first.evaluate("(e) => getComputedStyle(e).backgroundColor")

    bars = "#damage .reach", "#damage-tried tbody tr .tried-bar span"
    blue = colour("#damage .damage-scale .intact")
    assert {colour(bar) for bar in bars} == {blue}
    assert not page.locator("#damage .curve-here").is_visible()
    assert not page.locator("#damage-bars .after").first.is_visible()
    page.locator("[data-damage='biases']").click()
    counted(page)
    (orange,) = {colour(bar) for bar in (*bars, "#damage-bars .after")}
    assert orange != blue == colour("#damage-bars .before")
    assert page.locator("#damage .curve-here").is_visible()


def test_what_guessing_reaches_as_well_is_said_to_be_worth_nothing(page):
    for least, is_guessing in {5: True, 10: True, 11: False}.items():
        page.locator("#curve-least").fill(str(least))
        wait(page, f"{MEASURED} && byId('curve-words').textContent.includes(' {least}%')")
        words = page.locator("#curve-words").inner_text()
        assert ("Guessing gives 10% on average" in words) == is_guessing


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


MEASURED = "byId('damage-curve').dataset.state === 'measured'"
ANSWER = re.compile(
    r"Accuracy stays at (\d+)% or more up to ([\d,]+) of ([\d,]+) weights \((\d+)%\), the "
    r"smallest of each layer, set to 0: there it is ([\d.]+%), and at ([\d,]+) weights "
    r"\((\d+)%\) it is ([\d.]+%)\."
)


def without_smallest(layers, share: float) -> list:
    """The layers without this share of their weights, the smallest."""

    def pruned(W):
        sizes = np.sort(np.abs(W), axis=None)
        count = removed(W, share)
        return np.where(np.abs(W) < (sizes[count] if count < W.size else np.inf), 0, W)

    return [(pruned(W), b) for W, b in layers]


def removed(W, share: float) -> int:
    """How many weights of a layer this share is."""
    return int(np.ceil(share * W.size))


def test_the_curve_answers_how_much_the_network_can_lose(page, site):
    layers, _ = site.networks[site.default_run]
    page.locator("[data-damage='smallest']").click()
    wait(page, f"{MEASURED} && curve.kind === 'removed'")
    for least in (None, 50):  # the page's own, and one of the reader's
        if least:
            page.locator("#curve-least").fill(str(least))
            wait(page, f"{MEASURED} && byId('curve-words').textContent.includes(' {least}%')")
        found = ANSWER.search(page.locator("#curve-words").inner_text())
        asked, amounts = int(found[1]), [int(found[i]) / 100 for i in (4, 7)]
        shown = [found[5], found[8]]
        counts = [int(found[i].replace(",", "")) for i in (2, 6)]
        assert counts == [sum(removed(W, share) for W, _ in layers) for share in amounts]
        assert int(found[3].replace(",", "")) == sum(W.size for W, _ in layers)
        assert shown == [accuracy(without_smallest(layers, a), site.examples) for a in amounts]
        assert amounts[1] == pytest.approx(amounts[0] + 0.01)
        assert float(shown[0][:-1]) >= asked > float(shown[1][:-1])
        points = page.evaluate("curvePoints()")
        before = [p for p in points if p["step"] / 100 <= amounts[0]]
        assert all(100 * p["correct"] >= asked * p["n"] for p in before)
        assert page.locator("#curve-chart path.answer").count() == 1


def test_the_curve_waits_stops_out_of_sight_and_starts_anew_with_other_settings(page):
    page.evaluate("scrollTo(0, 0)")
    wait(page, "!damaging.visible && curve.asked === null")
    page.evaluate("curve.made.clear(); measureCurve()")
    page.wait_for_timeout(300)
    assert page.evaluate("curvePoints().every(({ n }) => n === 0)")
    page.locator("#damage").scroll_into_view_if_needed()
    wait(page, MEASURED)
    page.locator("#damage-pixel-noise").focus()
    page.keyboard.press("ArrowRight")  # on the curve's own axis only the mark moves
    assert page.locator("#curve-kind").input_value() == "pixelNoise"
    wait(page, MEASURED)
    before = page.evaluate("curvePoints()")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("curvePoints()") == before
    begun = "(byId('damage-biases').click(), curvePoints().every(({ n }) => n === 0))"
    assert page.evaluate(begun)
    wait(page, MEASURED)
    words = page.locator("#curve-words")
    assert (
        words.inner_text().startswith("With no biases, accuracy ")
        and "(seed 1)" in words.inner_text()
    )


# What is asked of some points: the least accuracy, all images, the points (step, n, correct); and
# what is measured next: the step and on how many images, or null.
NEXT = [
    (90, 10_000, [(0, 1000, 980), (10, 0, 0)], [10, 1000]),
    (90, 10_000, [(0, 1000, 980), (10, 400, 300)], [10, 1000]),  # a moment ended before
    (90, 10_000, [(0, 1000, 980), (10, 1000, 800)], [5, 1000]),
    (90, 10_000, [(4, 1000, 980), (5, 1000, 800)], [4, 10_000]),
    (90, 10_000, [(4, 10_000, 9_800), (5, 1000, 800)], [5, 10_000]),
    (90, 10_000, [(4, 10_000, 9_000), (5, 10_000, 8_999)], None),
    (90, 10_000, [(3, 1000, 905), (4, 10_000, 8_990), (5, 1000, 800)], [3, 10_000]),
    (90, 10_000, [(0, 1000, 100), (10, 1000, 100)], [0, 10_000]),  # below from the start
    (90, 10_000, [(0, 1000, 980), (10, 1000, 970)], [10, 10_000]),  # never below
    (90, 300, [(0, 300, 290), (1, 300, 200)], None),
]


def test_what_the_curve_measures_next(page):
    for least, images, points, expected in NEXT:
        given = [dict(zip(("step", "n", "correct"), point, strict=True)) for point in points]
        found = page.evaluate(
            "([points, least, images]) => nextToMeasure(points, least, images)",
            [given, least, images],
        )
        assert (found and [found["point"]["step"], found["until"]]) == expected
