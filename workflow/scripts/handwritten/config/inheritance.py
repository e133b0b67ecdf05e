"""Runs that extend other runs, and steps of the ablation study, which build on the step before."""

from collections.abc import Collection
from typing import Any

from handwritten.config.messages import ConfigurationError, Path, checked, dotted, refused
from handwritten.config.run_settings import BASELINES, OF_A_STEP, RUNS, STEPS

Settings = dict[str, Any]
LONGEST_CHAIN = 50  # of runs that extend each other
NOT_INHERITED_BY_STEPS = ("reported_accuracy", "seed", "of", "seeds")


def complete_runs(runs: dict[str, Settings], seed: int) -> dict[str, Settings]:
    """Every run with all its settings. Runs that others extend are checked first, so that a wrong
    value is found where it is written."""
    chains = {name: chain(name, runs) for name in runs}
    complete = {}
    for name in sorted(runs, key=lambda name: len(chains[name])):
        settings = merged(chains[name], runs)
        complete[name] = checked(model_of(settings, RUNS, ("runs", name)), settings, ("runs", name))
        if settings["trainer"] != "ensemble":
            complete[name].setdefault("seed", seed)
    return {name: complete[name] for name in runs}


def chain(name: str, runs: dict[str, Settings]) -> list[str]:
    """The run, the one that it extends, and so on."""
    names = [name]
    while (base := runs[names[-1]].get("extends")) is not None:
        path = ("runs", names[-1], "extends")
        known_run(path, base, runs)
        if base in names:
            circle = " extends ".join([*names, base])
            raise refused(path, base, f"a run that does not lead back here ({circle})")
        if len(names) == LONGEST_CHAIN:
            raise refused(path, base, f"nothing here, since {LONGEST_CHAIN} runs extend each other")
        names.append(base)
    return names


def merged(names: list[str], runs: dict[str, Settings]) -> Settings:
    """The settings of a chain of runs, each laid over those of the run that it extends. What the
    original project reported for a run is not true of others that extend it."""
    settings: Settings = {}
    for name in reversed(names):
        settings.pop("reported_accuracy", None)
        settings |= runs[name]
    settings.pop("extends", None)
    return settings


def single_models(runs: dict[str, Settings]) -> list[str]:
    """The names of the runs that train one network."""
    return [name for name, run in runs.items() if run["trainer"] != "ensemble"]


def known_run(path: Path, name: Any, runs: Collection[str]) -> None:
    """ConfigurationError where the name is none of these runs'."""
    if not isinstance(name, str) or name not in runs:
        raise refused(path, name, f"one of {', '.join(runs)}", runs)


def model_of(settings: Settings, models: dict, path: Path) -> type:
    """The model of the trainer that the settings name."""
    if "trainer" not in settings:
        problem = f"{dotted(path)} lacks the key trainer ({', '.join(models)}), or extends (a run)"
        raise ConfigurationError(problem, path)
    trainer = settings["trainer"]
    if not isinstance(trainer, str) or trainer not in models:
        raise refused((*path, "trainer"), trainer, f"one of {', '.join(models)}", models)
    return models[trainer]


def complete_steps(steps: list[Settings], runs: dict[str, Settings]) -> list[Settings]:
    """The steps of the ablation study, each with all its settings."""
    complete: list[Settings] = []
    main: Settings = {}  # the last step that is not aside
    for i, step in enumerate(steps):
        path = ("ablation", "steps", i)
        before = complete[-1] if complete and step.get("aside") is True else main
        settings = complete_step(step, before, runs, STEPS, path)
        if settings["trainer"] == "ensemble" and before.get("trainer") not in ("phase1", "phase2"):
            raise refused((*path, "trainer"), "ensemble", "ensemble after a step of single models")
        complete.append(settings)
        main = main if settings.get("aside") else settings
    return complete


def complete_baselines(baselines: list[Settings], runs: dict[str, Settings]) -> list[Settings]:
    """The baselines of the ablation study, each with all its settings."""
    return [
        complete_step(baseline, {}, runs, BASELINES, ("ablation", "baselines", i))
        for i, baseline in enumerate(baselines)
    ]


def complete_step(
    step: Settings, before: Settings, runs: dict[str, Settings], models: dict, path: Path
) -> Settings:
    """A step with all its settings, by the model of its trainer among `models`."""
    settings = starting_point(step, before, runs, path) | step
    settings.pop("extends", None)
    model = model_of(settings, models, path)
    complete = checked(model, settings, path)
    if without := complete.get("without"):
        left_out = checked(model, settings | without, (*path, "without"))
        complete["without"] = {key: left_out[key] for key in without}
    return complete


def starting_point(
    step: Settings, before: Settings, runs: dict[str, Settings], path: Path
) -> Settings:
    """The settings that a step changes: those of the run that it extends, or of the step before,
    or none where it names a trainer."""
    if "extends" not in step:
        return {} if "trainer" in step else {k: v for k, v in before.items() if k not in OF_A_STEP}
    known_run((*path, "extends"), step["extends"], runs)
    run = merged(chain(step["extends"], runs), runs)
    return {key: value for key, value in run.items() if key not in NOT_INHERITED_BY_STEPS}
