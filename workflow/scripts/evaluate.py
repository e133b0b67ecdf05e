"""Let a trained network answer on dev and test, and count."""

from handwritten.evaluation import metrics
from handwritten.learning import losses, network
from handwritten.learning.activations import ACTIVATIONS
from handwritten.pipeline import artifacts

activation = ACTIVATIONS[snakemake.params.settings["activation"]]
with artifacts.making(snakemake) as artifact:
    layers = network.from_named(artifacts.read_arrays(snakemake.input.model))
    dims = network.layer_dims(layers)
    facts = {"layer_dims": dims, "parameters": network.parameter_count(dims)}
    answers = {}
    for split in ("dev", "test"):
        samples = artifacts.read_arrays(snakemake.input[split])
        z = network.logits(samples["x"], layers, activation)
        answers[split] = losses.softmax(z)
        loss = losses.cross_entropy(z, samples["y"])
        facts[split] = metrics.evaluated(loss, answers[split], samples["y"])
        artifact.log(f"{split}: {facts[split]['errors']} errors in {facts[split]['n']:,}")
    facts["test"]["halves"] = metrics.halves(answers["test"].argmax(axis=1) == samples["y"])
    artifact.arrays("probabilities.npz", **answers)
    artifact.facts("metrics.json", facts)
