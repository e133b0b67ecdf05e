"""Everything that is declared, as it is declared: the code, its formula and its forms agree."""

import numpy as np
import pytest
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator

from handwritten.export import onnx_file
from handwritten.learning import declaration, formula_check, formulas, registries
from handwritten.learning.activations import ACTIVATIONS
from handwritten.learning.gradient_check import numeric_gradient
from handwritten.learning.initialisations import INITIALISATIONS
from handwritten.learning.optimizers import OPTIMIZERS
from handwritten.learning.schedules import SCHEDULES

IDEAS = [idea for registry in registries.REGISTRIES.values() for idea in registry.values()]
Z = np.linspace(-6, 6, 48)  # 0, where some have no derivative, is not among them
DEFAULTS = {name: setting.default for name, setting in registries.settings().items()}


def computed(name, z):
    """What an activation of this name makes of z, and its derivative."""
    a, derivative = z.copy(), np.full_like(z, np.nan)
    ACTIVATIONS[name](a, derivative)
    return a, derivative


@pytest.mark.parametrize("idea", IDEAS, ids=lambda idea: idea.name)
def test_everything_has_a_formula_and_settings_with_ranges(idea):
    assert formulas.assigned(idea.formula)
    for setting in idea.settings.values():
        assert isinstance(setting.default, setting.type) and setting.description.endswith(".")
        low = [bound for bound in (setting.minimum, setting.above) if bound is not None]
        high = [bound for bound in (setting.maximum, setting.below) if bound is not None]
        assert len(low) == len(high) == 1 and low[0] <= setting.default <= high[0]


def test_nothing_is_declared_twice():
    with pytest.raises(ValueError, match="relu is declared twice"):
        declaration.enter(ACTIVATIONS, "relu", ACTIVATIONS["relu"])


@pytest.mark.parametrize(
    "formula",
    ["a = [z for z in range(3)]", "a += 1", "a = b = 1", "import os", "a = z % 2"],
)
def test_a_formula_is_arithmetic_and_nothing_else(formula):
    with pytest.raises(ValueError, match=r"is not an assignment|cannot hold"):
        formulas.evaluate(formula, {"z": 1, "a": 2})


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_an_activation_s_derivative_is_that_of_its_formula(name):
    _, derivative = computed(name, Z)
    formula, z = ACTIVATIONS[name].formula, Z.copy()
    numeric = numeric_gradient(lambda: formulas.evaluate(formula, {"z": z})["a"].sum(), z)
    np.testing.assert_allclose(derivative, numeric, atol=1e-7)


@pytest.mark.parametrize("name", [name for name in ACTIVATIONS if ACTIVATIONS[name].onnx])
def test_an_activation_s_onnx_form_computes_the_same(name):
    nodes = onnx_file.activation_nodes(name, 1)
    value = (helper.make_tensor_value_info(each, TensorProto.FLOAT, ["n"]) for each in ("z1", "a1"))
    graph = helper.make_graph(nodes, name, *([each] for each in value))
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)])
    (a,) = ReferenceEvaluator(model).run(["a1"], {"z1": Z.astype(np.float32)})
    np.testing.assert_allclose(a, computed(name, Z)[0], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("row", formula_check.checks(), ids=lambda row: row["name"])
def test_everything_computes_its_formula(row):
    formula_check.require([row])


def test_all_that_is_not_random_is_checked():
    assert {row["name"] for row in formula_check.checks()} == {
        *ACTIVATIONS,
        *OPTIMIZERS,
        *SCHEDULES,
    }


@pytest.mark.parametrize("formula", ["w = w - 1.001 * learning_rate * gradient", "w = np.nan * w"])
def test_other_code_than_the_formula_is_found(formula, monkeypatch):
    monkeypatch.setattr(OPTIMIZERS["gradient_descent"], "formula", formula)
    with pytest.raises(formula_check.WrongFormulaError, match="optimizer gradient_descent is"):
        formula_check.require(formula_check.checks())


@pytest.mark.parametrize("name", INITIALISATIONS)
def test_an_initialisation_draws_from_its_formula_s_distributions(name):
    initialisation, rng = INITIALISATIONS[name], np.random.default_rng(3)
    W, b = np.empty((400, 300)), np.empty(300)
    initialisation(W, b, rng, **initialisation.options(DEFAULTS))
    values = {"inputs": 400, "units": 300, "W": 0, "b": 0} | initialisation.options(DEFAULTS)
    values |= {"normal": lambda mean, deviation: (mean, deviation)}
    values |= {"uniform": lambda low, high: ((low + high) / 2, (high - low) / 12**0.5)}
    expected = formulas.evaluate(initialisation.formula, values)
    for name, array in (("W", W), ("b", b)):
        mean, deviation = (
            expected[name] if isinstance(expected[name], tuple) else (expected[name], 0)
        )
        # Of n draws the mean is known to deviation / sqrt(n), and the deviation nearly as well.
        accuracy = 4 * deviation / array.size**0.5
        assert array.mean() == pytest.approx(mean, abs=accuracy)
        assert array.std() == pytest.approx(deviation, abs=accuracy)
