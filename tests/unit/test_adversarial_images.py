"""Images changed on purpose: the gradient by the pixels, and what attacks do with it."""

import numpy as np
import pytest

from handwritten.evaluation import adversarial_images, ensemble
from handwritten.evaluation.adversarial_images import ATTACKS, SIZES, Run
from handwritten.evaluation.test_time_augmentation import predict
from handwritten.learning import network
from handwritten.learning.activations import ACTIVATIONS
from handwritten.learning.gradient_check import numeric_gradient

SHAPE = (5, 4)


def layers(seed, *dims, dtype=np.float64):
    rng = np.random.default_rng(seed)
    vector = rng.normal(size=network.parameter_count(dims)).astype(dtype)
    return network.views(vector, list(dims))


LINEAR, DEEP, OTHER = layers(1, 20, 3), layers(1, 20, 6, 4, 3), layers(2, 20, 5, 3)


@pytest.mark.parametrize("maximum_shift", [0, 1])
@pytest.mark.parametrize("models", [[LINEAR], [DEEP], [LINEAR, OTHER]])
def test_the_gradient_is_that_of_the_loss_of_the_mean_probability(models, maximum_shift):
    g, labels = ACTIVATIONS["tanh"], np.array([0, 2])
    x = np.random.default_rng(3).random((2, 20))
    run = Run(models, g, SHAPE, maximum_shift)
    p, gradient = adversarial_images.predict(run, x, labels)

    def mean():
        images = x.reshape(-1, *SHAPE)
        each = [predict(images, labels, model, g, maximum_shift)[0] for model in models]
        return np.mean(each, axis=0, dtype=np.float64)

    def loss():
        return float(ensemble.negative_log_likelihood(mean(), labels).sum())

    np.testing.assert_allclose(p, mean(), atol=1e-6)
    numeric = numeric_gradient(loss, x, 1e-3 if maximum_shift else 1e-5)  # shifted ones: float32
    for ours, theirs in zip(gradient, numeric, strict=True):
        largest = np.abs(theirs).argmax()
        np.testing.assert_allclose(ours / ours[largest], theirs / theirs[largest], atol=1e-3)


def test_a_confident_network_has_a_gradient():
    """Where the probability of the label is 1 in float32, and the others are 0."""
    W = np.array([[200, -200], [0, 0]], np.float32)
    run = Run([[(W, np.zeros(2, np.float32))]], ACTIVATIONS["relu"], (1, 2), 0)
    p, gradient = adversarial_images.predict(run, np.float32([[0.9, 0.5]]), np.array([0]))
    assert p[0, 0] == 1
    assert np.sign(gradient).tolist() == [[-1, 0]]


@pytest.fixture(scope="module")
def trained():
    """Bars in one of four columns on a noisy ground, and a network that was fitted to them: a
    random hidden layer, and an output layer by least squares."""
    rng = np.random.default_rng(4)
    labels = rng.integers(4, size=300)
    x = 0.5 * rng.random((300, *SHAPE), np.float32)
    x[np.arange(300), :, labels] += 0.3
    x = x.reshape(300, -1)
    (W1, b1), _ = layers(5, 20, 40, 4, dtype=np.float32)
    a = np.maximum(x @ W1 + b1, 0)
    W2 = 8 * np.linalg.lstsq(a, np.eye(4, dtype=np.float32)[labels], rcond=None)[0]
    return (
        Run([[(W1, b1), (W2, np.zeros(4, np.float32))]], ACTIVATIONS["relu"], SHAPE, 0),
        x,
        labels,
    )


def new_rng():
    return np.random.default_rng(6)


@pytest.mark.parametrize("name", ATTACKS)
def test_no_pixel_changes_by_more_than_the_size(trained, name):
    run, x, labels = trained
    before, attack = x.copy(), ATTACKS[name].apply
    assert np.array_equal(attack(run, x, labels, 0, new_rng()), x)
    for size in SIZES:
        changed = attack(run, x, labels, size, new_rng())
        assert changed.dtype == x.dtype and changed.min() >= 0 and changed.max() <= 1
        assert np.abs(changed - x).max() == pytest.approx(size, abs=1e-6)
    assert np.array_equal(x, before)


def test_what_is_measured(trained):
    run, x, labels = trained
    found = adversarial_images.measure(run, x, labels, new_rng)
    assert (found["n"], found["of"]) == (300, 300)
    accuracy = {
        each["name"]: [level["accuracy"] for level in each["levels"]] for each in found["attacks"]
    }
    z = network.logits(x, run.models[0], run.activation)
    plain = (z.argmax(axis=1) == labels).mean()
    assert plain > 0.9 and {levels[0] for levels in accuracy.values()} == {plain}
    signs, fgsm, pgd = accuracy.values()
    assert all(b <= a for a, b in zip(fgsm, pgd, strict=True)) and pgd[3] < fgsm[3] < signs[3]
    assert pgd == sorted(pgd, reverse=True) and pgd[-1] < 0.1


def test_an_ensemble_that_takes_long_is_measured_on_fewer_images_from_everywhere(trained):
    run, x, labels = trained
    many = run._replace(models=run.models * 50_000)
    assert adversarial_images.number_of_images(run) == adversarial_images.MOST
    assert adversarial_images.number_of_images(many) == adversarial_images.LEAST
    found = adversarial_images.measure(run, np.tile(x, (9, 1)), np.tile(labels, 9), new_rng)
    assert (found["n"], found["of"]) == (1350, 2700)
