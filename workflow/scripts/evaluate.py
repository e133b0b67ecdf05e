"""Let a trained network answer on dev and test, and count."""

from handwritten.artifacts.writing import open_artifact
from handwritten.evaluation import calibration, health, metrics, test_time_augmentation
from handwritten.io import files
from handwritten.learning import network
from handwritten.learning.activations import ACTIVATIONS

settings = snakemake.params.recipe["settings"]
g, reach = ACTIVATIONS[settings["activation"]], settings["test_time_shift"]
with open_artifact(snakemake) as artifact:
    layers = network.from_named(files.read_arrays(snakemake.input.model))
    dims = network.layer_dims(layers)
    data = {split: files.read_arrays(snakemake.input[split]) for split in ("dev", "test")}
    labels = {split: samples["y"] for split, samples in data.items()}
    loss, answers = {}, {}
    for split, samples in data.items():
        images = samples["x"].reshape(-1, *settings["image_shape"])
        answers[split], loss[split] = test_time_augmentation.answered(
            images, samples["y"], layers, g, reach
        )
    facts = {
        "layer_dims": dims,
        "parameters": network.parameter_count(dims),
        "silent_units": health.silent_units(data["dev"]["x"], layers, g),
    }
    facts |= metrics.of_both_splits(loss, answers, labels, settings["wrong_labels"])
    facts |= calibration.of_both_splits(answers, labels)
    artifact.arrays("probabilities.npz", **answers)
    artifact.json("metrics.json", facts)
    for split in answers:
        artifact.log(f"{split}: {facts[split]['errors']} errors in {facts[split]['n']:,}")
    for warning in health.warnings(facts):
        artifact.warn(warning)
