"""Let a trained network answer on dev and test, and count."""

from handwritten.evaluation import metrics
from handwritten.learning import losses, network
from handwritten.learning.activations import ACTIVATIONS
from handwritten.pipeline import artifacts

activation = ACTIVATIONS[snakemake.params.settings["activation"]]
with artifacts.making(snakemake) as artifact:
    layers = network.from_named(artifacts.read_arrays(snakemake.input.model))
    dims = network.layer_dims(layers)
    loss, answers, labels = {}, {}, {}
    for split in ("dev", "test"):
        samples = artifacts.read_arrays(snakemake.input[split])
        z = network.logits(samples["x"], layers, activation)
        answers[split], labels[split] = losses.softmax(z), samples["y"]
        loss[split] = losses.cross_entropy(z, samples["y"])
    facts = {"layer_dims": dims, "parameters": network.parameter_count(dims)}
    facts |= metrics.of_both_splits(loss, answers, labels)
    artifact.arrays("probabilities.npz", **answers)
    artifact.facts("metrics.json", facts)
    for split in answers:
        artifact.log(f"{split}: {facts[split]['errors']} errors in {facts[split]['n']:,}")
