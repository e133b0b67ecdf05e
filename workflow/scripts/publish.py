"""Copy the current versions to their stable places, and list all versions there are.

The page gets its training times and machines on the way: they differ from run to run, and so are no
part of its version.
"""

from pathlib import Path

from handwritten.artifacts import logs
from handwritten.page import index, publication, timings

copies, marker = snakemake.params.copies, Path(snakemake.output.marker)


def finished(source: Path) -> bytes:
    """A file as it is to be published."""
    if source.name != "report.html":
        return source.read_bytes()
    return timings.fill_in(source.read_text(encoding="utf-8"), marker.parent).encode()


with logs.logging_to(snakemake, "publish") as log:
    publication.publish(copies, snakemake.input, marker, log, finished)
    index.write(Path(snakemake.output.index))
