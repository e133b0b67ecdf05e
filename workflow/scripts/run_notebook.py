"""Run a notebook and write it as a page."""

from pathlib import Path

from handwritten.page import notebook_page
from handwritten.pipeline import artifacts

inputs, settings = snakemake.input, snakemake.params.settings
with artifacts.making(snakemake) as artifact:
    told = {role: str(inputs[role]) for role in ("model", "history", "train", "dev")}
    told["image_shape"] = settings["image_shape"]
    artifact.text("notebook.html", notebook_page.rendered(Path(snakemake.params.source), told))
    artifact.log(f"{settings['notebook']}: {snakemake.output.page}")
