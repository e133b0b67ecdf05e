"""Draw the generated data set and write it as the four IDX files of any other."""

from handwritten.artifacts.writing import open_artifact
from handwritten.data import datasets, generated, idx
from handwritten.randomness import generator
from handwritten.settings import settings_of

settings = settings_of(snakemake)
with open_artifact(snakemake) as artifact:
    arrays = generated.data_set(
        settings.train, settings.test, generator(settings.seed, "generation")
    )
    for name, array in zip(datasets.FILE_NAMES, arrays, strict=True):
        artifact.bytes(name, idx.pack(idx.encode(array)))
        artifact.log(f"{name}: {len(array):,} drawn")
