"""Fool the network: the page changes an image as the pipeline does, and says what came of it."""

import numpy as np
import pytest
from conftest import shown, wait

from handwritten.evaluation import adversarial_images
from handwritten.evaluation.adversarial_images import ATTACKS
from handwritten.learning.activations import ACTIVATIONS

CHANGED = """([attack, size]) => {
  changeFooling({ attack, size, target: null });
  const { network, digit, aim } = foolingNow();
  return [...fooled(network, digit.x, aim, size)];
}"""


def test_an_image_is_changed_as_in_the_pipeline(visit, site):
    page = visit().page
    page.locator("#fool-size").scroll_into_view_if_needed()
    wait(page, "byId('fool-words').textContent.startsWith('The label is')")
    layers, activation = site.networks[site.default_run]
    run = adversarial_images.Run([layers], ACTIVATIONS[activation], (28, 28), 0)
    x, labels = site.examples["x"][:1], site.examples["y"][:1]
    buttons = page.locator("[data-attack]")
    assert buttons.evaluate_all("(all) => all.map((each) => each.dataset.attack)") == [*ATTACKS]
    for name in ("fgsm", "pgd"):
        ours = ATTACKS[name].apply(run, x, labels, 0.1, np.random.default_rng(1))[0]
        theirs = np.array(page.evaluate(CHANGED, [name, 0.1]))
        assert (np.abs(ours - theirs) < 1e-6).mean() > 0.99  # where the gradient is not nearly 0
    signs = np.array(page.evaluate(CHANGED, ["random_signs", 0.1])) - x[0]
    assert np.abs(signs[x[0] == 0]).max() == pytest.approx(0.1, abs=1e-6)
    assert (signs[x[0] == 0] > 0).mean() == pytest.approx(0.5, abs=0.1)

    page.locator("[data-attack='pgd']").click()
    page.locator("#fool-target").select_option("3")
    page.locator("#fool-size").fill("0.3")
    page.locator("#fool-smallest").click()
    wait(page, "fooling.now.size < 0.3 && /changed, 3 /.test(byId('fool-words').textContent)")
    size = page.evaluate("fooling.now.size")
    said_of_size = page.locator("#fool-none").inner_text()
    assert said_of_size == (
        "PGD with at most 10 steps: of the sizes tried, which are 0.005 apart, "
        f"{size:.3f} is the smallest that does it."
    )
    aim = "foolingNow().network, chosen.digit.x, foolingNow().aim"
    below = page.evaluate(f"predict(chosen.network, fooled({aim}, {size} - 0.005))")
    assert 0 < size <= 0.3 and below != 3
    text = page.evaluate("addressParts.fool.text()")
    page.locator("[data-attack='random_signs']").click()
    assert page.locator("#fool-target").is_disabled()
    page.evaluate("(text) => addressParts.fool.restore(text)", text)
    assert page.evaluate("[fooling.now.size, fooling.now.target]") == [size, 3]
    for wrong in ("x", '{"attack":"pgd","size":9,"target":null}', '{"attack":"no","size":0.1}'):
        refused = "(text) => { try { addressParts.fool.restore(text) } catch { return true } }"
        assert page.evaluate(refused, wrong)
    page.locator("#fool-size").fill("0")
    wait(page, "byId('fool-words').textContent.endsWith('The size of the change is 0.')")


NO_CHANGE = "The network is wrong already, without any change."


@pytest.fixture
def page(visit):
    """The page at the section, with an attack on any class."""
    page = visit().page
    page.locator("#fool-size").scroll_into_view_if_needed()
    page.locator("[data-attack='pgd']").click()
    return page


def said(page) -> str:
    """What the section says, once it is up to date."""
    shown(page)
    return page.locator("#fool-words").inner_text()


