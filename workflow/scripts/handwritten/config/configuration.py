"""The configuration, checked once at the start: a mistake costs a second and not a training.

What a single value may be is declared in sections.py and run_settings.py. Here is what several
values have to agree on.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from handwritten.config.inheritance import (
    chain,
    complete_baselines,
    complete_runs,
    complete_steps,
    known_run,
    single_models,
)
from handwritten.config.messages import ConfigurationError, Path, checked, refused
from handwritten.config.run_settings import stops_by_learnt_dev
from handwritten.config.sections import Configuration
from handwritten.config.sweep_settings import check_values, complete_settings
from handwritten.data.datasets import DATA_SETS, DataSet
from handwritten.io import reading
from handwritten.own_images import own_data

Config = dict[str, Any]


def validated(config: Config) -> Config:
    """A complete copy of `config`: text converted, runs extended, defaults filled in, checked."""
    given = checked(Configuration, config)
    config = given | {"runs": complete_runs(given["runs"], given["seed"])}
    study, runs = config["ablation"], given["runs"]
    study["baselines"] = complete_baselines(study["baselines"], runs)
    study["steps"] = complete_steps(study["steps"], runs)
    if (name := config["sweep"]["extends"]) in single_models(config["runs"]):
        run = config["runs"][name]
        config["sweep"]["settings"] = complete_settings(config["sweep"], run)
    data_set = data_set_of(config)
    settle_layers(config, data_set)
    check_values(config["sweep"]["settings"])
    check_runs(config)
    check_early_stopping(config, given["runs"])
    check_layers(config, data_set)
    check_data(config, data_set)
    check_sources(config["download"]["sources"])
    return config


def data_set_of(config: Config) -> DataSet:
    """The data set of a configuration, one of the known or the user's own."""
    if isinstance(config["dataset"], str):
        return DATA_SETS[config["dataset"]]
    with own_files():
        return own_data.data_set(config["dataset"])


@contextmanager
def own_files() -> Iterator[None]:
    """What is wrong with the user's files, as a problem of the configuration that names them."""
    try:
        yield
    except own_data.UnusableDataError as problem:
        raise ConfigurationError(f"dataset: {problem}", ("dataset", *problem.key)) from None
    except reading.UnreadableFileError as problem:
        raise ConfigurationError(f"dataset: {problem}", ("dataset", "images")) from None


def compared_run(config: Config) -> str | None:
    """The run that PyTorch is compared on: the last reported one of phase 2, if there is any."""
    modular = [name for name in config["report"] if config["runs"][name]["trainer"] == "phase2"]
    return modular[-1] if modular else None


def check_run_names(config: Config, taken: set[str]) -> None:
    """No run has the name of another target, `taken` being those."""
    for name in config["runs"]:
        if name in taken:
            problem = f"runs: the name {name} is taken by a step or target; choose another name"
            raise ConfigurationError(problem, ("runs", name), of_key=True)


def check_runs(config: Config) -> None:
    """Runs and the parts of the configuration that refer to them fit together."""
    runs = config["runs"]
    for i, name in enumerate(config["report"]):
        known_run(("report", i), name, runs)
    for name, run in runs.items():
        if run["trainer"] == "ensemble":
            known_run(("runs", name, "of"), run["of"], single_models(runs))
    if config["ablation"]["train"] and not config["ablation"]["steps"]:
        raise refused(("ablation", "steps"), [], "at least one step, where ablation.train is true")
    if config["compare_pytorch"] and not compared_run(config):
        raise refused(("compare_pytorch",), True, "false where no run of phase2 is under report")


def check_early_stopping(config: Config, given: dict[str, Config]) -> None:
    """Nothing stops by dev that learns from it: then dev says nothing about overfitting. `given`
    are the runs as they were written."""
    for path, model in models(config):
        if stops_by_learnt_dev(model):
            path, value = (*path, "early_stopping"), model["early_stopping"]
            raise refused(path, value, f"0 where train_on is all{inherited(path, given)}")


def inherited(path: Path, given: dict[str, Config]) -> str:
    """From which run the value of a run's setting comes, where that is another one."""
    kind, name, key = map(str, path[:3])
    names = chain(name, given) if kind == "runs" else []
    source = next((each for each in names if key in given[each]), name)
    return "" if source == name else f"; the value is inherited from runs.{source}"


def models(config: Config) -> Iterator[tuple[Path, Config]]:
    """Every run, step and baseline, each with its path."""
    for name, run in config["runs"].items():
        yield ("runs", name), run
    for kind in ("baselines", "steps"):
        for i, step in enumerate(config["ablation"][kind]):
            yield ("ablation", kind, i), step


def layers(config: Config) -> Iterator[tuple[Path, list]]:
    """Every layer_dims of the configuration, with its path."""
    for path, model in models(config):
        for above, settings in ((path, model), ((*path, "without"), model.get("without", {}))):
            if "layer_dims" in settings:
                yield (*above, "layer_dims"), settings["layer_dims"]
    for i, dims in enumerate(config["sweep"]["settings"].get("layer_dims", [])):
        yield ("sweep", "settings", "layer_dims", i), dims


def settle_layers(config: Config, data_set: DataSet) -> None:
    """Put numbers into every layer_dims that says `pixels` or `classes`."""
    words = {"pixels": data_set.pixels, "classes": len(data_set.classes)}
    for _, dims in layers(config):
        dims[:] = [words.get(units, units) for units in dims]


def check_layers(config: Config, data_set: DataSet) -> None:
    """Every network begins with the data set's pixels and ends with its classes."""
    first, last = data_set.pixels, len(data_set.classes)
    for path, dims in layers(config):
        if (dims[0], dims[-1]) != (first, last):
            expected = f"a list that begins with {first} (pixels) and ends with {last} (classes)"
            raise refused(path, dims, expected)


def check_data(config: Config, data_set: DataSet) -> None:
    """Dev leaves something to train on."""
    generated = data_set.name == "generated"
    count = config["generated"]["train"] if generated else data_set.training_images
    if config["dev_size"] >= count:
        allowed = f"less than the {count} training images"
        raise refused(("dev_size",), config["dev_size"], allowed)


def check_sources(sources: list[str]) -> None:
    """Every source is of a kind that can be asked."""
    for i, source in enumerate(sources):
        if not is_source(source):
            allowed = "folders, https:// addresses (http:// on this machine alone), or mirrors"
            raise refused(("download", "sources", i), source, allowed)


def is_source(source: str) -> bool:
    """Whether a source is of a kind that can be asked, over a connection that can be trusted."""
    if "://" not in source:
        return "\0" not in source
    try:
        address = urlsplit(source)
    except ValueError:  # as for http://[
        return False
    nearby = address.scheme == "http" and address.hostname in ("localhost", "127.0.0.1", "::1")
    return bool(address.hostname) and (address.scheme == "https" or nearby)
