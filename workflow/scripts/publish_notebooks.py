"""Copy the notebooks' current pages to their stable places, beside the report."""

from pathlib import Path

from handwritten.artifacts import logs
from handwritten.page import publication

copies, marker = snakemake.params.copies, Path(snakemake.output.marker)
with logs.logging_to(snakemake, "publish_notebooks") as log:
    publication.publish(copies, snakemake.input, marker, log, Path.read_bytes)
