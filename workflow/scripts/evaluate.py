"""Let a trained network answer on dev and test, and count."""

from handwritten.evaluation import metrics, views
from handwritten.learning import network
from handwritten.learning.activations import ACTIVATIONS
from handwritten.pipeline import artifacts

settings = snakemake.params.settings
g, reach = ACTIVATIONS[settings["activation"]], settings["test_time_shift"]
with artifacts.making(snakemake) as artifact:
    layers = network.from_named(artifacts.read_arrays(snakemake.input.model))
    dims = network.layer_dims(layers)
    loss, answers, labels = {}, {}, {}
    for split in ("dev", "test"):
        samples = artifacts.read_arrays(snakemake.input[split])
        labels[split] = samples["y"]
        answers[split], loss[split] = views.answered(samples["x"], samples["y"], layers, g, reach)
    facts = {"layer_dims": dims, "parameters": network.parameter_count(dims)}
    facts |= metrics.of_both_splits(loss, answers, labels)
    artifact.arrays("probabilities.npz", **answers)
    artifact.facts("metrics.json", facts)
    for split in answers:
        artifact.log(f"{split}: {facts[split]['errors']} errors in {facts[split]['n']:,}")
