"""Compare every rung of the ladder with the rung below: as facts, as a table, as a figure."""

from handwritten.evaluation import ladder
from handwritten.page import ladder_section
from handwritten.pipeline import artifacts

settings, files = snakemake.params.settings, snakemake.input
with artifacts.making(snakemake) as artifact:
    labels = artifacts.read_arrays(files.test)["y"]
    answers = [artifacts.read_arrays(path)["test"] for path in files.probabilities]
    correct = [probabilities.argmax(axis=1) == labels for probabilities in answers]
    metrics = [artifacts.read_json(path) for path in files.metrics]
    rungs = ladder.climbed(settings["rungs"], metrics, correct)
    artifact.facts("ladder.json", {"seeds": settings["seeds"], "rungs": rungs})
    artifact.table("ladder.csv", ladder.rows(rungs))
    artifact.text("ladder.svg", ladder_section.figure(rungs))
    for rung in rungs:
        said = rung["against_below"]["verdict"] if rung["against_below"] else "the first rung"
        artifact.log(f"{rung['idea']}: {100 * rung['test']['mean']:.2f}% test errors, {said}")
