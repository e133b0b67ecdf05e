"""Run a notebook, and write it as a page and as a notebook with its outputs."""

from pathlib import Path

from handwritten.artifacts.writing import open_artifact
from handwritten.page import notebook_page
from handwritten.settings import settings_of

inputs, settings = snakemake.input, settings_of(snakemake)
with open_artifact(snakemake) as artifact:
    run = {role: str(Path(inputs[role]).resolve()) for role in ("model", "history", "train", "dev")}
    run["image_shape"] = settings.image_shape
    page, notebook = notebook_page.render(Path(snakemake.params.source), run)
    artifact.text("notebook.html", page)
    artifact.text("notebook.ipynb", notebook)
    artifact.log(f"{settings.notebook}: {snakemake.output.page}")
