"""Rank the candidates of a sweep's round by their errors on dev, and choose which continue."""

from handwritten.artifacts.writing import open_artifact
from handwritten.evaluation import sweep
from handwritten.io import files
from handwritten.settings import settings_of

settings, inputs = settings_of(snakemake), snakemake.input
with open_artifact(snakemake) as artifact:
    candidates = settings.candidates
    numbers = files.read_json(inputs.before[0])["kept"] if inputs.before else range(len(candidates))
    outcomes = [each for path in inputs.outcomes for each in files.read_json(path)["outcomes"]]
    ranking = sweep.rank(candidates, numbers, outcomes)
    kept = sorted(row["number"] for row in ranking[: settings.keep])
    result = {"length": settings.length, "kept": kept, "ranking": ranking}
    artifact.json("ranking.json", result)
    artifact.log(
        f"{len(ranking)} candidates, {len(kept)} kept; best {ranking[0]['mean']:.2%} wrong"
    )
