"""Fetch the data set's files from the first source that serves each of them."""

import sys

from handwritten.artifacts.writing import open_artifact
from handwritten.data.datasets import DATA_SETS
from handwritten.download import fetching

data_set = DATA_SETS[snakemake.wildcards.dataset]
with open_artifact(snakemake) as artifact:
    places = fetching.expand(snakemake.params.sources, data_set)
    for file in data_set.files:
        source, packed = fetching.fetch(
            file,
            places,
            timeout=snakemake.params.timeout_seconds,
            progress=sys.stderr.isatty(),
            log=artifact.log,
        )
        artifact.bytes(file.name, packed)
        places.sort(
            key=lambda place: place != source
        )  # whoever served one file is asked first next
