"""Copy the current versions to their stable places, and list all versions there are.

The page gets its training times and machines on the way: they differ from run to run, and so are no
part of its version.
"""

from functools import partial
from pathlib import Path

from handwritten.artifacts import logs, stable_copies
from handwritten.page import index, timings

marker = Path(snakemake.output.marker)
with logs.logging_to(snakemake, "publish") as log:
    copies, sources = snakemake.params.copies, snakemake.input.copies
    finished = partial(timings.finished, folder=marker.parent, warn=log.warning)
    stable_copies.publish(copies, sources, marker, log, finished)
    index.write(Path(snakemake.params.index), log.warning)
