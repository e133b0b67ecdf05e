"""Images that show none of the classes, and the scores that could tell them apart."""

from itertools import pairwise

import numpy as np
import pytest

from handwritten.data import strokes, unfamiliar
from handwritten.data.letter_shapes import LETTERS
from handwritten.evaluation import out_of_distribution
from handwritten.learning.activations import ACTIVATIONS

RELU = ACTIVATIONS["relu"]


@pytest.fixture
def x():
    """Images, dark at the edge."""
    images = np.zeros((30, 12, 10), np.uint8)
    images[:, 3:9, 3:7] = np.random.default_rng(1).integers(100, 256, (30, 6, 4))
    return images


def test_every_kind_has_its_images_in_the_shape_of_the_data(x):
    found = unfamiliar.images(x, ["0", "1"], 24, np.random.default_rng(2))
    assert list(found) == ["noise", "shuffled pixels", "scribbles", "letters"]
    for images in found.values():
        assert images.shape == (24, 12, 10) and images.dtype == np.uint8
        assert len(np.unique(images.reshape(24, -1), axis=0)) == 24
    again = unfamiliar.images(x, ["0", "1"], 24, np.random.default_rng(2))
    assert all((again[kind] == found[kind]).all() for kind in found)


def test_letters_are_left_out_where_they_are_classes(x):
    assert "letters" not in unfamiliar.images(x, ["a", "b"], 3, np.random.default_rng(2))
    assert "letters" in unfamiliar.images(x, ["bar", "cross"], 3, np.random.default_rng(2))


def test_shuffled_images_have_the_pixels_of_images(x):
    found = unfamiliar.shuffled(x, 5, np.random.default_rng(3)).reshape(5, -1)
    known = {tuple(sorted(image)) for image in x.reshape(30, -1)}
    assert {tuple(sorted(image)) for image in found} <= known


@pytest.mark.parametrize("shape", [(28, 28), (40, 20)])
@pytest.mark.parametrize("letter", LETTERS)
def test_a_letter_fits_into_the_box_and_is_centred_by_mass(letter, shape):
    image = strokes.image(unfamiliar.written(LETTERS[letter], np.random.default_rng(4)), shape)
    ink = image / 255
    size = np.array(shape)
    middle = [(ink * place).sum() / ink.sum() for place in np.indices(shape)]
    np.testing.assert_allclose(middle, size / 2, atol=0.7)
    extent = np.array([np.ptp(np.flatnonzero(ink.max(axis=axis) > 0.5)) for axis in (1, 0)])
    box = np.rint(size * 20 / 28)
    assert (extent <= box).all() and (extent > box - 4).any()


def test_the_auroc_is_a_probability():
    auroc = out_of_distribution.auroc
    assert auroc(np.array([3.0, 4.0]), np.array([1.0, 2.0])) == 1
    assert auroc(np.array([1.0]), np.array([1.0, 2.0])) == 0.25
    assert auroc(np.array([5.0, 5.0]), np.array([5.0])) == 0.5


def test_the_distance_is_that_to_the_nearest():
    rng = np.random.default_rng(5)
    a, others = rng.normal(size=(1200, 3)), rng.normal(size=(7, 3))
    expected = np.linalg.norm(a[:, None] - others, axis=2).min(axis=1)
    np.testing.assert_allclose(out_of_distribution.distances(a, others), expected, atol=1e-9)


def test_the_energy_is_what_softmax_divides_by():
    z = np.array([[1.0, 2.0, 3.0], [2000.0, 0.0, 0.0]])
    expected = [2 * np.log(np.exp(z[0] / 2).sum()), 2000]
    np.testing.assert_allclose(out_of_distribution.energy(z, 2.0), expected)


def network(*dims):
    rng = np.random.default_rng(6)
    return [
        (rng.normal(size=pair).astype(np.float32), np.zeros(pair[1], np.float32))
        for pair in pairwise(dims)
    ]


@pytest.mark.parametrize(
    "models", [[network(120, 5, 2)], [network(120, 2)], [network(120, 5, 2), network(120, 4, 2)]]
)
def test_what_is_measured_of_a_run(x, models):
    flat = x.reshape(30, -1)
    run = out_of_distribution.Run(models, RELU, 2.0, flat)
    kinds = unfamiliar.images(x, ["0", "1"], 12, np.random.default_rng(7))
    found = out_of_distribution.measure(run, {"dev": flat, "test": flat}, kinds, 0.8)
    assert found["references"] == 30
    pixels = [kind["scores"]["pixels"] for kind in found["kinds"]]
    assert [score["auroc"] for score in pixels] == [1] * 4  # all images but these are far away
    assert [score["passed"] for score in pixels] == [0] * 4
    for kind in found["kinds"]:
        examples = kind["examples"]
        assert len(examples) == 8
        assert all(each["answered"] == (each["confidence"] >= 0.8) for each in examples)
    never = out_of_distribution.measure(run, {"dev": flat, "test": flat}, kinds, None)
    assert [kind["answered"] for kind in never["kinds"]] == [0] * 4
