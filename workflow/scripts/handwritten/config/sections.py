"""What config.yaml may say, one model per section and one field per setting.

A field holds a setting's type, range and default, the string below it what it means. Checks,
conversion of text, messages, config/README.md and the schema for editors all follow from it. The
settings of runs are in run_settings.py.
"""

from typing import Annotated, Any, Literal

from pydantic import Field

from handwritten.config.fields import (
    NUMERIC,
    Line,
    Number,
    OneOf,
    Section,
    Seed,
    Seeds,
    Share,
    Text,
    Unique,
    Whole,
)
from handwritten.data.datasets import DATA_SETS

Side = Annotated[int, Field(ge=1, le=1000), NUMERIC]
PicturesFolder = Annotated[str, Field(min_length=1, examples=["~/digits"])]
Pair = Annotated[list[Text], Field(min_length=2, max_length=2, examples=["[train.idx, test.idx]"])]
Shape = Annotated[list[Side], Field(min_length=2, max_length=2, examples=["[28, 28]"])]
ClassName = Annotated[Line, Field(max_length=40)]
# Where `$` is the end of the text, as for pydantic and for editors, not also before a line break.
RunName = Annotated[
    str,
    Field(
        pattern="^[a-z][a-z0-9_]{0,39}$",
        description="a name of lower-case letters, digits and underscores that begins with a "
        "letter (at most 40 characters)",
    ),
]
DataSetName = Annotated[
    str,
    Field(
        pattern="^[a-z][a-z0-9-]{0,39}$",
        description="a name of lower-case letters, digits and hyphens that begins with a letter "
        "(at most 40 characters)",
    ),
]


class OwnData(Section):
    """The user's own images."""

    name: DataSetName
    """The data set's name, which is that of the folder with the results."""
    images: PicturesFolder | Pair
    """A folder of pictures, `train/<class>/` and `test/<class>/` or `<class>/` alone; or two IDX
    files, training and test images. `~` stands for your home folder."""
    labels: Pair | None = None
    """Two IDX files, the labels of training and test images; not for pictures."""
    classes: Annotated[list[ClassName], Field(min_length=2, max_length=1000), *Unique] | None = None
    """The names of the classes in the order of their labels. For pictures, which of the folders
    are used, and in which order; without it all of them, sorted as people sort numbers."""
    ground: Literal["auto", "dark", "light"] | None = None
    """Whether the images are light on dark (`dark`) or dark on light (`light`, which are turned);
    `auto`, as without this key, looks at the edges of the training images."""
    size: Shape | None = None
    """Rows and columns of the images that pictures become. Without it, that is 28 x 28; where
    pictures are resized as a whole, it is the size that more than half of them have, if that is at
    most 128 x 128 pixels."""
    prepare: Literal["auto", "resize", "mnist"] | None = None
    """How pictures become images of one size: as a whole, in their proportions (`resize`), or as
    MNIST was made (`mnist`): what is written is cropped, fitted into a box of 20 x 20 pixels in
    28 x 28, and centred by mass. `auto`, as without this key, is `resize` where nine in ten
    pictures have one size of at most 128 x 128 pixels, and else `mnist`."""
    first_label: Whole | None = None
    """The label of the first class in IDX files. Without it labels from 0 or from 1 on are told
    apart where that can be done, as 1 to 26 for 26 classes, and refused elsewhere."""
    orientation: Literal["upright", "transposed"] | None = None
    """`transposed` exchanges rows and columns of images in IDX files, which EMNIST needs."""


class Download(Section):
    """Where the data set's files come from. A change here reruns nothing: the files are checked by
    SHA-256."""

    sources: list[Text] = Field(
        ["resources/{dataset}", "../shared/{dataset}", "mirrors"], min_length=1
    )
    """Folders and web addresses, tried in this order. `{dataset}` stands for the data set's name,
    `mirrors` for its registered mirrors, and before them for folders where packages of the system
    install it. Files in folders may have any name, since their checksums are known."""
    timeout_seconds: Number = Field(10, gt=0, le=3600)
    """How long a source may stay silent before the next one is tried."""
    if_unreachable: Literal["generated", "fail"] = "generated"
    """What to do when no source answers: `generated` goes on with generated digits, under that
    name; `fail` stops."""


