"""Inside the network: the steps of the page are those of NumPy, forward, backward and downhill."""

import numpy as np
import pytest
from conftest import wait
from project import ROOT

from handwritten.learning import backpropagation, losses, network
from handwritten.learning.activations import ACTIVATIONS

FORWARD = "Array.from(inside.pass.{}[{}])"


def through(site, run):
    """The hardest digit's way in double precision: sums, activations, error signals, gradients,
    loss."""
    layers, activation = site.networks[run]
    layers = [(W.astype(float), b.astype(float)) for W, b in layers]
    work = network.buffers(1, network.layer_dims(layers), float)
    x = site.examples["x"][[site.hardest]].astype(float)
    z = network.forward(x, layers, ACTIVATIONS[activation], work).copy()
    y = np.eye(z.shape[1])[site.examples["y"][[site.hardest]]]
    loss = losses.softmax_cross_entropy(z, y, work.delta[-1], np.empty((1, 1)))
    gradients = [(np.empty_like(W), np.empty_like(b)) for W, b in layers]
    backpropagation.backward(x, layers, work, gradients)
    return {"layers": layers, "work": work, "z": z[0], "loss": loss, "gradients": gradients}


@pytest.fixture
def page(visit, site):
    return at_the_hardest(visit().page, site)


def at_the_hardest(page, site):
    """The page with the hardest digit chosen, at the first of its steps."""
    page.locator("#inside-number").fill(str(site.hardest))
    page.locator("#inside-number").press("Enter")
    wait(page, f"chosen.digit.origin === 'test digit {site.hardest}'")
    page.locator("#inside-list button").first.click()
    return page


def numbers(page, expression: str) -> np.ndarray:
    return np.array(page.evaluate(expression))


def shown(value: float) -> str:
    """A number as the page writes it."""
    if value == 0 or abs(value) >= 5e-4:
        return f"{value + 0:.3f}".replace("-", "−")
    digits, exponent = f"{value:.1e}".replace("-", "−").split("e")
    return f"{digits}e{exponent[0]}{exponent[1:].lstrip('0')}"


def number(text: str) -> float:
    """A number that the page has written."""
    return float(text.replace("−", "-"))


@pytest.mark.parametrize("run", ["phase1", "phase2"])
def test_every_step_is_numpy_s(page, site, run):
    layers, _ = site.networks[run]
    expected = through(site, run)
    page.locator("#inside-run").select_option(run)
    wait(page, f"inside.network === chosen.network && chosen.run.name === '{run}'")
    page.locator("#inside-list button").first.click()
    kinds = []
    while True:
        step = page.evaluate("inside.steps[inside.at]")
        kinds.append((step["kind"], step["l"]))
        CHECKS[step["kind"]](page, expected, step["l"])
        assert page.locator("#inside-card .excerpt .is-now").count() > 0
        if page.locator("#inside-next").is_disabled():
            break
        page.locator("#inside-next").click()
    L = len(layers)
    up = [("pixels", 0), *(("forward", l) for l in range(1, L + 1)), ("loss", L), ("error", L)]
    down = [step for l in range(L, 0, -1) for step in (("gradient", l), ("back", l - 1))]
    assert kinds == [*up, *down[:-1], ("update", 0)]


def check_pixels(page, expected, l):
    words = page.locator("#inside-card [data-of='nonzero']").inner_text()
    assert int(words) == page.evaluate("chosen.digit.x.filter((value) => value > 0).length") > 0


def check_forward(page, expected, l):
    W, b = expected["layers"][l - 1]
    shapes = page.locator("#inside-card .shapes").inner_text()
    assert shapes == f"(1, {W.shape[0]}) @ {W.shape} + ({len(b)},) → (1, {len(b)})"
    last = l == len(expected["layers"])
    found = numbers(page, FORWARD.format("z" if last else "a", l - 1 if last else l))
    wanted = expected["z"] if last else expected["work"].a[l - 1][0]
    np.testing.assert_allclose(found, wanted, atol=1e-9)


def check_loss(page, expected, l):
    rows = page.locator("#inside-card tbody tr").all_inner_texts()
    p = np.exp(expected["z"]) / np.exp(expected["z"]).sum()
    for row, z, share in zip(rows, expected["z"], p, strict=True):
        assert row.split()[1:] == [shown(z), shown(share)]
    assert f"= {shown(expected['loss'])} nats" in page.locator("#inside-card").inner_text()


def check_error(page, expected, l):
    check_signal(page, expected, l)
    rows = page.locator("#inside-card tbody tr").all_inner_texts()
    assert [row.split()[-1] for row in rows] == [shown(d) for d in expected["work"].delta[-1][0]]


