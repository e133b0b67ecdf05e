"""Let a trained network answer on dev and test, and count."""

from handwritten.evaluation import committee, metrics, views
from handwritten.learning import losses, network
from handwritten.learning.activations import ACTIVATIONS
from handwritten.pipeline import artifacts

settings = snakemake.params.settings
g = ACTIVATIONS[settings["activation"]]
with artifacts.making(snakemake) as artifact:
    layers = network.from_named(artifacts.read_arrays(snakemake.input.model))
    dims = network.layer_dims(layers)
    loss, answers, labels = {}, {}, {}
    for split in ("dev", "test"):
        samples = artifacts.read_arrays(snakemake.input[split])
        x, labels[split] = samples["x"], samples["y"]
        if settings["test_time_shift"]:
            copies = views.moved(x, settings["test_time_shift"])
            each = [losses.softmax(network.logits(copy, layers, g)) for copy in copies]
            answers[split] = committee.averaged(each)
            loss[split] = committee.surprise(answers[split], labels[split])
        else:
            z = network.logits(x, layers, g)
            answers[split] = losses.softmax(z)
            loss[split] = losses.cross_entropy(z, labels[split])
    facts = {"layer_dims": dims, "parameters": network.parameter_count(dims)}
    facts |= metrics.of_both_splits(loss, answers, labels)
    artifact.arrays("probabilities.npz", **answers)
    artifact.facts("metrics.json", facts)
    for split in answers:
        artifact.log(f"{split}: {facts[split]['errors']} errors in {facts[split]['n']:,}")
