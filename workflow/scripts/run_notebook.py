"""Run a notebook and write it as a page."""

from pathlib import Path

from handwritten.page import notebook_page
from handwritten.pipeline import artifacts

inputs, name = snakemake.input, snakemake.params.settings["notebook"]
with artifacts.making(snakemake) as artifact:
    told = {role: str(inputs[role]) for role in ("model", "history", "train", "dev")}
    artifact.text("notebook.html", notebook_page.rendered(Path(snakemake.params.source), told))
    artifact.log(f"{name}: {snakemake.output.page}")
