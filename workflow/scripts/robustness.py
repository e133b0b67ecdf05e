"""Let a run answer on test images that were made worse, and count."""

from functools import partial

from handwritten.artifacts.writing import open_artifact
from handwritten.data.preparation import normalise
from handwritten.evaluation import ensemble, robustness, test_time_augmentation
from handwritten.io import files
from handwritten.learning import network
from handwritten.learning.activations import ACTIVATIONS
from handwritten.randomness import generator

settings, inputs = snakemake.params.recipe["settings"], snakemake.input
g, reach = ACTIVATIONS[settings["activation"]], settings["test_time_shift"]
with open_artifact(snakemake) as artifact:
    models = [network.from_named(files.read_arrays(path)) for path in inputs.models]
    test = files.read_arrays(inputs.test)
    x, labels = normalise(test["x"]).reshape(-1, *settings["image_shape"]), test["y"]

    def answered(images):
        """The mean of the models' probabilities (n, classes), which for one model are its own."""
        return ensemble.averaged(
            [
                test_time_augmentation.answered(images, labels, layers, g, reach)[0]
                for layers in models
            ]
        )

    new_rng = partial(generator, settings["seed"], "corruption")
    curves = robustness.curves(x, labels, answered, new_rng)
    artifact.arrays("examples.npz", **robustness.examples(x[:1], new_rng))
    artifact.json("robustness.json", {"schema": 1, "corruptions": curves})
    for curve in curves:
        worst = curve["levels"][-1]
        artifact.log(f"{curve['name']} {worst['level']}: {worst['accuracy']:.2%} right")
