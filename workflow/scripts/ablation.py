"""Compare every step of the ablation study with the one before: JSON, a table, a figure."""

from handwritten.artifacts.writing import open_artifact
from handwritten.evaluation import ablation
from handwritten.io import files
from handwritten.page import ablation_section

settings, inputs = snakemake.params.recipe["settings"], snakemake.input
with open_artifact(snakemake) as artifact:
    labels = files.read_arrays(inputs.test)["y"]
    answers = [files.read_arrays(path)["test"] for path in inputs.probabilities]
    correct = [probabilities.argmax(axis=1) == labels for probabilities in answers]
    metrics = [files.read_json(path) for path in inputs.metrics]
    steps = ablation.climbed(settings["steps"], metrics, correct)
    artifact.json("ablation.json", {"seeds": settings["seeds"], "steps": steps})
    artifact.table("ablation.csv", ablation.rows(steps))
    artifact.text("ablation.svg", ablation_section.figure(steps))
    for step in steps:
        said = step["against_below"]["verdict"] if step["against_below"] else "the first step"
        artifact.log(f"{step['change']}: {100 * step['test']['mean']:.2f}% test errors, {said}")
