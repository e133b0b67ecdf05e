"""Predict with the mean probabilities of several models, and measure how good they are together."""

from handwritten.artifacts.writing import open_artifact
from handwritten.evaluation import ensemble, scoring
from handwritten.io import files
from handwritten.settings import settings_of

settings, inputs = settings_of(snakemake), snakemake.input
with open_artifact(snakemake) as artifact:
    sizes = [files.read_json(path) for path in inputs.metrics]
    members = [files.read_arrays(path) for path in inputs.probabilities]
    labels = {split: files.read_arrays(inputs[split])["y"] for split in ("dev", "test")}
    probabilities = {
        split: ensemble.mean_probabilities([member[split] for member in members])
        for split in labels
    }
    result = {
        "layer_dims": sizes[0]["layer_dims"],
        "parameters": sum(size["parameters"] for size in sizes),
    }
    result |= scoring.evaluate_splits(probabilities, labels, settings)
    artifact.arrays("probabilities.npz", **probabilities)
    artifact.json("metrics.json", result)
    for split in probabilities:
        artifact.log(f"{split}: {result[split]['errors']} errors in {result[split]['n']:,}")
