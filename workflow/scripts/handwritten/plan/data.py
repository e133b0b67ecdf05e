"""The steps that bring data: from published, drawn or imported files to train, dev and test."""

from handwritten.config.configuration import own_files
from handwritten.data.datasets import DataSet
from handwritten.own_images import own_data
from handwritten.plan.context import Context
from handwritten.plan.steps import Step

SOURCE_STEPS = ("download", "generate_digits", "import_data")  # one of them in each plan
UNFAMILIAR = 240  # images of each kind that shows none of the classes; twelve letters divide it
SOURCES = "resources/{dataset}"  # where the files of a data set lie, whatever brings them


def source_files(context: Context) -> Step:
    """The four IDX files: downloaded, imported or generated."""
    config, data_set = context.config, context.data_set
    root = SOURCES.format(dataset=data_set.name)
    if isinstance(config["dataset"], dict):
        with own_files():
            settings = own_data.import_settings(config["dataset"], config["seed"])
        return context.steps.add("import_data", settings, root=root)
    if not data_set.files:
        settings = config["generated"] | {"seed": config["seed"]}
        return context.steps.add("generate_digits", settings, root=root)
    return context.steps.enter(download_recipe(data_set), root=root)


def download_recipe(data_set: DataSet) -> dict:
    """What a download is made from, from whatever source and by whatever code: files of these
    checksums."""
    checksums = {file.name: file.sha256_unpacked or file.sha256_packed for file in data_set.files}
    return {"step": "download", "settings": {"files": checksums}, "reads": {}, "threads": 1}


def parse_idx(context: Context, source: Step) -> Step:
    """The arrays of train, dev and test."""
    settings = {
        "classes": len(context.data_set.classes),
        "dev_size": context.config["dev_size"],
        "seed": context.config["seed"],
    }
    inputs = {
        "train_images": source.file("train-images-idx3-ubyte.gz"),
        "train_labels": source.file("train-labels-idx1-ubyte.gz"),
        "test_images": source.file("t10k-images-idx3-ubyte.gz"),
        "test_labels": source.file("t10k-labels-idx1-ubyte.gz"),
    }
    return context.steps.add("parse_idx", settings, inputs)


def unfamiliar_images(context: Context, data: Step) -> Step:
    """Images that show none of the classes."""
    settings = {
        "classes": list(context.data_set.classes),
        "count": UNFAMILIAR,
        "seed": context.config["seed"],
    }
    inputs = {"test": data.file("test.npz")}
    return context.steps.add("unfamiliar_images", settings | context.image_shape, inputs)
