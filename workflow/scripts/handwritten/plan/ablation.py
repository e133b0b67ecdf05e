"""The ablation study: every step is the one below it with one change more."""

from dataclasses import dataclass

from handwritten.plan import evaluation
from handwritten.plan.context import Context
from handwritten.plan.runs import Model, plan_model
from handwritten.plan.steps import Step


@dataclass(frozen=True)
class AblationStep:
    """One change: the models with it, one a seed, and their predictions."""

    settings: dict
    members: list[Model]
    evaluations: list[Step]  # one a seed, or the one of an ensemble


def plan_steps(context: Context, data: Step) -> list[AblationStep]:
    """The study's steps in order. An ensemble's members are the models of the step below."""
    config = context.config["ablation"]
    steps: list[AblationStep] = []
    for settings in config["steps"]:
        if settings["trainer"] == "ensemble":
            members = steps[-1].members
            models = [model.evaluate for model in members]
            evaluations = [evaluation.ensemble(context, data, models)]
        else:
            runs = [settings | {"seed": seed} for seed in config["seeds"]]
            members = [plan_model(context, data, run) for run in runs]
            evaluations = [model.evaluate for model in members]
        steps.append(AblationStep(settings, members, evaluations))
    return steps


def ablation(context: Context, data: Step, steps: list[AblationStep]) -> Step | None:
    """The comparison of every step with the one below it, or None where there are no steps."""
    if not steps:
        return None
    below = [{}, *(step.settings for step in steps)]
    settings = {
        "seeds": context.config["ablation"]["seeds"],
        "steps": [description(*pair) for pair in zip(steps, below, strict=False)],
    }
    inputs = evaluation.results([each for step in steps for each in step.evaluations])
    return context.steps.add("ablation", settings, {**inputs, "test": data.file("test.npz")})


def description(step: AblationStep, below: dict) -> dict:
    """What the study says of a step beside its results; `below` are the settings under it.

    Where the trainer is another one there is little to compare: then every setting that is switched
    on counts as changed.
    """
    fresh = step.settings["trainer"] != below.get("trainer")
    changed = {
        key: value
        for key, value in step.settings.items()
        if key not in ("change", "threads") and (value if fresh else value != below[key])
    }
    return {
        "change": step.settings["change"],
        "changed": changed,
        "models": [f"{model.train.name}/{model.train.version}" for model in step.members],
        "evaluations": len(step.evaluations),
    }