class Generated(Section):
    """The size of the generated data set."""

    train: Whole = Field(12_000, ge=100, le=1_000_000)
    """Training images, including dev."""
    test: Whole = Field(2000, ge=100, le=1_000_000)
    """Test images."""


class Ablation(Section):
    """An ablation study: each step changes something in the step before it."""

    train: bool = False
    """Whether to train the ablation study, as `make ablation` does. Once built, it stays on the
    page without this."""
    seeds: Seeds = Field([1, 2, 3, 4, 5], min_length=2, max_length=31)
    """The seeds that every step is trained with."""
    baselines: list[dict[str, Any]] = Field([])
    """Simpler classifiers to compare with, each with a `change` (its title) and a `trainer` or the
    run that it `extends`. `majority_class` and `nearest_neighbours` are trainers of baselines
    alone."""
    steps: list[dict[str, Any]] = Field([])
    """The steps in order. Each has a `change` (its title) and the settings that it changes in those
    of the step before. A step that `extends` a run starts from that run instead; `trainer:
    ensemble` averages the models of the step before."""


class Range(Section):
    """A range of numbers to draw from."""

    low: Number = Field(alias="from")
    high: Number = Field(alias="to")
    scale: Literal["linear", "log"] = "linear"


class Sweep(Section):
    """A search for better settings of one run, judged on dev."""

    extends: str = "phase2"
    """The run whose settings are varied: one that trains a single model."""
    method: Literal["grid", "random", "halving"] = "halving"
    """`grid` tries every combination of the values. `random` draws candidates at random. `halving`
    does too, trains them briefly, and trains only the best of each round again for longer
    (successive halving)."""
    candidates: Whole = Field(27, ge=1, le=1_000_000)
    """How many candidates `random` and `halving` draw; repeated ones are left out."""
    rounds: Whole = Field(3, ge=2, le=10)
    """Rounds of `halving`; the last one trains for as long as the run does."""
    keep: Whole = Field(3, ge=2, le=10)
    """After each round of `halving`, one in this many candidates goes on, and is trained this many
    times as long."""
    seeds: Seeds = Field([1, 2], min_length=1, max_length=31)
    """The seeds that every candidate is trained with; the mean over them counts."""
    trainings_per_job: Whole = Field(6, ge=1, le=10_000)
    """How many trainings one job does, so that starting it costs little in comparison."""
    settings: dict[str, Annotated[list[Any], Field(min_length=1)] | Range] = Field({})
    """The settings to vary, each with a list of different values or, for `random` and `halving`, a
    range to draw from: `{from, to}`, drawn evenly, or by orders of magnitude with `scale: log`."""


class Configuration(Section):
    """All of config.yaml."""

    dataset: Annotated[str, OneOf(DATA_SETS)] | OwnData = "mnist"
    """The data set to learn. `generated` draws its own digits and needs no network. For your own
    images: `{name, images, labels, classes}`, where `images` and `labels` each name a training and
    a test IDX file, or `images` alone names a folder of pictures by class; all keys are listed
    below."""
    seed: Seed = 1
    """The seed of all random numbers. A run may have a seed of its own."""
    dev_size: Whole = Field(5000, ge=10)
    """How many training images are set apart, in equal shares of each class, to choose settings
    on."""
    accepted_error_rate: Share = Field(0.005)
    """A run answers where its calibrated confidence is at least a threshold: the smallest one above
    which at most this share of its predictions for dev images is wrong. Elsewhere the page's
    drawing board and `make predict` would rather not answer."""
    report: Annotated[list[str], *Unique] = Field(["phase1", "phase2"], min_length=1)
    """The runs to train, evaluate and compare on the page. The last one is the default run, whose
    confusion matrix is copied beside the page."""
    download: Download = Download()
    generated: Generated = Generated()
    runs: dict[RunName, dict[str, Any]] = Field(min_length=1)
    """The models, each under its own name. A run that `extends` another one contains only what
    differs."""
    submissions: Text | None = None
    """A folder of submissions of the exercises, which `snakemake --cores 4 grade` checks; see
    [docs/teaching.md](../docs/teaching.md). No other target reads it."""
    compare_pytorch: bool = False
    """Whether to train the last phase 2 run under `report` in PyTorch too, as `make reference`
    does. Once done, the comparison stays on the page without this."""
    ablation: Ablation = Ablation()
    sweep: Sweep = Sweep()
