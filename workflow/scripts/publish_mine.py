"""Copy the page of a learner's network to its stable place, with the times of the trainings."""

from functools import partial
from pathlib import Path

from handwritten.artifacts import logs, stable_copies
from handwritten.page import timings

copies, marker = snakemake.params.copies, Path(snakemake.output.marker)
with logs.logging_to(snakemake, "publish_mine") as log:
    finished = partial(timings.finished, folder=marker.parent, warn=log.warning)
    stable_copies.publish(copies, snakemake.input.copies, marker, log, finished)
