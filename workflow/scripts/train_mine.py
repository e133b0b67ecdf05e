"""Train a network with what a learner has written: exercises/phase1.py or phase2.py."""

from pathlib import Path

from handwritten.artifacts.progress import Progress
from handwritten.artifacts.writing import open_artifact
from handwritten.exercises import apart, own_code
from handwritten.exercises.learner import ExerciseError
from handwritten.settings import settings_of

IN_WORDS = "loss {train_loss:.4f}  dev accuracy {dev_accuracy:.2%}"  # a row of the history

settings, file = settings_of(snakemake), Path(snakemake.params.file)
with open_artifact(snakemake) as artifact:
    own_code.require_written(file)
    if own_code.fingerprints(file)["files"] != snakemake.params.recipe["exercises"]:
        raise ExerciseError(f"{file} was changed while the build ran: run it again")
    unit, total = ("step", settings.steps) if file.stem == "phase1" else ("epoch", settings.epochs)
    progress = Progress(unit, total, artifact.log, IN_WORDS)

    def on_message(message):
        if "slow" in message:
            artifact.log(f"this may take long: {message['slow']}")
        if "row" in message:
            progress(message["row"])

    job = {"file": str(file), "settings": vars(settings)}
    job |= {"train": snakemake.input.train, "dev": snakemake.input.dev}
    model, first_layer, history = apart.train(job, on_message)
    artifact.arrays("model.npz", **model)
    artifact.arrays("first_layer.npz", **first_layer)
    artifact.table("history.csv", history)
