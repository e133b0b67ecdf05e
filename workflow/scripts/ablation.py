"""Compare every step of the ablation study with the one before: JSON, tables, figures."""

from functools import partial
from pathlib import Path

from handwritten.artifacts.provenance import project_path
from handwritten.artifacts.writing import open_artifact
from handwritten.evaluation import ablation
from handwritten.io import files
from handwritten.page import ablation_document, ablation_section
from handwritten.randomness import generator
from handwritten.settings import settings_of

settings, inputs = settings_of(snakemake), snakemake.input
with open_artifact(snakemake) as artifact:
    labels = files.read_arrays(inputs.test)["y"]
    test = [files.read_arrays(path)["test"] for path in inputs.probabilities]
    metrics = [files.read_json(path) for path in inputs.metrics]
    random = partial(generator, settings.seed, "bootstrap")
    study = ablation.study(settings.kinds, metrics, test, labels, random)
    artifact.json("ablation.json", {"seeds": settings.seeds} | study)
    artifact.table("ablation.csv", ablation.table(study))
    artifact.text("ablation.svg", ablation_section.figure(study))
    artifact.bytes("ablation.png", ablation_section.picture(study))
    made_from = str(Path(project_path(snakemake.output[0])).parent)
    artifact.text("ablation.md", ablation_document.document(made_from, settings.seeds, study))
    for step in study["steps"]:
        found = step["comparison"]
        verdict = found["verdict"] if found else "the first step"
        artifact.log(f"{step['change']}: {100 * step['test']['mean']:.2f}% test errors, {verdict}")
