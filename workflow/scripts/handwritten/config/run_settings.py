"""The settings that a run or a step of the ablation study accepts: one pydantic model per trainer.

The words for activation, initialisation, optimizer and schedule are those that handwritten.learning
declares, and so are the settings that only some of them have.
"""

from typing import Annotated, Any, Literal

from pydantic import Field, create_model

from handwritten.config.fields import (
    NUMERIC,
    Line,
    Number,
    OneOf,
    Section,
    Seed,
    Seeds,
    Share,
    Unique,
    Whole,
)
from handwritten.learning import registries
from handwritten.learning.activations import ACTIVATIONS
from handwritten.learning.declaration import Setting
from handwritten.learning.initialisations import INITIALISATIONS
from handwritten.learning.optimizers import OPTIMIZERS
from handwritten.learning.schedules import SCHEDULES

Units = Annotated[int, Field(ge=1, le=100_000), NUMERIC]
LayerDims = Annotated[list[Units | Literal["pixels", "classes"]], Field(min_length=2)]
BatchSize = Annotated[int, Field(ge=1, le=1_000_000), NUMERIC] | Literal["full"]


class Run(Section):
    """What every run may say, whatever trains it."""

    trainer: str
    """Who trains the run: a step `train_<trainer>`, or `ensemble`."""
    reported_accuracy: Share | None = None
    """The accuracy on MNIST that the original project reported, shown on the page beside what was
    measured."""


class SingleModel(Run):
    """A run that trains one network."""

    seed: Seed | None = None
    """The seed of this run; without it, the common `seed`."""


class Titled(Section):
    """What every step and every baseline of the ablation study says."""

    trainer: str
    """Who trains the step; `ensemble` averages the models of the step before."""
    change: Line = Field(max_length=60)
    """The title of the step."""


class Change(Titled):
    """What a step of the ablation study says that trains models of its own."""

    aside: Annotated[bool, Field(strict=True)] = False
    """Whether this step leads only to others aside that follow it; the next step that is not aside
    starts from the last one that is not."""
    leave_one_out: bool = False
    """Whether the study also trains this step without each of the changes that led to it."""
    without: dict[str, Any] = Field({})
    """Settings that leaving out this change sets, beside going back to those of the step before."""


OF_A_STEP = frozenset(Change.model_fields) - {"trainer"}  # what no step takes over from another


class Phase1Settings(Section):
    """How phase 1 trains: a network with one hidden layer, from first principles."""

    hidden_units: Whole = Field(10, ge=1, le=10_000)
    """Units in the one hidden layer."""
    initial_range: Number = Field(0.5, gt=0, le=100)
    """Weights and biases start as uniform random numbers between minus this and plus this."""
    steps: Whole = Field(500, ge=1, le=1_000_000)
    """Steps of gradient descent, each over all training images."""
    learning_rate: Number = Field(0.1, gt=0, le=1000)
    """The factor on the gradient in every step."""


class Phase2Settings(Section):
    """How phase 2 trains: a network of any depth, with the library."""

    layer_dims: LayerDims = Field(["pixels", 128, 64, "classes"])
    """Units of every layer, from the image's `pixels` to the `classes`, which may be written as
    these words. Any depth."""
    activation: Annotated[str, OneOf(ACTIVATIONS)] = "relu"
    """The activation function of the hidden layers."""
    initialisation: Annotated[str, OneOf(INITIALISATIONS)] = "he"
    """How the weights are drawn before the first step."""
    batch_size: BatchSize = 128
    """Images per step; `full` uses all of them in every step."""
    epochs: Whole = Field(20, ge=1, le=100_000)
    """How many times every training image is used."""
    optimizer: Annotated[str, OneOf(OPTIMIZERS)] = "momentum"
    """How a gradient becomes an update of the weights."""
    learning_rate: Number = Field(0.1, gt=0, le=1000)
    """The factor on the gradient in every step; the schedule scales it."""
    schedule: Annotated[str, OneOf(SCHEDULES)] = "cosine"
    """How the learning rate changes from the first step to the last."""
    warmup: Number = Field(0, ge=0, le=1)
    """The share of all steps during which the learning rate rises from 0."""
    l2: Number = Field(0.0005, ge=0, le=100)
    """The L2 penalty l2/2 * sum of W^2 on the weights, which keeps them small."""
    weight_decay: Number = Field(0, ge=0, le=100)
    """The share of every weight that is subtracted in each step, times the learning rate (decoupled
    from the gradient, as in AdamW)."""
    clip_grad_norm: Number = Field(0, ge=0, le=1_000_000)
    """The largest norm of a step's gradient; a longer one is scaled down to it. 0 for no limit."""
    max_norm: Number = Field(0, ge=0, le=1_000_000)
    """The largest norm of the weights into a unit; 0 for no limit."""
    ema_decay: Number = Field(0, ge=0, lt=1)
    """The decay of an exponential moving average (EMA) of the weights after every step, with bias
    correction, which becomes the model; 0 for none."""
    label_smoothing: Number = Field(0.1, ge=0, lt=1)
    """The share of a label's probability that is spread over all classes."""
    dropout: Number = Field(0, ge=0, lt=1)
    """The share of hidden units dropped, at random, in each batch."""
    input_dropout: Number = Field(0, ge=0, lt=1)
    """The share of pixels dropped, at random, in each batch."""
    rotation: Number = Field(0, ge=0, le=180)
    """Augmentation: in every epoch, each image is rotated by a random angle of at most this many
    degrees either way."""
    scale: Number = Field(0, ge=0, lt=1)
    """Augmentation: the width and the height of each image change by random factors of 1 ± this."""
    shear: Number = Field(0, ge=0, le=2)
    """Augmentation: each image is sheared to the right or left by at most this many pixels for each
    pixel upwards."""
    shift: Number = Field(0, ge=0, le=1000)
    """Augmentation: each image moves by at most this many pixels along each axis, fractions
    included."""
    elastic: Number = Field(0, ge=0, le=10_000)
    """Augmentation: the strength of a random elastic distortion of each image (alpha of Simard and
    others 2003); 36 is common for `elastic_sigma` 5."""
    elastic_sigma: Number = Field(5, gt=0, le=1000)
    """The standard deviation, in pixels, of the Gaussian that smooths this distortion."""
    undistorted: Number = Field(0, ge=0, le=1)
    """Augmentation: the share of all epochs, the last ones, that learn from images as they are. It
    is rounded to whole epochs; with `early_stopping`, training may end before them."""
    early_stopping: Whole = Field(0, ge=0, le=100_000)
    """Training stops after this many epochs without a lower loss on dev, and the model is that of
    the best epoch; 0 always trains to the end."""
    train_on: Literal["train", "all"] = "train"
    """Which images to learn from. `all` includes dev, for use once all settings are chosen; results
    on dev then measure nothing any more."""
    test_time_shift: Whole = Field(0, ge=0, le=5)
    """Test-time augmentation: the network also predicts each image shifted by up to this many whole
    pixels along each axis, and the mean of its predictions counts."""
    threads: Whole = Field(1, ge=1, le=256)
    """Processor threads for the matrix products. The last bits of the result depend on it."""


