"""Train some members of a sweep one after the other, and keep how they learned."""

from functools import partial

import train_phase1 as phase1
from handwritten.artifacts.writing import open_artifact
from handwritten.evaluation import sweep
from handwritten.io import files
from handwritten.learning import batches, training
from handwritten.randomness import generator
from handwritten.settings import TrainingSettings, settings_of


def of_phase1(train, dev, settings):
    """The units of each layer and the history of a training with phase 1's script."""
    rng = generator(settings["seed"], "initialisation")
    (W1, _, W2, _), history, _ = phase1.train(train, dev, settings, rng)
    return [*W1.shape, W2.shape[1]], history


def of_phase2(train, dev, settings):
    """The units of each layer and the history of a training with the library."""
    samples = [batches.Dataset(**part) for part in (train, dev)]
    random = partial(generator, settings["seed"])
    complete = TrainingSettings(**settings)
    state = training.train(*samples, complete, random, threads=snakemake.params.recipe["threads"])
    return settings["layer_dims"], state.history


TRAINERS = {"phase1": (of_phase1, "step", "steps"), "phase2": (of_phase2, "epoch", "epochs")}


def outcome(train, dev, settings, trainer):
    """The result of a training, also if it diverged."""
    learn, unit, length = TRAINERS[trainer]
    try:
        dims, history = learn(train, dev, settings)
    except FloatingPointError as problem:
        return sweep.diverged(str(problem), settings[length])
    return sweep.outcome(history, unit, dims, len(train["y"]), settings.get("early_stopping", 0))


job = settings_of(snakemake)
with open_artifact(snakemake) as artifact:
    data = [files.read_arrays(snakemake.input[split]) for split in ("train", "dev")]
    outcomes = []
    for number, member in enumerate(job.members, 1):
        outcomes.append(outcome(*data, job.common | member, job.trainer))
        result = outcomes[-1]["diverged"] or f"{outcomes[-1]['error']:.2%} wrong on dev"
        settings = ", ".join(f"{key} {value}" for key, value in member.items())
        artifact.log(f"{number}/{len(job.members)}: {settings}: {result}")
    artifact.json("outcomes.json", {"outcomes": outcomes})
