"""Let several models answer together, by the mean of their probabilities, and count."""

from handwritten.artifacts.writing import open_artifact
from handwritten.evaluation import calibration, ensemble, metrics
from handwritten.io import files

settings, inputs = snakemake.params.recipe["settings"], snakemake.input
with open_artifact(snakemake) as artifact:
    sizes = [files.read_json(path) for path in inputs.metrics]
    members = [files.read_arrays(path) for path in inputs.probabilities]
    loss, answers, labels = {}, {}, {}
    for split in ("dev", "test"):
        labels[split] = files.read_arrays(inputs[split])["y"]
        answers[split] = ensemble.averaged([member[split] for member in members])
        loss[split] = ensemble.surprise(answers[split], labels[split])
    facts = {
        "layer_dims": sizes[0]["layer_dims"],
        "parameters": sum(size["parameters"] for size in sizes),
    }
    facts |= metrics.of_both_splits(loss, answers, labels, settings["wrong_labels"])
    facts |= calibration.of_both_splits(answers, labels)
    artifact.arrays("probabilities.npz", **answers)
    artifact.json("metrics.json", facts)
    for split in answers:
        artifact.log(f"{split}: {facts[split]['errors']} errors in {facts[split]['n']:,}")