def learnt_dev(settings: dict[str, Any]) -> bool:
    """Whether a model with these settings learns from dev, which then says nothing of it."""
    return settings.get("train_on") == "all"


def stops_by_learnt_dev(settings: dict[str, Any]) -> bool:
    """Whether a training is to stop by dev, although it learns from dev."""
    return learnt_dev(settings) and bool(settings["early_stopping"])


def field(setting: Setting) -> tuple[Any, Any]:
    """A declared setting as a field of a model: its type, and all else."""
    return Whole if setting.type is int else Number, Field(
        setting.default,
        ge=setting.minimum,
        gt=setting.above,
        le=setting.maximum,
        lt=setting.below,
        description=setting.description,
    )


declared: dict[str, Any] = {name: field(setting) for name, setting in registries.settings().items()}
DeclaredSettings: Any = create_model("DeclaredSettings", __base__=Section, **declared)


class EnsembleSettings(Section):
    """Which models an ensemble averages."""

    of: str
    """The run that its members are trained by."""
    seeds: Seeds = Field([1, 2, 3, 4, 5], min_length=2, max_length=100)
    """The seeds of the members, one for each."""


class Phase1(Phase1Settings, SingleModel):
    """A run with `trainer: phase1`, the first-principles script."""

    trainer: Literal["phase1"]


class Phase2(DeclaredSettings, Phase2Settings, SingleModel):
    """A run with `trainer: phase2`, the modular network."""

    trainer: Literal["phase2"]


class Ensemble(EnsembleSettings, Run):
    """A run with `trainer: ensemble`, several models whose predictions are averaged."""

    trainer: Literal["ensemble"]


class Phase1Step(Phase1Settings, Change):
    """A step of the ablation study that phase 1 trains."""

    trainer: Literal["phase1"]


class Phase2Step(DeclaredSettings, Phase2Settings, Change):
    """A step of the ablation study that phase 2 trains."""

    trainer: Literal["phase2"]


class EnsembleStep(Titled):
    """A step of the ablation study that averages the models of the step before."""

    trainer: Literal["ensemble"]


class ConvolutionalNetworkStep(Titled):
    """A step that trains a small convolutional network in PyTorch, on images that are distorted as
    in the steps before."""

    trainer: Literal["convolutional_network"]
    epochs: Whole = Field(20, ge=1, le=100_000)
    """How many times every training image is used."""


class MajorityClass(Titled):
    """A baseline that takes every image for one of the most frequent class."""

    trainer: Literal["majority_class"]


class NearestNeighbours(Titled):
    """A baseline by which the training images that are most like an image vote."""

    trainer: Literal["nearest_neighbours"]
    neighbours: Annotated[list[Units], *Unique] = Field([1, 3, 5, 7, 9], min_length=1)
    """The numbers of neighbours to choose from, by the errors on dev."""


class Phase1Baseline(Phase1Settings, Titled):
    """A baseline that phase 1 trains."""

    trainer: Literal["phase1"]


class Phase2Baseline(DeclaredSettings, Phase2Settings, Titled):
    """A baseline that phase 2 trains."""

    trainer: Literal["phase2"]


# By trainer.
RUNS: dict[str, type[Run]] = {"phase1": Phase1, "phase2": Phase2, "ensemble": Ensemble}
STEPS: dict[str, type[Titled]] = {
    "phase1": Phase1Step,
    "phase2": Phase2Step,
    "ensemble": EnsembleStep,
    "convolutional_network": ConvolutionalNetworkStep,
}
BASELINES: dict[str, type[Titled]] = {
    "majority_class": MajorityClass,
    "nearest_neighbours": NearestNeighbours,
    "phase1": Phase1Baseline,
    "phase2": Phase2Baseline,
}
