"""The model card's code, run as printed, prints the accuracy that the page states."""

import subprocess
import sys
from functools import partial

import numpy as np
import pytest
from clouds import SETTINGS

from handwritten.evaluation import ensemble, test_time_augmentation
from handwritten.learning import losses, network, registries, training
from handwritten.learning.activations import ACTIVATIONS
from handwritten.learning.batches import Dataset
from handwritten.learning.state import trained_network
from handwritten.page import snippet
from handwritten.randomness import generator

CHOICES = [(key, name) for key, registry in registries.REGISTRIES.items() for name in registry]
DEFAULTS = {name: setting.default for name, setting in registries.settings().items()}
FIXED = SETTINGS | DEFAULTS | {"image_shape": [4, 4], "layer_dims": [16, 8, 7, 3], "epochs": 6}


def images(count, seed):
    """Images of 4 x 4 bytes, and which of the first three pixels is the brightest."""
    x = np.random.default_rng(seed).integers(0, 256, (count, 16), dtype=np.uint8)
    return Dataset(x, x[:, :3].argmax(axis=1))


def trained(settings, seed=1):
    """The layers of a network trained with these settings."""
    state = training.train(images(300, 1), images(50, 2), settings, partial(generator, seed))
    return trained_network(state, settings)


@pytest.fixture
def printed(tmp_path):
    """printed(run, *models) is what the snippet of a run prints, and its text."""
    test = images(400, 3)
    np.savez(tmp_path / "test.npz", x=test.x, y=test.y)

    def printed(run, *models):
        paths = [f"model_{number}.npz" for number in range(len(models))]
        for path, layers in zip(paths, models, strict=True):
            np.savez(tmp_path / path, **network.named(layers))
        text = snippet.code(run | {"models": paths, "ensemble": len(models) > 1}, "test.npz")
        command = [sys.executable, "-c", text]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
        return done.stdout.strip(), text

    return printed


def described(settings, accuracy, shift=0):
    metrics = {"layer_dims": settings.layer_dims, "test": {"accuracy": accuracy}}
    return {"activation": settings.activation, "metrics": metrics, "test_time_shift": shift}


@pytest.mark.parametrize(("key", "name"), CHOICES)
def test_the_code_prints_the_accuracy_of_a_run(key, name, printed):
    settings = FIXED | {key: name}
    layers, test = trained(settings), images(400, 3)
    z = network.logits(test.x, layers, ACTIVATIONS[settings.activation])
    accuracy = float((z.argmax(axis=1) == test.y).mean())
    assert accuracy > 0.5 or name in ("zeros", "sigmoid", "gradient_descent")
    output, text = printed(described(settings, accuracy), layers)
    assert float(output) == accuracy
    assert text.endswith(f"# {accuracy}")


def test_the_code_prints_the_accuracy_of_an_ensemble(printed):
    settings, test = FIXED | {"activation": "gelu"}, images(400, 3)
    models = [trained(settings, seed) for seed in (1, 2, 3)]
    each = [
        losses.softmax(network.logits(test.x, layers, ACTIVATIONS["gelu"])) for layers in models
    ]
    accuracy = float((ensemble.mean_probabilities(each).argmax(axis=1) == test.y).mean())
    output, text = printed(described(settings, accuracy), *models)
    assert float(output) == accuracy and text.endswith(f"# {accuracy}")


def test_the_code_says_that_it_leaves_test_time_augmentation_out(printed):
    layers, test = trained(FIXED), images(400, 3)
    shifted, _ = test_time_augmentation.predict(
        test.x.reshape(-1, 4, 4), test.y, layers, ACTIVATIONS["relu"], 1
    )
    accuracy = float((shifted.argmax(axis=1) == test.y).mean())
    output, text = printed(described(FIXED, accuracy, shift=1), layers)
    assert float(output) > accuracy
    assert text.endswith(f"# {accuracy} with test-time augmentation, which is left out here")
