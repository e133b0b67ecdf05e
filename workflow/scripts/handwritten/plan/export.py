"""The steps that hand results on: models for other tools, and a whole run as one archive."""

from importlib import metadata

from handwritten.learning.activations import ACTIVATIONS
from handwritten.plan.context import Context
from handwritten.plan.steps import Step


def exports(context: Context, train: Step, evaluate: Step, run: dict) -> list[Step]:
    """A network in the formats of other tools, in ONNX only if its activation has an ONNX form. Its
    temperature goes with it, which its evaluation has found."""
    settings = {
        "title": context.data_set.title,
        "classes": list(context.data_set.classes),
        "activation": run.get("activation", "relu"),
    }
    formats = ["export"]
    if ACTIVATIONS[settings["activation"]].onnx:
        formats.append("export_onnx")
    inputs = {"model": train.file("model.npz"), "metrics": evaluate.file("metrics.json")}
    return [context.steps.add(name, settings, inputs) for name in formats]


def crate(context: Context, steps: list[Step]) -> Step:
    """Everything that these steps made as an RO-Crate."""
    settings = {
        "config": {key: value for key, value in context.config.items() if key != "submissions"},
        "title": context.data_set.title,
        "credit": context.data_set.credit,
        "snakemake": metadata.version("snakemake"),
    }
    return context.steps.add("crate", settings, {"steps": [step.record for step in steps]})
