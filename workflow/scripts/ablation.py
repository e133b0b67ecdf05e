"""Compare every step of the ablation study with the one before: JSON, a table, a figure."""

from handwritten.artifacts.writing import open_artifact
from handwritten.evaluation import ablation
from handwritten.io import files
from handwritten.page import ablation_section
from handwritten.settings import settings_of

settings, inputs = settings_of(snakemake), snakemake.input
with open_artifact(snakemake) as artifact:
    labels = files.read_arrays(inputs.test)["y"]
    test = [files.read_arrays(path)["test"] for path in inputs.probabilities]
    correct = [probabilities.argmax(axis=1) == labels for probabilities in test]
    metrics = [files.read_json(path) for path in inputs.metrics]
    steps = ablation.compare_steps(settings.steps, metrics, correct)
    artifact.json("ablation.json", {"seeds": settings.seeds, "steps": steps})
    artifact.table("ablation.csv", ablation.table(steps))
    artifact.text("ablation.svg", ablation_section.figure(steps))
    for step in steps:
        gain = step["against_previous"]
        verdict = gain["verdict"] if gain else "the first step"
        artifact.log(f"{step['change']}: {100 * step['test']['mean']:.2f}% test errors, {verdict}")
