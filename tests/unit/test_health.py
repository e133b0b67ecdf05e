"""Dead layers and networks that have not learnt are noticed."""

import numpy as np
import pytest

from handwritten.evaluation import health, metrics
from handwritten.learning.activations import ACTIVATIONS

pytestmark = pytest.mark.promise("numbers")


def layers_with_dead_units(dead, units=4):
    """Two hidden layers; `dead` units of the second have a bias that no sum of theirs makes up."""
    rng = np.random.default_rng(1)
    b2 = np.zeros(units)
    b2[:dead] = -1e6
    return [
        (rng.normal(size=(3, 5)), np.zeros(5)),
        (rng.normal(size=(5, units)), b2),
        (rng.normal(size=(units, 2)), np.zeros(2)),
    ]


@pytest.mark.parametrize("dead", [0, 1, 4])
def test_dead_units_are_counted_layer_by_layer(dead, monkeypatch):
    x = np.random.default_rng(2).normal(size=(50, 3))
    monkeypatch.setattr(health.network, "SLICE", 20)
    assert health.silent_units(x, layers_with_dead_units(dead), ACTIVATIONS["relu"]) == [0, dead]


def test_a_unit_that_speaks_up_for_one_image_is_not_dead():
    x = np.zeros((50, 1))
    x[49] = 1
    layers = [(np.ones((1, 1)), np.zeros(1)), (np.ones((1, 2)), np.zeros(2))]
    assert health.silent_units(x, layers, ACTIVATIONS["relu"]) == [0]
    assert health.silent_units(x[:49], layers, ACTIVATIONS["relu"]) == [1]


def facts(right, silent=(0, 0)):
    """The metrics of 100 dev images, half of one class, of which so many are answered rightly."""
    labels = np.array([0] * 50 + [1] * 30 + [2] * 20)
    answers = labels.copy()
    answers[right:] = (labels[right:] + 1) % 3
    dev = metrics.evaluated(np.ones(100), np.eye(3)[answers], labels)
    return {"layer_dims": [3, 5, 4, 3], "silent_units": list(silent), "dev": dev}


def test_all_well_says_nothing():
    assert health.warnings(facts(90, silent=(2, 1))) == []


def test_a_layer_of_which_half_is_dead_is_a_warning():
    (warning,) = health.warnings(facts(90, silent=(2, 2)))
    assert "In hidden layer 2, 2 of 4 units" in warning


@pytest.mark.parametrize(("right", "stuck"), [(50, True), (58, True), (62, False), (0, True)])
def test_no_better_than_the_commonest_answer_is_a_warning(right, stuck):
    found = health.warnings(facts(right))
    assert any("has not learnt" in warning and "50.00%" in warning for warning in found) == stuck


def test_a_ensemble_has_no_units_of_its_own():
    ensemble = facts(90)
    del ensemble["silent_units"]
    assert health.warnings(ensemble) == []
