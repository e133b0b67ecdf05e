"""The declared JavaScript forms compute what NumPy does; they run in Node, without a browser."""

import json
import subprocess

import numpy as np
import pytest

from handwritten.learning import formulas, registries
from handwritten.learning.activations import ACTIVATIONS
from handwritten.learning.initialisations import INITIALISATIONS
from handwritten.learning.optimizers import OPTIMIZERS
from handwritten.page import embedding, javascript

Z = np.linspace(-6, 6, 48)
DEFAULTS = {name: setting.default for name, setting in registries.settings().items()}
STEPS = """([w, rate, gradients]) => gradients.map((gradient, t) => {
  const { settings, vectors, step } = OPTIMIZERS.%s;
  globalThis.state ??= Array.from({ length: vectors }, () => w.map(() => 0));
  step(w, gradient, state, { ...settings, learning_rate: rate, step: t + 1 });
  return [...w];
})"""


def computed(expression: str, value):
    """What a JavaScript function makes of a value, beside the script that the page has."""
    script = f"{embedding.declarations_script()}\nconst f = {expression};\n"
    script += f"console.log(JSON.stringify(f({json.dumps(value)})));"
    run = subprocess.run(["node", "-e", script], capture_output=True, text=True, check=True)
    return json.loads(run.stdout)


@pytest.mark.parametrize("name", [name for name in ACTIVATIONS if ACTIVATIONS[name].javascript])
def test_an_activation(name):
    a, derivative = Z.copy(), np.empty_like(Z)
    ACTIVATIONS[name](a, derivative)
    form = f"ACTIVATIONS.{name}"
    values = computed(f"(z) => [z.map({form}.value), z.map({form}.derivative)]", Z.tolist())
    np.testing.assert_allclose(values, [a, derivative], rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize(
    "name", [name for name in INITIALISATIONS if INITIALISATIONS[name].javascript]
)
def test_an_initialisation(name):
    """With the same two random numbers, a weight is that of the formula."""
    draw = "(x) => INITIALISATIONS.{}({{ uniform: () => x[0], normal: () => x[1] }}, 40, 30)"
    values = {"inputs": 40, "units": 30}
    values |= {"normal": lambda mean, deviation: mean + deviation * -1.5}
    values |= {"uniform": lambda low, high: low + (high - low) * 0.25}
    expected = formulas.evaluate(INITIALISATIONS[name].formula, values)["W"]
    assert computed(draw.format(name), [0.25, -1.5]) == pytest.approx(expected)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimizer_takes_the_same_steps(name):
    rng, rate = np.random.default_rng(0), 0.02
    gradients, kind = rng.standard_normal((5, 20)), OPTIMIZERS[name]
    numpy = kind(rng.standard_normal(20), DEFAULTS)
    found = computed(STEPS % name, [numpy.parameters.tolist(), rate, gradients.tolist()])
    for gradient, w in zip(gradients, found, strict=True):
        numpy.update(gradient * (rate if kind.proportional else 1), rate)
        np.testing.assert_allclose(w, numpy.parameters, rtol=1e-10)


class Signed(OPTIMIZERS["gradient_descent"]):
    """All that a formula may hold."""

    formula = (
        "m = 0.5 * m + 0.5 * gradient\n"
        "size = np.where(np.abs(m) > 1, np.minimum(m**2, 3), -m * step)\n"
        "w = w - learning_rate * np.sign(m) * size"
    )


def test_a_formula_is_the_same_in_javascript(monkeypatch):
    monkeypatch.setitem(OPTIMIZERS, "signed", Signed)
    gradients = np.random.default_rng(0).standard_normal((5, 20))
    values = {"w": np.zeros(20), "learning_rate": 0.1}
    found = computed(STEPS % "signed", [values["w"].tolist(), 0.1, gradients.tolist()])
    for step, gradient in enumerate(gradients, 1):
        values = formulas.stepped(Signed, values | {"gradient": gradient, "step": step})
        np.testing.assert_allclose(found[step - 1], values["w"], rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("formula", ["w = w - np.cumsum(gradient)", "w = w - gradient // 2"])
def test_what_javascript_does_not_have_is_left_out(formula):
    kind = type("Other", (Signed,), {"formula": formula})
    assert javascript.optimizer(kind) is None
