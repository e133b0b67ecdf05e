"""The result of a sweep as a page and as a table."""

from handwritten.artifacts.writing import open_artifact
from handwritten.evaluation import sweep
from handwritten.io import files
from handwritten.page import sweep_page
from handwritten.settings import settings_of

settings = settings_of(snakemake)
with open_artifact(snakemake) as artifact:
    rounds = [files.read_json(path) for path in snakemake.input.rankings]
    artifact.text("sweep.html", sweep_page.render(settings, rounds))
    ranking = sweep.overall([each["ranking"] for each in rounds])
    artifact.table("sweep.csv", sweep.table(ranking, settings.ranges))
    best = {"settings": ranking[0]["settings"], "dev_error": ranking[0]["mean"]}
    artifact.json("best.json", {"extends": settings.extends} | best)
    artifact.log(f"best on dev, {best['dev_error']:.2%} wrong: {best['settings']}")
    artifact.log(f"the sweep's page: {snakemake.output.page}")
