"""Phase 2: train a network of any depth with the library."""

from functools import partial

from handwritten.artifacts.progress import Progress
from handwritten.artifacts.writing import open_artifact
from handwritten.io import files
from handwritten.learning import batches, network, snapshots, training
from handwritten.learning.state import State, trained_network
from handwritten.randomness import generator
from handwritten.settings import TrainingSettings, settings_of

IN_WORDS = "loss {train_loss:.4f}  dev accuracy {dev_accuracy:.2%}"  # a row of the history

settings: TrainingSettings = settings_of(snakemake)
with open_artifact(snakemake) as artifact:
    train = batches.Dataset(**files.read_arrays(snakemake.input.train))
    dev = batches.Dataset(**files.read_arrays(snakemake.input.dev))
    if settings.train_on == "all":
        train = batches.joined(train, dev)
    state = artifact.checkpoint.read(partial(State.from_arrays, settings=settings))
    done = len(state.history) if state else 0
    if done:
        artifact.log(f"goes on after epoch {done}")
    progress = Progress("epoch", settings.epochs, artifact.log, IN_WORDS, done)

    def on_epoch(state):
        artifact.checkpoint.write(state.arrays())
        progress(state.history[-1])

    random = partial(generator, settings.seed)
    state = training.train(
        train, dev, settings, random, on_epoch, state, snakemake.params.recipe["threads"]
    )
    done = len(state.history)
    artifact.arrays("model.npz", **network.named(trained_network(state, settings)))
    artifact.arrays("first_layer.npz", **snapshots.taken(state.snapshots, done, settings.epochs))
    artifact.table("history.csv", state.history)
