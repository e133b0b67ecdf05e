"""Predict dev and test with a simple classifier, and measure how good it is."""

from handwritten.artifacts.writing import open_artifact
from handwritten.evaluation import baselines, scoring
from handwritten.io import files
from handwritten.settings import settings_of

settings, inputs = settings_of(snakemake), snakemake.input
with open_artifact(snakemake) as artifact:
    train = files.read_arrays(inputs.train)
    data = {split: files.read_arrays(inputs[split]) for split in ("dev", "test")}
    labels = {split: images["y"] for split, images in data.items()}
    probabilities, chosen = baselines.BASELINES[settings.trainer](train, data, settings)
    result = {"parameters": None, "chosen": chosen}
    result |= scoring.evaluate_splits(probabilities, labels, settings)
    artifact.arrays("probabilities.npz", **probabilities)
    artifact.json("metrics.json", result)
    artifact.log(f"{settings.trainer}: {chosen}")
    for split in data:
        artifact.log(f"{split}: {result[split]['errors']} errors in {result[split]['n']:,}")
