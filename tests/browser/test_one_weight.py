"""Inside the network, one weight: its derivative is a product, and moving it shows whether it is
right. The page's numbers are NumPy's."""

import numpy as np
import pytest
from conftest import shown, wait
from test_inside import at_the_hardest, number, through

from handwritten.learning import losses, network
from handwritten.learning.activations import ACTIVATIONS

pytestmark = pytest.mark.slow


@pytest.fixture
def page(visit, site):
    return at_the_hardest(visit(has_touch=True).page, site)


def gradient_of(page, l: int) -> None:
    """Go to the step of the gradient of layer l."""
    page.locator("#inside-list button[data-kind='gradient']").nth(-l).click()


def choose_weight(page, i: int, j: int) -> None:
    page.locator("#weight-from").fill(str(i))
    page.locator("#weight-to").fill(str(j))


def chosen(page) -> list[int]:
    return page.evaluate("[inside.weight.l, inside.weight.i, inside.weight.j]")


def move(page, exponent: float, sign: int = 1) -> dict:
    """Move the weight by 10 ** exponent, upward or downward: what the page computed."""
    page.locator("#weight-epsilon").fill(str(exponent))
    page.locator(f"[data-sign='{sign}']").click()
    return page.evaluate("inside.nudge")


def cell(page, name: str) -> float:
    """The number in a cell of the table."""
    return number(page.locator(f"#inside-card td[data-weight='{name}']").first.inner_text())


@pytest.mark.parametrize("run", ["phase1", "phase2"])
def test_its_derivative_and_the_loss_after_a_move_are_numpy_s(page, site, run):
    page.locator("#inside-run").select_option(run)
    wait(page, f"inside.network === chosen.network && chosen.run.name === '{run}'")
    expected, activation = through(site, run), ACTIVATIONS[site.networks[run][1]]
    x, y = site.examples["x"][[site.hardest]].astype(float), site.examples["y"][[site.hardest]]
    for l, (W, _) in enumerate(expected["layers"], 1):
        gradient_of(page, l)
        dW, _ = expected["gradients"][l - 1]
        rows, columns = np.nonzero(dW)
        i, j = int(rows[len(rows) // 3]), int(columns[len(rows) // 3])
        choose_weight(page, i, j)
        a = (expected["work"].a[l - 2] if l > 1 else x)[0, i]
        numbers = page.locator("#weight-product b").all_inner_texts()
        assert numbers[1::2] == ["×", "="]
        delta = expected["work"].delta[l - 1][0, j]
        assert [number(text) for text in numbers[::2]] == pytest.approx([a, delta, dW[i, j]], 1e-3)
        for exponent, sign in ((-3, 1), (0, -1), (1, 1)):
            moved = move(page, exponent, sign)
            epsilon, w = sign * 10.0**exponent, W[i, j]
            W[i, j] += epsilon
            after = losses.cross_entropy(network.logits(x, expected["layers"], activation), y)[0]
            W[i, j] = w
            assert moved["epsilon"] == epsilon
            assert moved["before"] == pytest.approx(float(expected["loss"]), abs=1e-9)
            assert moved["after"] == pytest.approx(after, abs=1e-9)
            assert moved["said"] == pytest.approx(epsilon * dW[i, j], rel=1e-6)
            assert cell(page, "w") == pytest.approx(w, abs=6e-4)
            assert cell(page, "after") == pytest.approx(after, abs=1e-6)
            assert cell(page, "change") == pytest.approx(after - expected["loss"], 1e-3, 1e-9)
            assert cell(page, "said") == pytest.approx(epsilon * dW[i, j], 1e-3)


def test_the_derivative_is_right_for_small_moves_and_not_for_large_ones(page):
    layers = page.evaluate("chosen.network.layers.length")
    gradient_of(page, layers)
    page.locator("#weight-to").fill(str(page.evaluate("chosen.digit.label")))
    words = page.locator("#inside-card [data-weight='words']")
    apart = []
    for exponent in (-3, -2, -1, 1):
        moved = move(page, exponent)
        apart.append(abs((moved["after"] - moved["before"]) / moved["said"] - 1))
    assert apart == sorted(apart) and apart[0] < 0.01 < 0.2 < apart[-1]
    assert "far away" in words.inner_text()
    move(page, -3)
    assert "nearly a straight line" in words.inner_text()


def test_a_weight_is_chosen_where_it_is_seen(page):
    gradient_of(page, 1)
    image = page.locator(".unit-inputs").first
    size = image.bounding_box()["width"]
    j = page.evaluate("inside.unit.j")
    image.tap(position={"x": size * 10.5 / 28, "y": size * 14.5 / 28})
    assert chosen(page) == [1, 14 * 28 + 10, j]
    assert "row 14, column 10" in page.locator("#weight-place").inner_text()
    shown(page)  # nothing moves any more
    sheet = page.locator("#inside-card canvas")  # an image for each unit, a line between them
    x, y = 5 * 29 + 8, 14
    scale = sheet.bounding_box()["width"] / sheet.evaluate("(canvas) => canvas.width")
    assert scale == int(scale)
    sheet.click(position={"x": (x + 0.5) * scale, "y": (y + 0.5) * scale})
    i = 14 * 28 + 8
    assert chosen(page) == [1, i, 5]
    found = sheet.evaluate(
        f"(canvas) => [...canvas.getContext('2d').getImageData({x}, {y}, 1, 1).data]"
    )
    expected = "signedColour(inside.gradients[0].W[{} * inside.network.layers[0].units + 5]"
    expected += " / largestSize(inside.gradients[0].W))"
    colour = page.evaluate(expected.format(i))
    assert found[:3] == pytest.approx(colour, abs=1)
    assert page.locator("#weight-from").input_value() == str(i)
    page.locator("#weight-from").press("ArrowUp")
    page.locator("#weight-to").press("ArrowDown")
    assert chosen(page) == [1, i + 1, 4]
    assert page.locator("#inside-unit h3").inner_text() == "Layer 1, unit 4"


def test_a_weight_without_effect_says_why(page):
    gradient_of(page, 1)
    choose_weight(page, 0, page.evaluate("inside.unit.j"))  # a corner is black
    moved = move(page, 1)
    assert moved["after"] == moved["before"] and moved["said"] == 0
    assert "The input is 0" in page.locator("#inside-card [data-weight='words']").inner_text()
    quiet = page.evaluate("inside.delta[0].findIndex((value) => value === 0)")
    assert quiet >= 0
    choose_weight(page, page.evaluate("chosen.digit.x.findIndex((value) => value > 0)"), quiet)
    move(page, -3)
    assert "error signal of the unit is 0" in page.locator("[data-weight='words']").inner_text()
