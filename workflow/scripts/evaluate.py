"""Predict dev and test with a trained network, and measure how good the predictions are.

The images that it was trained on are predicted too: what it makes of them, beside dev, shows how
much it has learned by heart.
"""

from handwritten.artifacts.writing import open_artifact
from handwritten.evaluation import health, metrics, scoring, test_time_augmentation
from handwritten.io import files
from handwritten.learning import network
from handwritten.learning.activations import ACTIVATIONS
from handwritten.learning.losses import cross_entropy, softmax
from handwritten.settings import settings_of

settings = settings_of(snakemake)
g, maximum_shift = ACTIVATIONS[settings.activation], settings.test_time_shift
with open_artifact(snakemake) as artifact:
    layers = network.from_named(files.read_arrays(snakemake.input.model))
    dims = network.layer_dims(layers)
    train = files.read_arrays(snakemake.input.train)
    data = {split: files.read_arrays(snakemake.input[split]) for split in ("dev", "test")}
    labels = {split: samples["y"] for split, samples in data.items()}
    losses, probabilities = {}, {}
    for split, samples in data.items():
        images = samples["x"].reshape(-1, *settings.image_shape)
        probabilities[split], losses[split] = test_time_augmentation.predict(
            images, samples["y"], layers, g, maximum_shift
        )
    result = {
        "layer_dims": dims,
        "parameters": network.parameter_count(dims),
        "dead_units": health.dead_units(data["dev"]["x"], layers, g),
        "mean_pixel": health.mean_pixel(data["dev"]["x"]),
    }
    z = network.logits(train["x"], layers, g)
    loss = cross_entropy(z, train["y"])
    result["train"] = metrics.evaluate(loss, softmax(z), train["y"])
    result |= metrics.evaluate_splits(losses, probabilities, labels, settings.wrong_labels)
    result |= scoring.calibrated_splits(probabilities, labels, settings)
    artifact.arrays("probabilities.npz", **probabilities)
    artifact.json("metrics.json", result)
    for split in data:
        artifact.log(f"{split}: {result[split]['errors']} errors in {result[split]['n']:,}")
    for warning in health.warnings(result):
        artifact.warn(warning)
