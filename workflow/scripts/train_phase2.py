"""Phase 2: train a network of any depth with the library."""

from handwritten.learning import network, training
from handwritten.pipeline import artifacts
from handwritten.pipeline.progress import Progress
from handwritten.randomness import generator

settings = snakemake.params.settings
with artifacts.making(snakemake) as artifact:
    vector, history = training.train(
        training.Samples(**artifacts.read_arrays(snakemake.input.train)),
        training.Samples(**artifacts.read_arrays(snakemake.input.dev)),
        settings,
        initialisation=generator(settings["seed"], "initialisation"),
        shuffling=generator(settings["seed"], "shuffling"),
        on_epoch=Progress("epoch", settings["epochs"], artifact.log),
    )
    artifact.arrays("model.npz", **network.named(network.views(vector, settings["layer_dims"])))
    artifact.table("history.csv", history)
