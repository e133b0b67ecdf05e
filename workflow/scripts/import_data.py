"""Bring a user's own images into the four IDX files that every data set has."""

from handwritten.artifacts.writing import open_artifact
from handwritten.data import datasets, idx, own_data
from handwritten.settings import settings_of

own = snakemake.params.own
with open_artifact(snakemake) as artifact:
    own_data.require_unchanged(own, settings_of(snakemake).contents)
    for name, array in zip(datasets.FILE_NAMES, own_data.arrays(own), strict=True):
        artifact.bytes(name, idx.pack(idx.encode(array)))
        artifact.log(f"{name}: {len(array):,} imported")