def check_signal(page, expected, l):
    """The error signal of layer l; its strip is seen."""
    found = numbers(page, f"Array.from(inside.delta[{l - 1}])")
    np.testing.assert_allclose(found, expected["work"].delta[l - 1][0], atol=1e-9)
    assert page.locator(f"#delta-{l}").is_visible()


def check_gradient(page, expected, l):
    dW, db = expected["gradients"][l - 1]
    found = numbers(page, f"Array.from(inside.gradients[{l - 1}].W)")
    np.testing.assert_allclose(found.reshape(dW.shape), dW, atol=1e-9)
    found = numbers(page, f"Array.from(inside.gradients[{l - 1}].b)")
    np.testing.assert_allclose(found, db, atol=1e-9)
    assert f"norm is {shown(np.linalg.norm(dW))}" in page.locator("#inside-card").inner_text()


def check_update(page, expected, l):
    for exponent in (-2, -1, 0.5):
        slider = page.locator("#inside-rate")
        slider.evaluate(
            """(slider, value) => {
              slider.value = value;
              slider.dispatchEvent(new Event("input"));
            }""",
            exponent,
        )
        moved = [
            (W - 10**exponent * dW, b - 10**exponent * db)
            for (W, b), (dW, db) in zip(expected["layers"], expected["gradients"], strict=True)
        ]
        activation = ACTIVATIONS[page.evaluate("chosen.run.activation")]
        x = numbers(page, "Array.from(chosen.digit.x)")[None]
        label = page.evaluate("chosen.digit.label")
        after = losses.cross_entropy(network.logits(x, moved, activation), np.array([label]))[0]
        found = page.evaluate("inside.update")
        assert found["before"] == pytest.approx(float(expected["loss"]), abs=1e-9)
        assert found["after"] == pytest.approx(after, rel=1e-4, abs=1e-7)  # weights are float32
        texts = page.locator(".inside-losses dd").all_inner_texts()
        assert texts[0] == f"{shown(found['before'])} nats"
        assert float(texts[1].split()[0].replace("−", "-")) == pytest.approx(after, 0.06, 6e-4)


CHECKS = {
    "pixels": check_pixels,
    "forward": check_forward,
    "loss": check_loss,
    "error": check_error,
    "gradient": check_gradient,
    "back": check_signal,
    "update": check_update,
}


def test_marked_lines_are_those_of_the_files(page):
    """File, number and text of every line that the steps show are the repository's."""
    excerpts = page.locator("#mathematics .excerpt").evaluate_all(
        """(figures) => figures.map((figure) => [
          figure.querySelector("code").textContent,
          [...figure.querySelectorAll("[data-line]")].map(
            (line) => [+line.dataset.line, line.textContent]),
        ])"""
    )
    assert excerpts
    for place, lines in excerpts:
        name = place.rsplit(":", 1)[0]
        scripts = ROOT / "workflow" / "scripts"
        file = scripts / name if (scripts / name).exists() else scripts / "handwritten" / name
        texts = file.read_text().split("\n")
        for number, text in lines:
            assert texts[number - 1].strip() == text.strip()


def test_the_unit_that_is_pointed_at_is_shown_in_detail(page, site):
    expected = through(site, "phase2")
    page.locator("#inside-list button").nth(2).click()
    strip = page.locator("#layer-1")
    box = strip.bounding_box()
    strip.hover(position={"x": box["width"] * 16.5 / 32, "y": box["height"] / 8})
    unit = page.locator("#inside-unit")
    assert unit.locator("h3").inner_text() == "Layer 1, unit 16"
    output = expected["work"].a[0][0, 16]
    assert unit.locator("tfoot tr").last.inner_text().split()[-1] == shown(output)
    strip.press("ArrowRight")
    assert unit.locator("h3").inner_text() == "Layer 1, unit 17"
    assert "unit 17: output" in strip.get_attribute("aria-valuetext")


def test_the_sum_of_a_unit_adds_up(page):
    page.locator("#inside-list button").nth(1).click()
    rows = page.locator(".unit-sum tbody tr").all_inner_texts()
    terms = [float(row.split()[-1].replace("−", "-")) for row in rows]
    z = page.locator(".unit-sum tfoot tr").first.inner_text().split()[-1]
    assert sum(terms) == pytest.approx(float(z.replace("−", "-")), abs=0.0005 * len(terms))


def test_a_drawn_digit_goes_backward_once_it_has_a_label(page):
    page.evaluate("strokes.push([[0.4, 0.2], [0.6, 0.2], [0.5, 0.8]]); showStrokes()")
    page.locator("#inside-list button").nth(4).click()
    assert page.locator("#inside-next").is_disabled()
    page.locator("#inside-label").select_option("7")
    page.locator("#inside-next").click()
    assert (
        page.locator("#inside-card h3").inner_text() == "Backward: the error signal of the output"
    )
