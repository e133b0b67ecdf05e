"""The settings that a sweep varies: every value is checked as the run's own would be."""

from typing import Any

from handwritten.config.inheritance import known_run, single_models
from handwritten.config.messages import ConfigurationError, checked, hint, refused, shown
from handwritten.config.run_settings import RUNS, Run, learnt_dev
from handwritten.config.schema import options_at, schema_of

PATH = ("sweep", "settings")
FIXED = {"trainer", "reported_accuracy", "seed", "threads", "train_on", "test_time_shift"}
# By trainer, for how long it trains; successive halving sets that by itself.
LENGTHS = {"phase1": "steps", "phase2": "epochs"}


def complete_settings(sweep: dict[str, Any], run: dict[str, Any]) -> dict[str, Any]:
    """The lists and ranges of `sweep.settings`, converted to the types of the run's settings."""
    model = RUNS[run["trainer"]]
    fixed = FIXED | {*LENGTHS.values()} if sweep["method"] == "halving" else FIXED
    free = [name for name in model.model_fields if name not in fixed]
    complete = {}
    for name, values in sweep["settings"].items():
        if name not in free:
            problem = f"sweep.settings cannot vary {shown(name)}; it can vary {', '.join(free)}"
            raise ConfigurationError(problem + hint(name, free), (*PATH, name))
        complete[name] = (
            complete_range(name, values, model, run, sweep["method"])
            if isinstance(values, dict)
            else [checked(model, run | {name: value}, PATH)[name] for value in values]
        )
    return complete


def check_values(settings: dict[str, Any]) -> None:
    """ConfigurationError: a value would be tried twice, by these complete settings of a sweep."""
    for name, values in settings.items():
        if isinstance(values, list) and len(set(map(repr, values))) < len(values):
            raise refused((*PATH, name), values, "a list of values, each once")


def complete_range(
    name: str, bounds: dict[str, Any], model: type[Run], run: dict[str, Any], method: str
) -> dict[str, Any]:
    """The range, its ends as the run's own values."""
    path, (rules, *others) = (*PATH, name), options_at((name,), schema_of(model))
    if method == "grid":
        raise refused(path, bounds, "a list of values, where method is grid")
    if others or rules.get("type") not in ("integer", "number"):
        raise refused(path, bounds, "a list of values, since this setting is not a number")
    low, high = (checked(model, run | {name: bounds[end]}, PATH)[name] for end in ("from", "to"))
    if low >= high or (bounds["scale"] == "log" and low <= 0):
        raise refused(path, bounds, "from below to, and above 0 where scale is log")
    return bounds | {"from": low, "to": high}


def check_sweep(sweep: dict[str, Any], runs: dict[str, Any]) -> None:
    """ConfigurationError: there is nothing to try, or nothing to choose by. It is checked only when
    a sweep is asked for, so that other runs need no sweep that fits them."""
    known_run(("sweep", "extends"), sweep["extends"], single_models(runs))
    if not sweep["settings"]:
        raise ConfigurationError("sweep.settings is empty; name settings to try", ("sweep",))
    if learnt_dev(runs[sweep["extends"]]):
        allowed = "a run with train_on: train, since dev is what candidates are compared on"
        raise refused(("sweep", "extends"), sweep["extends"], allowed)
