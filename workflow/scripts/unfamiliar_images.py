"""Draw images that show none of the classes, for networks to be asked about."""

from handwritten.artifacts.writing import open_artifact
from handwritten.data import unfamiliar
from handwritten.io import files
from handwritten.randomness import generator
from handwritten.settings import settings_of

settings = settings_of(snakemake)
with open_artifact(snakemake) as artifact:
    x = files.read_arrays(snakemake.input.test)["x"].reshape(-1, *settings.image_shape)
    rng = generator(settings.seed, "corruption", 1)  # corrupted images have the stream without 1
    images = unfamiliar.images(x, settings.classes, settings.count, rng)
    artifact.arrays("images.npz", **images)
    artifact.log(", ".join(f"{len(each)} images of {kind}" for kind, each in images.items()))
