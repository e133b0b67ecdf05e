"""Compare every rung of the ladder with the rung below: as facts, as a table, as a figure."""

from handwritten.evaluation import ladder
from handwritten.page import ladder_section
from handwritten.pipeline import artifacts, files

settings, inputs = snakemake.params.settings, snakemake.input
with artifacts.making(snakemake) as artifact:
    labels = files.read_arrays(inputs.test)["y"]
    answers = [files.read_arrays(path)["test"] for path in inputs.probabilities]
    correct = [probabilities.argmax(axis=1) == labels for probabilities in answers]
    metrics = [files.read_json(path) for path in inputs.metrics]
    rungs = ladder.climbed(settings["rungs"], metrics, correct)
    artifact.facts("ladder.json", {"seeds": settings["seeds"], "rungs": rungs})
    artifact.table("ladder.csv", ladder.rows(rungs))
    artifact.text("ladder.svg", ladder_section.figure(rungs))
    for rung in rungs:
        said = rung["against_below"]["verdict"] if rung["against_below"] else "the first rung"
        artifact.log(f"{rung['idea']}: {100 * rung['test']['mean']:.2f}% test errors, {said}")
