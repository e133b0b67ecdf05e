"""The ablation study: every step is the one below it with one change more.

Beside the steps there are baselines, and the step that asks for it is trained again without each of
the changes that led to it.
"""

from dataclasses import dataclass
from typing import Any

from handwritten.config.messages import ConfigurationError, shown
from handwritten.config.run_settings import OF_A_STEP, learnt_dev, stops_by_learnt_dev
from handwritten.evaluation.baselines import BASELINES
from handwritten.learning import registries
from handwritten.learning.batches import DISTORTIONS
from handwritten.plan import evaluation
from handwritten.plan.context import Context
from handwritten.plan.runs import Model, plan_model
from handwritten.plan.steps import Step
from handwritten.reference import pytorch_version

CONVOLUTIONAL = "convolutional_network"  # a trainer that needs PyTorch


@dataclass(frozen=True)
class AblationStep:
    """One change: the models with it, one a seed, and their predictions."""

    settings: dict
    members: list[Model]
    evaluations: list[Step]  # one a seed, or the one of an ensemble or of a simple baseline
    below: int | None = None  # the number of the step to compare with
    changed: dict[str, Any] | None = None  # its settings that are others than below

    @property
    def description(self) -> dict:
        """What the study says of the step beside its results."""
        return {
            "change": self.settings["change"],
            "aside": self.settings.get("aside", False),
            "changed": self.changed,
            "learnt_dev": any(learnt_dev(model.train.settings) for model in self.members),
            "below": self.below,
            "models": [f"{model.train.name}/{model.train.version}" for model in self.members],
            "evaluations": len(self.evaluations),
        }


Study = dict[str, list[AblationStep]]  # baselines, steps and left_out


def chosen_study(context: Context, data: Step) -> Study:
    """The study to be made or shown: without the convolutional network where PyTorch would have to
    be installed for it, and as it was built where nothing is to be trained."""
    complete = plan_study(context, data, context.config["ablation"]["steps"])
    networks = [step for step in complete["steps"] if step.settings["trainer"] == CONVOLUTIONAL]
    if not networks:
        return complete
    others = [s for s in context.config["ablation"]["steps"] if s["trainer"] != CONVOLUTIONAL]
    without = plan_study(context, data, others)
    if context.config["ablation"]["train"]:
        there = all(context.is_built(each) for step in networks for each in step.evaluations)
        return complete if there or pytorch_version.installed() != "none" else without
    built = (
        study for study in (complete, without) if context.is_built(ablation(context, data, study))
    )
    return next(built, without)


def plan_study(context: Context, data: Step, settings: list[dict]) -> Study:
    """All that is trained for a study of these steps, as the parts in which it is shown."""
    steps = plan_steps(context, data, settings)
    baselines = [
        trained(context, data, settings) for settings in context.config["ablation"]["baselines"]
    ]
    left_out = [
        trained(context, data, settings, number, changed)
        for number, top in enumerate(steps)
        if top.settings.get("leave_one_out")
        for settings, changed in without_each(steps, top)
    ]
    return {"baselines": baselines, "steps": steps, "left_out": left_out}


def plan_steps(context: Context, data: Step, all_settings: list[dict]) -> list[AblationStep]:
    """The steps in order. An ensemble's members are the models of the step below."""
    steps: list[AblationStep] = []
    main = None  # the number of the last step that is not aside
    for settings in all_settings:
        below = len(steps) - 1 if steps and settings.get("aside") else main
        before = None if below is None else steps[below]
        changed = changes(settings, before.settings if before else {})
        if before and settings["trainer"] == "ensemble":
            members = before.members
            together = evaluation.ensemble(context, data, [model.evaluate for model in members])
            steps.append(AblationStep(settings, members, [together], below, changed))
        elif settings["trainer"] == CONVOLUTIONAL:
            trained_below = [s.settings for s in steps if s.settings["trainer"] == "phase2"]
            models = convolutional_networks(context, data, settings, trained_below)
            evaluations = [model.evaluate for model in models]
            steps.append(AblationStep(settings, models, evaluations, below, changed))
        else:
            steps.append(trained(context, data, settings, below, changed))
        main = main if settings.get("aside") else len(steps) - 1
    return steps


