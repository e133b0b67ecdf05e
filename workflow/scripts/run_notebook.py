"""Run a notebook and write it as a page."""

from pathlib import Path

from handwritten.artifacts.writing import open_artifact
from handwritten.page import notebook_page
from handwritten.settings import settings_of

inputs, settings = snakemake.input, settings_of(snakemake)
with open_artifact(snakemake) as artifact:
    run = {role: str(Path(inputs[role]).resolve()) for role in ("model", "history", "train", "dev")}
    run["image_shape"] = settings.image_shape
    artifact.text("notebook.html", notebook_page.render(Path(snakemake.params.source), run))
    artifact.log(f"{settings.notebook}: {snakemake.output.page}")
