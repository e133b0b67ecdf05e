"""Train a small convolutional network in PyTorch, and measure how good it is."""

from handwritten.artifacts.writing import open_artifact
from handwritten.evaluation import scoring
from handwritten.io import files
from handwritten.learning.batches import Dataset
from handwritten.settings import settings_of

settings, inputs = settings_of(snakemake), snakemake.input
with open_artifact(snakemake) as artifact:
    from handwritten.reference import convolutional_network  # needs PyTorch, and says so

    data = {
        split: Dataset(**files.read_arrays(inputs[split])) for split in ("train", "dev", "test")
    }

    def on_epoch(epoch, loss):
        artifact.log(f"epoch {epoch}/{settings.epochs}  loss {loss:.4f}")

    model = convolutional_network.train(data.pop("train"), settings, on_epoch)
    probabilities = {
        split: convolutional_network.probabilities(model, images.x)
        for split, images in data.items()
    }
    labels = {split: images.y for split, images in data.items()}
    result = {"parameters": convolutional_network.parameter_count(model)}
    result |= scoring.evaluate_splits(probabilities, labels, settings)
    artifact.arrays("probabilities.npz", **probabilities)
    artifact.json("metrics.json", result)
    for split in data:
        artifact.log(f"{split}: {result[split]['errors']} errors in {result[split]['n']:,}")
