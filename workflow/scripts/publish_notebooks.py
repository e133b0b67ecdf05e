"""Copy the notebooks' current pages to their stable places, beside the report."""

from pathlib import Path

from handwritten.artifacts import logs, stable_copies

copies, marker = snakemake.params.copies, Path(snakemake.output.marker)
with logs.logging_to(snakemake, "publish_notebooks") as log:
    stable_copies.publish(copies, snakemake.input.copies, marker, log, Path.read_bytes)
