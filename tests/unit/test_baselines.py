"""The simple classifiers that the ablation study starts from, against numbers worked by hand."""

import numpy as np
import pytest

from handwritten.evaluation import baselines
from handwritten.settings import Settings


def images(x, y):
    return {"x": np.array(x), "y": np.array(y)}


def test_the_majority_class_is_the_most_frequent_one_of_training():
    train = images(np.zeros((5, 2)), [2, 1, 2, 0, 2])
    splits = {"dev": images(np.ones((3, 2)), [0, 2, 1]), "test": images(np.ones((1, 2)), [0])}
    found, chosen = baselines.majority_class(train, splits, Settings(classes=4))
    assert chosen == {"label": 2}
    np.testing.assert_allclose(found["dev"], [[0.2, 0.2, 0.6, 0]] * 3)
    assert found["test"].shape == (1, 4) and found["test"].dtype == np.float32


def test_neighbours_are_the_nearest_in_their_order():
    train = images([[0.0], [1.0], [3.0], [7.0]], [0, 1, 2, 3])
    labels = baselines.nearest_labels(train, np.array([[2.4], [0.1], [6.0]]), 3)
    assert labels.tolist() == [[2, 1, 0], [0, 1, 2], [3, 2, 1]]


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_neighbours_are_those_of_all_distances(monkeypatch, dtype):
    monkeypatch.setattr(baselines, "ROWS", 7)
    rng = np.random.default_rng(1)
    scale = 255 if dtype == np.uint8 else 1
    train = images((rng.random((50, 20)) * scale).astype(dtype), np.arange(50))
    x = (rng.random((30, 20)) * scale).astype(dtype)
    distances = ((x[:, None].astype(float) - train["x"].astype(float)) ** 2).sum(axis=2)
    expected = np.argsort(distances, axis=1)[:, :9]
    assert baselines.nearest_labels(train, x, 9).tolist() == expected.tolist()


def test_more_neighbours_than_images_are_all_images():
    train = images([[0.0], [1.0]], [1, 0])
    assert baselines.nearest_labels(train, np.array([[0.2]]), 9).tolist() == [[1, 0]]


def test_the_number_of_neighbours_is_chosen_on_dev():
    """One image of class 1 lies among those of class 0: a single neighbour errs beside it, three
    do not."""
    train = images([[0.0], [0.2], [0.4], [0.3], [1.0], [1.1], [1.2]], [0, 0, 0, 1, 1, 1, 1])
    splits = {"dev": images([[0.31], [1.05]], [0, 1]), "test": images([[0.29]], [1])}
    settings = Settings(classes=2, neighbours=[1, 3, 5])
    found, chosen = baselines.nearest_neighbours(train, splits, settings)
    assert chosen == {"neighbours": 3, "of": [1, 3, 5], "dev_errors": [1, 0, 0]}
    np.testing.assert_allclose(found["test"], [[2 / 3, 1 / 3]])
