"""What a sweep found, as a page and as a table."""

from handwritten.artifacts.writing import open_artifact
from handwritten.evaluation import sweep
from handwritten.io import files
from handwritten.page import sweep_page

settings = snakemake.params.recipe["settings"]
with open_artifact(snakemake) as artifact:
    rounds = [files.read_json(path) for path in snakemake.input.rankings]
    artifact.text("sweep.html", sweep_page.rendered(settings, rounds))
    everyone = sweep.overall([facts["ranking"] for facts in rounds])
    artifact.table("sweep.csv", sweep.table(everyone, settings["ranges"]))
    best = {"settings": everyone[0]["settings"], "dev_error": everyone[0]["mean"]}
    artifact.json("best.json", {"extends": settings["extends"]} | best)
    artifact.log(f"best on dev, {best['dev_error']:.2%} wrong: {best['settings']}")
    artifact.log(f"the sweep's page: {snakemake.output.page}")
