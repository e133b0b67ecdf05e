"""Parse the IDX files, normalise the pixels and set dev apart."""

from handwritten.artifacts import writing
from handwritten.data import idx
from handwritten.data.preparation import normalise, stratified_split
from handwritten.randomness import generator

inputs, settings = snakemake.input, snakemake.params.settings
with writing.making(snakemake) as artifact:
    images, labels = idx.read_labelled_images(
        inputs.train_images, inputs.train_labels, settings["classes"]
    )
    test_images, test_labels = idx.read_labelled_images(
        inputs.test_images, inputs.test_labels, settings["classes"]
    )
    train, dev = stratified_split(
        labels, settings["dev_size"], generator(settings["seed"], "split")
    )
    artifact.arrays("train.npz", x=normalise(images[train]), y=labels[train])
    artifact.arrays("dev.npz", x=normalise(images[dev]), y=labels[dev])
    artifact.arrays("test.npz", x=normalise(test_images), y=test_labels)
    artifact.log(f"{len(train):,} train, {len(dev):,} dev, {len(test_labels):,} test images")