def test_of_a_drawing_the_reader_says_what_it_is(page):
    page.evaluate("setStrokes([[[9, 5], [17, 5], [13, 22]]]); endDemonstration(); showStrokes()")
    assert said(page).startswith(
        "You have not said what your drawing is, so the network’s own pred"
    )
    assert NO_CHANGE not in said(page)
    found = page.evaluate("predict(chosen.network, chosen.digit.x)")
    page.locator("#fool-label").select_option(str(found))
    assert said(page).startswith(f"The label is {found}. ") and NO_CHANGE not in said(page)
    other = (found + 1) % 10
    page.locator("#fool-label").select_option(str(other))
    assert said(page).startswith(f"The label is {other}. ") and NO_CHANGE in said(page)
    assert page.locator("#inside-label").input_value() == str(other)
    labels = page.evaluate("[chosen.digit.label, foolingNow().aim.label]")
    assert labels == [other, other]


def test_where_nothing_has_to_be_changed_it_says_so(page, site):
    p, y = site.calibrated(site.default_run), site.examples["y"]
    is_right = p.argmax(axis=1) == y
    wrong, right = int(np.argmin(is_right)), int(np.argmax(is_right))
    size = page.evaluate("fooling.now.size")
    page.evaluate(f"chooseTestDigit({wrong})")
    wait(page, f"chosen.digit.number === {wrong}")
    assert said(page).endswith(f"{NO_CHANGE} So PGD changes no pixel, whatever size is allowed.")
    assert page.locator("output[for='fool-size']").inner_text() == f"{size:.3f} allowed, 0 used"
    page.locator("#fool-smallest").click()
    assert page.locator("#fool-none").inner_text() == NO_CHANGE
    page.evaluate(f"chooseTestDigit({right})")
    wait(page, f"chosen.digit.number === {right}")
    page.locator("#fool-target").select_option(str(y[right]))
    words = f"The network predicts {y[right]} already, without any change."
    assert words in said(page)
    page.locator("#fool-smallest").click()
    assert page.locator("#fool-none").inner_text() == words
    assert page.evaluate("fooling.now.size") == size


# What attacks of several sizes and random signs lead to: the predictions before, after and with
# random signs, and the words.
COMPARED = """() => ["fgsm", "pgd"].flatMap((attack) =>
  [0.005, 0.05, 0.1, 0.2, 0.3].map((size) => {
    changeFooling({ attack, size, target: null });
    const now = foolingNow();
    const { network, digit, aim } = now;
    const how = { steps: attackOf(attack).steps, step: fooling.known.step };
    const [after, random] = [attack, "random_signs"].map((name) =>
      CHANGES[name](network, digit.x, aim, size, how));
    const predictions = [digit.x, after, random].map((x) => predict(network, x));
    return [...predictions, wordsOfFooling(now, forward(network, after), after)];
  }))"""
MEANINGS = {  # by whether the attack and random signs change the prediction
    (True, False): ": the direction of the change matters, and not only its size.",
    (True, True): ": a change of this size needs no gradient to change the prediction.",
    (False, True): " does not.",
    (False, False): " change the prediction at this size.",
}


@pytest.mark.slow
def test_a_change_is_compared_with_random_signs_of_its_size(page, site):
    p, y = site.calibrated(site.default_run), site.examples["y"]
    right = np.flatnonzero(p.argmax(axis=1) == y)
    by_confidence = right[np.argsort(p[right].max(axis=1))]
    seen = set()
    for number in by_confidence[[0, 1, len(right) // 2, -1]]:
        page.evaluate(f"chooseTestDigit({number})")
        wait(page, f"chosen.digit.number === {number}")
        for before, after, random, words in page.evaluate(COMPARED):
            still = "still " if random == before else ""
            assert f"(drawn once), it {still}predicts {random} (" in words
            case = (after != before, random != before)
            assert words.endswith(MEANINGS[case])
            seen.add(case)
    assert {(True, False), (False, False)} <= seen
    page.locator("#fool-size").fill("0")
    assert "random signs" not in said(page)
