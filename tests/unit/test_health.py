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
def test_dead_units_are_found_layer_by_layer(dead, monkeypatch):
    x = np.random.default_rng(2).normal(size=(50, 3))
    monkeypatch.setattr(health.network, "SLICE", 20)
    layers = layers_with_dead_units(dead)
    assert health.dead_units(x, layers, ACTIVATIONS["relu"]) == [[], [*range(dead)]]


def test_a_unit_that_speaks_up_for_one_image_is_not_dead():
    x = np.zeros((50, 1))
    x[49] = 1
    layers = [(np.ones((1, 1)), np.zeros(1)), (np.ones((1, 2)), np.zeros(2))]
    assert health.dead_units(x, layers, ACTIVATIONS["relu"]) == [[]]
    assert health.dead_units(x[:49], layers, ACTIVATIONS["relu"]) == [[0]]


def metrics_of(right, dead=(0, 0)):
    """The metrics of 100 dev images, half of them of one class; this many predictions are right."""
    labels = np.array([0] * 50 + [1] * 30 + [2] * 20)
    predictions = labels.copy()
    predictions[right:] = (labels[right:] + 1) % 3
    dev = metrics.evaluate(np.ones(100), np.eye(3)[predictions], labels)
    return {
        "layer_dims": [3, 5, 4, 3],
        "dead_units": [[*range(count)] for count in dead],
        "dev": dev,
    }


def test_a_good_network_has_no_warning():
    assert health.warnings(metrics_of(90, dead=(2, 1))) == []


def test_a_layer_of_which_half_is_dead_is_a_warning():
    (warning,) = health.warnings(metrics_of(90, dead=(2, 2)))
    assert "In hidden layer 2, 2 of 4 units" in warning


def test_units_that_died_of_bright_images_are_told_so():
    dead = metrics_of(90, dead=(0, 4))
    assert "dark on light" not in health.warnings(dead | {"mean_pixel": 0.13})[0]
    (warning,) = health.warnings(dead | {"mean_pixel": 0.87})
    assert "with a mean pixel of 0.87" in warning and "set `ground: light` under" in warning
    assert health.mean_pixel(np.array([[0, 255], [51, 204]], np.uint8)) == pytest.approx(0.5)


@pytest.mark.parametrize(("right", "stuck"), [(50, True), (58, True), (62, False), (0, True)])
def test_no_better_than_the_most_frequent_class_is_a_warning(right, stuck):
    warnings = health.warnings(metrics_of(right))
    assert (
        any("has not learned" in warning and "50.00%" in warning for warning in warnings) == stuck
    )


def test_an_ensemble_has_no_units_of_its_own():
    ensemble = metrics_of(90)
    del ensemble["dead_units"]
    assert health.warnings(ensemble) == []
