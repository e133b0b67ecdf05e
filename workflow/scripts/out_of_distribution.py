"""Measure whether a run can tell images that show none of the classes from test images."""

from handwritten.artifacts.writing import open_artifact
from handwritten.evaluation import out_of_distribution
from handwritten.io import files
from handwritten.learning import network
from handwritten.learning.activations import ACTIVATIONS
from handwritten.settings import settings_of

settings, inputs = settings_of(snakemake), snakemake.input
with open_artifact(snakemake) as artifact:
    models = [network.from_named(files.read_arrays(path)) for path in inputs.models]
    metrics = files.read_json(inputs.metrics)
    run = out_of_distribution.Run(
        models,
        ACTIVATIONS[settings.activation],
        metrics["calibration"]["temperature"],
        files.read_arrays(inputs.train)["x"][: out_of_distribution.REFERENCES],
    )
    known = {split: files.read_arrays(inputs[split])["x"] for split in ("dev", "test")}
    unfamiliar = files.read_arrays(inputs.images)
    result = out_of_distribution.measure(run, known, unfamiliar, metrics["answering"]["threshold"])
    artifact.json("out_of_distribution.json", {"schema": 1} | result)
    for score, auroc in result["mean_auroc"].items():
        artifact.log(f"{score}: mean AUROC {auroc:.3f}")
