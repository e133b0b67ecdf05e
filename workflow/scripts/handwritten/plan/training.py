"""The steps that train, and the one that checks the calculus by which they do."""

from handwritten.plan.context import Context
from handwritten.plan.steps import Inputs, Step

NOT_TRAINED_WITH = ("trainer", "reported_accuracy", "test_time_shift")  # of a run


def training(context: Context, data: Step, run: dict) -> Step:
    """One network, trained with a run's settings."""
    settings, threads = training_settings(context, run)
    name, checked = f"train_{run['trainer']}", (check_gradients(context),)
    return context.steps.add(name, settings, inputs(data), threads, after=checked)


def inputs(data: Step) -> Inputs:
    """The images and labels that are learned from, and those to choose settings on."""
    return {"train": data.file("train.npz"), "dev": data.file("dev.npz")}


def training_settings(context: Context, run: dict) -> tuple[dict, int]:
    """The settings of a run that its training reads, and its threads."""
    settings = {key: value for key, value in run.items() if key not in NOT_TRAINED_WITH}
    if run["trainer"] == "phase1":  # phase 2 has it from its layer_dims
        settings["classes"] = len(context.data_set.classes)
    else:
        settings |= context.image_shape
    return settings, settings.pop("threads", 1)


def check_gradients(context: Context) -> Step:
    """Every gradient beside central differences. All training waits for it: where a gradient is
    wrong, nothing is trained."""
    return context.steps.add("check_gradients", {"seed": context.config["seed"]})
