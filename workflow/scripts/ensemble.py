"""Predict with the mean probabilities of several models, and measure how good they are together."""

from handwritten.artifacts.writing import open_artifact
from handwritten.evaluation import calibration, ensemble, metrics
from handwritten.io import files
from handwritten.settings import settings_of

settings, inputs = settings_of(snakemake), snakemake.input
with open_artifact(snakemake) as artifact:
    sizes = [files.read_json(path) for path in inputs.metrics]
    members = [files.read_arrays(path) for path in inputs.probabilities]
    losses, probabilities, labels = {}, {}, {}
    for split in ("dev", "test"):
        labels[split] = files.read_arrays(inputs[split])["y"]
        p = ensemble.mean_probabilities([member[split] for member in members])
        probabilities[split] = p
        losses[split] = ensemble.negative_log_likelihood(p, labels[split])
    result = {
        "layer_dims": sizes[0]["layer_dims"],
        "parameters": sum(size["parameters"] for size in sizes),
    }
    result |= metrics.evaluate_splits(losses, probabilities, labels, settings.wrong_labels)
    result |= calibration.evaluate_splits(probabilities, labels, settings.accepted_error_rate)
    artifact.arrays("probabilities.npz", **probabilities)
    artifact.json("metrics.json", result)
    for split in probabilities:
        artifact.log(f"{split}: {result[split]['errors']} errors in {result[split]['n']:,}")
