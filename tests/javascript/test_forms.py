"""The declared JavaScript forms compute what NumPy does; they run in Node, without a browser."""

import json
import subprocess

import numpy as np
import pytest

from handwritten.learning import formulas
from handwritten.learning.activations import ACTIVATIONS
from handwritten.learning.initialisations import INITIALISATIONS
from handwritten.page import embedding

Z = np.linspace(-6, 6, 48)


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
