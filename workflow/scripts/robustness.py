"""Measure how a run's accuracy falls as the test images get worse."""

from functools import partial

from handwritten.artifacts.writing import open_artifact
from handwritten.data.preparation import normalise
from handwritten.evaluation import ensemble, robustness
from handwritten.evaluation.test_time_augmentation import predict as predict_one
from handwritten.io import files
from handwritten.learning import network
from handwritten.learning.activations import ACTIVATIONS
from handwritten.randomness import generator
from handwritten.settings import settings_of

settings, inputs = settings_of(snakemake), snakemake.input
g, maximum_shift = ACTIVATIONS[settings.activation], settings.test_time_shift
with open_artifact(snakemake) as artifact:
    models = [network.from_named(files.read_arrays(path)) for path in inputs.models]
    test = files.read_arrays(inputs.test)
    x, labels = normalise(test["x"]).reshape(-1, *settings.image_shape), test["y"]

    def predict(images):
        """The mean (n, classes) of the models' probabilities; there may be only one model."""
        each = (predict_one(images, labels, layers, g, maximum_shift) for layers in models)
        return ensemble.mean_probabilities([probabilities for probabilities, _ in each])

    new_rng = partial(generator, settings.seed, "corruption")
    curves = robustness.curves(x, labels, predict, new_rng)
    artifact.arrays("examples.npz", **robustness.examples(x[:1], new_rng))
    artifact.json("robustness.json", {"schema": 1, "corruptions": curves})
    for curve in curves:
        worst = curve["levels"][-1]
        artifact.log(f"{curve['name']} {worst['level']}: {worst['accuracy']:.2%} right")
