"""Copy the current versions to their stable places, where people and programs look for them.

The page gets its training times and machines on the way: they differ from run to run, and so are no
part of its version. The marker's name holds the version that is shown. Markers of other versions
go, so that returning to an earlier configuration finds its own marker missing and publishes again.
"""

from pathlib import Path

from handwritten.page import circumstances, index
from handwritten.pipeline import files, logs

copies = snakemake.params.copies
with logs.logging_to(snakemake, "publish") as log:
    for target, source in copies.items():
        files.replace_file(Path(target), Path(source).read_bytes())
        log.info("%s is now %s", target, source)
    marker = Path(snakemake.output.marker)
    page = marker.with_name("report.html")
    html = circumstances.filled_in(files.read_text(page), page.parent)
    files.replace_file(page, html.encode())
    for old in marker.parent.glob("current-*"):
        old.unlink()
    files.replace_file(marker, files.as_json(copies).encode())
    index.write(Path(snakemake.output.index))
