"""Bring a user's own images into the four IDX files that every data set has."""

from handwritten.artifacts.writing import open_artifact
from handwritten.data import datasets, idx
from handwritten.own_images import importing, own_data
from handwritten.own_images.imported import paths
from handwritten.settings import settings_of

own, settings = snakemake.params.own, settings_of(snakemake)
with open_artifact(snakemake) as artifact:
    own_data.require_unchanged(own, settings.contents)
    imported = importing.import_all(own, vars(settings))
    for name, array in zip(datasets.FILE_NAMES, imported.arrays, strict=True):
        artifact.bytes(name, idx.pack(idx.encode(array)))
        artifact.log(f"{name}: {len(array):,} imported")
    artifact.json("import.json", imported.facts)
    artifact.measured(sources=paths(own))
    for sentence in [*(imported.found.sentences if imported.found else []), *imported.notes]:
        artifact.log(sentence)