def trained(
    context: Context,
    data: Step,
    settings: dict,
    below: int | None = None,
    changed: dict | None = None,
) -> AblationStep:
    """A step or baseline with models of its own, one a seed."""
    run = {key: value for key, value in settings.items() if key not in OF_A_STEP}
    if settings["trainer"] in BASELINES:  # which is not a network
        return AblationStep(settings, [], [baseline(context, data, run)], changed={})
    changed = changes(settings, {}) if changed is None else changed
    seeds = context.config["ablation"]["seeds"]
    members = [plan_model(context, data, run | {"seed": seed}) for seed in seeds]
    return AblationStep(settings, members, [model.evaluate for model in members], below, changed)


def convolutional_networks(
    context: Context, data: Step, settings: dict, below: list[dict]
) -> list[Model]:
    """Convolutional networks, one a seed, which measure themselves. Their images are distorted as
    in the last of the steps below."""
    last = below[-1] if below else {}
    keys = (*DISTORTIONS, "elastic_sigma", "undistorted", "label_smoothing")
    run = {key: last.get(key, 0) for key in keys}
    run |= {"epochs": settings["epochs"], "input_dropout": 0, **context.image_shape}
    run["layer_dims"] = [context.data_set.pixels, len(context.data_set.classes)]
    run |= evaluation.scoring_settings(context)
    inputs = {"train": data.file("train.npz"), **evaluation.dev_and_test(data)}
    steps = [
        context.steps.add(f"train_{CONVOLUTIONAL}", run | {"seed": seed}, inputs)
        for seed in context.config["ablation"]["seeds"]
    ]
    return [Model(step, step, exports=[]) for step in steps]


def baseline(context: Context, data: Step, settings: dict) -> Step:
    """The predictions of a simple classifier."""
    settings = settings | {"classes": len(context.data_set.classes)}
    inputs = {"train": data.file("train.npz"), **evaluation.dev_and_test(data)}
    return context.steps.add("baseline", settings | evaluation.scoring_settings(context), inputs)


def without_each(steps: list[AblationStep], top: AblationStep) -> list[tuple[dict, dict]]:
    """For each change below and in `top` that can be left out of it, the settings without the
    change, and those of them that are others than in `top`. ConfigurationError: they are at odds
    with each other."""
    found, step = [], top
    while step.below is not None:
        below = steps[step.below]
        if restored := undone(step.settings, below.settings, top.settings):
            change = {"change": step.settings["change"]}
            found.append((top.settings | restored | change, restored))
            check_left_out(top.settings, found[-1][0])
        step = below
    return found[::-1]


def check_left_out(top: dict, settings: dict) -> None:
    """ConfigurationError: `top` without a change stops by dev, although it learns from dev."""
    if stops_by_learnt_dev(settings):
        title, stopping = shown(settings["change"]), settings["early_stopping"]
        raise ConfigurationError(
            f"ablation.steps: {shown(top['change'])} without {title} has early_stopping {stopping} "
            "and train_on all, by which dev says nothing; leave out both, or write "
            f"without: {{early_stopping: 0}} into the step {title}",
            ("ablation", "steps"),
        )


def undone(settings: dict, below: dict, top: dict) -> dict:
    """The settings by which `top` does without the change of a step: those of the step below,
    where no later step has set something else, and those that the step names for this."""
    restored = {}
    if settings["trainer"] == below["trainer"]:
        keys = changes(settings, below)
        restored = {key: below[key] for key in keys if top[key] == settings[key]}
    return restored | settings.get("without", {})


def changes(settings: dict, below: dict) -> dict:
    """The settings that are others than below. Where the trainer is another one there is little to
    compare: then every setting that is switched on and has an effect counts."""
    fresh, idle = settings["trainer"] != below.get("trainer"), registries.without_effect(settings)
    return {
        key: value
        for key, value in settings.items()
        if key not in OF_A_STEP | {"threads"} and (value if fresh else value != below[key])
        if not (fresh and key in idle)
    }


def ablation(context: Context, data: Step, study: Study) -> Step | None:
    """The comparison of every step with the one below it, or None where there are no steps."""
    if not study["steps"]:
        return None
    config = context.config
    settings = {
        "seed": config["seed"],
        "seeds": config["ablation"]["seeds"],
        "kinds": {kind: [step.description for step in steps] for kind, steps in study.items()},
    }
    inputs = evaluation.results([each for step in every(study) for each in step.evaluations])
    return context.steps.add("ablation", settings, {**inputs, "test": data.file("test.npz")})


def every(study: Study) -> list[AblationStep]:
    """All parts of a study in one list."""
    return [step for steps in study.values() for step in steps]
