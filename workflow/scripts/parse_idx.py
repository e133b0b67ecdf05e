"""Parse the IDX files and set a dev split apart from the training images."""

from handwritten.artifacts.writing import open_artifact
from handwritten.data.splits import read_splits
from handwritten.randomness import generator
from handwritten.settings import settings_of

inputs, settings = snakemake.input, settings_of(snakemake)
with open_artifact(snakemake) as artifact:
    paths = [inputs.train_images, inputs.train_labels, inputs.test_images, inputs.test_labels]
    rng = generator(settings.seed, "split")
    splits = read_splits(paths, settings.classes, settings.dev_size, rng)
    for name, arrays in splits.items():
        artifact.arrays(f"{name}.npz", **arrays)
    artifact.log(", ".join(f"{len(arrays['y']):,} {name}" for name, arrays in splits.items()))
