"""The step that trains the same network in PyTorch, to compare."""

from handwritten.plan.context import Context
from handwritten.plan.evaluation import dev_and_test
from handwritten.plan.runs import Run
from handwritten.plan.steps import Step
from handwritten.plan.training import training_settings


def compare_pytorch(context: Context, data: Step, run: Run | None) -> Step | None:
    """The comparison of a run with PyTorch, or None for none."""
    if run is None:
        return None
    settings, threads = training_settings(context, run.settings)
    inputs = {"train": data.file("train.npz"), **dev_and_test(data)}
    return context.steps.add("compare_pytorch", settings, inputs, threads)
