"""config.yaml, checked once at the start, so that a typing error costs a second and not a training.

The schema (workflow/schemas/config.schema.yaml) is the one place that says which keys exist, their
types, ranges and defaults. Values from the command line arrive as text and go the same way.
"""

import difflib
import math
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import yaml
from jsonschema import Draft202012Validator

from handwritten.data import own_data
from handwritten.data.datasets import DATA_SETS, DataSet

TARGETS = (
    "all",
    "exports",
    "crates",
    "sweeps",
    "notebooks",
)  # what can be asked for beside steps and runs
STEPS = (
    "download",
    "generate_digits",
    "import_data",
    "parse_idx",
    "train_phase1",
    "train_phase2",
    "check_gradients",
    "evaluate",
    "ensemble",
    "confusion_matrix",
    "robustness",
    "ablation",
    "compare_pytorch",
    "report",
    "publish",
    "export",
    "crate",
    "run_notebook",
    "publish_notebooks",
    "train_members",
    "sweep_round",
    "sweep",
)
PRINTABLE = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]*$"  # one line without controls
NOT_OF_A_STEP = (
    "reported_accuracy",
    "seed",
    "of",
    "seeds",
)  # the ablation study itself sees to these
SCHEMA = Path(__file__).resolve().parents[3] / "schemas" / "config.schema.yaml"


class ConfigurationError(ValueError):
    """Names the key, the value found, what is allowed, and so what to change."""


class UniqueKeys(yaml.SafeLoader):
    """YAML in which a key that stands twice in one mapping is an error and not a silent choice."""

    def construct_mapping(self, node, deep=False):
        seen = set()
        for key, _ in node.value:
            if isinstance(key.value, str) and key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key.value} stands here a second time", key.start_mark
                )
            seen.add(str(key.value))
        return super().construct_mapping(node, deep)


def check_file(path: Path) -> None:
    """ConfigurationError with line and column where a file is no YAML or has a key twice."""
    try:
        yaml.load(path.read_text(encoding="utf-8"), UniqueKeys)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        problem = getattr(error, "problem", None) or error
        raise ConfigurationError(f"{path}{where}: {problem}") from None
    except ValueError as error:  # bytes that are no text, and dates that there are not
        raise ConfigurationError(f"{path}: {error}") from None


@cache
def schema() -> dict:
    """The schema as a dictionary; `$defs` holds one schema for each trainer of a run."""
    return yaml.safe_load(SCHEMA.read_text(encoding="utf-8"))


def validated(config: dict) -> dict:
    """A complete copy of `config`: text converted, runs extended, defaults filled in, checked."""
    rules = schema()
    config = checked(config, rules, "")
    runs = {name: extended(name, config["runs"]) for name in config["runs"]}
    config["runs"] = {
        name: checked(run, trainer_schema(run, f"runs.{name}"), f"runs.{name}.")
        for name, run in runs.items()
    }
    for run in config["runs"].values():
        if run["trainer"] != "ensemble":
            run.setdefault("seed", config["seed"])
    config["ablation"]["steps"] = climbed(config["ablation"]["steps"], runs)
    if config["sweep"]["extends"] in single_models(config["runs"]):
        config["sweep"]["settings"] = varied(config["sweep"], config["runs"])
    settle_layers(config)
    check_names(config)
    check_ensembles(config)
    check_stopping(config)
    check_ablation(config)
    check_layers(config)
    check_data(config)
    check_comparison(config)
    return config


def extended(name: str, runs: dict, below: tuple[str, ...] = ()) -> dict:
    """The run's settings laid over those of the run that it extends, and so on down."""
    run = dict(runs[name])
    base = run.pop("extends", None)
    if base is None:
        return run
    if not isinstance(base, str) or base not in runs:
        raise error(f"runs.{name}.extends", base, f"one of {', '.join(runs)}")
    if base in (*below, name):
        chain = " extends ".join((*below, name, base))
        raise error(f"runs.{name}.extends", base, f"a run that does not lead back here ({chain})")
    return extended(base, runs, (*below, name)) | run


def trainer_schema(run: dict, path: str) -> dict:
    """The schema of the run's trainer; `path` is the run's place in the configuration."""
    trainer, trainers = run.get("trainer"), schema()["$defs"]
    if not isinstance(trainer, str) or trainer not in trainers:
        raise error(f"{path}.trainer", trainer, f"one of {', '.join(trainers)}")
    return trainers[trainer]


def climbed(steps: list[dict], runs: dict) -> list[dict]:
    """The ablation study's steps with all their settings: a step's own laid over the one below.

    A step that `extends` a run, or names a trainer, starts afresh from there. `runs` are those of
    the configuration, extended.
    """
    complete: list[dict] = []
    for i, step in enumerate(steps):
        path, below = f"ablation.steps[{i}]", complete[-1] if complete else {}
        settings = foundation(step, below, runs, path) | step
        settings.pop("extends", None)
        rules = ablation_step_schema(trainer_schema(settings, path))
        complete.append(checked(settings, rules, f"{path}."))
        if settings["trainer"] == "ensemble" and below.get("trainer") in (None, "ensemble"):
            raise error(f"{path}.trainer", "ensemble", "ensemble above a step of single models")
    return complete


def varied(sweep: dict, runs: dict) -> dict:
    """The settings of a sweep: every value checked and converted as the run's own would be."""
    name = sweep["extends"]
    rules = trainer_schema(runs[name], f"runs.{name}")
    return {
        key: varied_range(key, values, rules, sweep["method"])
        if isinstance(values, dict)
        else [varied_value(key, value, runs[name], rules) for value in values]
        for key, values in sweep["settings"].items()
        if known_setting(key, rules, sweep["method"])
    }


def known_setting(key: str, rules: dict, method: str) -> bool:
    """True for a setting that a sweep of this method can vary; ConfigurationError for any other."""
    fixed = {"trainer", "reported_accuracy", "seed", "threads", "train_on", "test_time_shift"}
    fixed |= {"epochs", "steps"} if method == "halving" else set()
    free = [each for each in rules["properties"] if each not in fixed]
    if key not in free:
        near = difflib.get_close_matches(key, free, 1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise error("sweep.settings", key, f"keys among {', '.join(free)}{hint}")
    return True


def varied_value(key: str, value, run: dict, rules: dict):
    """One of the values of a setting, as the run's trainer takes it."""
    return checked(run | {key: value}, rules, "sweep.settings.")[key]


def varied_range(key: str, bounds: dict, rules: dict, method: str) -> dict:
    """The range of a setting's values, its ends as the run's trainer takes them."""
    path, kind = f"sweep.settings.{key}", rules["properties"][key].get("type")
    if method == "grid":
        raise error(path, bounds, "a list of values, where method is grid")
    if kind not in ("integer", "number"):
        raise error(path, bounds, "a list of values, since this setting is not a number")
    bounds = {"scale": "linear"} | bounds
    rules = rules | {"required": []}
    ends = {
        end: checked({key: bounds[end]}, rules, "sweep.settings.")[key] for end in ("from", "to")
    }
    if bounds["from"] >= bounds["to"] or (bounds["scale"] == "log" and bounds["from"] <= 0):
        raise error(path, bounds, "from below to, and above 0 where scale is log")
    return bounds | ends


def foundation(step: dict, below: dict, runs: dict, path: str) -> dict:
    """What a step's own settings are laid over."""
    if "extends" not in step:
        return {} if "trainer" in step else {k: v for k, v in below.items() if k != "change"}
    base = step["extends"]
    if not isinstance(base, str) or base not in runs:
        raise error(f"{path}.extends", base, f"one of {', '.join(runs)}")
    return {key: value for key, value in runs[base].items() if key not in NOT_OF_A_STEP}


def ablation_step_schema(rules: dict) -> dict:
    """A trainer's schema for a step: with `change`, without what the ablation itself sees to."""
    properties = {key: r for key, r in rules["properties"].items() if key not in NOT_OF_A_STEP}
    change = {"change": {"type": "string", "minLength": 1, "maxLength": 60, "pattern": PRINTABLE}}
    return rules | {"properties": change | properties, "required": ["change", "trainer"]}


def checked(values: dict, rules: dict, prefix: str) -> dict:
    """`values` converted and completed by `rules`, or the ConfigurationError of the first fault."""
    values = completed(converted(values, rules), rules)
    faults = sorted(Draft202012Validator(rules).iter_errors(values), key=lambda f: list(f.path))
    if faults:
        raise explained(faults[0], prefix)
    return values


def check_names(config: dict) -> None:
    """Every run to be reported exists, and none has the name of a step: both are targets."""
    for name in config["report"]:
        if name not in config["runs"]:
            raise error("report", name, f"names from runs: {', '.join(config['runs'])}")
    for name in config["runs"]:
        if name in (*TARGETS, *STEPS):
            taken = ", ".join((*TARGETS, *STEPS))
            raise error("runs", name, f"names other than those of steps: {taken}")


def single_models(runs: dict) -> list[str]:
    """The names of the runs that train one network."""
    return [name for name, run in runs.items() if run["trainer"] != "ensemble"]


def check_ensembles(config: dict) -> None:
    """Every ensemble is one of single models."""
    models = single_models(config["runs"])
    for name, run in config["runs"].items():
        if run["trainer"] == "ensemble" and run["of"] not in models:
            raise error(f"runs.{name}.of", run["of"], f"one of {', '.join(models)}")


def check_stopping(config: dict) -> None:
    """Nothing stops early by a dev set that it learns from."""
    for name, run in config["runs"].items():
        if run.get("train_on") == "all" and run["early_stopping"]:
            expected = "0 where train_on is all, since dev is learnt from then"
            raise error(f"runs.{name}.early_stopping", run["early_stopping"], expected)


def check_ablation(config: dict) -> None:
    """An ablation study to be trained has steps."""
    if config["ablation"]["train"] and not config["ablation"]["steps"]:
        raise error("ablation.steps", [], "at least one step, where ablation.train is true")


def data_set_of(config: dict) -> DataSet:
    """The data set of a configuration, one of the known or the user's own."""
    if isinstance(config["dataset"], str):
        return DATA_SETS[config["dataset"]]
    try:
        return own_data.data_set(config["dataset"])
    except own_data.Unusable as problem:
        raise ConfigurationError(f"config: dataset: {problem}") from None


def settle_layers(config: dict) -> None:
    """Put numbers into every layer_dims that says `pixels` or `classes`."""
    data_set = data_set_of(config)
    words = {"pixels": data_set.pixels, "classes": len(data_set.classes)}
    for run in (*config["runs"].values(), *config["ablation"]["steps"]):
        if "layer_dims" in run:
            run["layer_dims"] = [words.get(units, units) for units in run["layer_dims"]]
    tried = config["sweep"]["settings"]
    if "layer_dims" in tried:
        tried["layer_dims"] = [[words.get(u, u) for u in dims] for dims in tried["layer_dims"]]


def check_layers(config: dict) -> None:
    """Every network begins with the data set's pixels and ends with its classes."""
    data_set = data_set_of(config)
    ends = [data_set.pixels, len(data_set.classes)]
    models = {f"runs.{name}": run for name, run in config["runs"].items()}
    models |= {f"ablation.steps[{i}]": step for i, step in enumerate(config["ablation"]["steps"])}
    tried = config["sweep"]["settings"].get("layer_dims", [])
    models |= {f"sweep.settings ({dims})": {"layer_dims": dims} for dims in tried}
    for path, run in models.items():
        dims = run.get("layer_dims", ends)
        if [dims[0], dims[-1]] != ends:
            expected = (
                f"a list that begins with {ends[0]} (pixels) and ends with {ends[1]} (classes)"
            )
            raise error(f"{path}.layer_dims", dims, expected)


def compared_run(config: dict) -> str | None:
    """The run that PyTorch is compared on: the last reported one of phase 2, if there is any."""
    modular = [name for name in config["report"] if config["runs"][name]["trainer"] == "phase2"]
    return modular[-1] if modular else None


def check_comparison(config: dict) -> None:
    """There is a run to compare with PyTorch where that is wanted."""
    if config["compare_pytorch"] and not compared_run(config):
        raise error("compare_pytorch", True, "false where no run of phase2 is under report")


def check_data(config: dict) -> None:
    """Dev leaves something to train on, and every source is of a kind that can be asked."""
    generated = config["dataset"] == "generated"
    count = config["generated"]["train"] if generated else data_set_of(config).training_images
    if config["dev_size"] >= count:
        raise error("dev_size", config["dev_size"], f"less than the {count} training images")
    for source in config["download"]["sources"]:
        if not is_source(source):
            expected = "folders, https:// addresses (http:// on this machine alone), or mirrors"
            raise error("download.sources", source, expected)


def is_source(source: str) -> bool:
    """Whether a source is of a kind that can be asked, over a connection that can be trusted."""
    if "://" not in source:
        return "\0" not in source
    try:
        address = urlsplit(source)
        nearby = address.scheme == "http" and address.hostname in ("localhost", "127.0.0.1", "::1")
        return bool(address.hostname) and (address.scheme == "https" or nearby)
    except ValueError:  # as for http://[
        return False


def converted(value, rules: dict):
    """The value as the schema's type: text from the command line (and YAML's 1e-4, which is text
    too) as numbers, 128.0 as 128 where whole numbers belong, 0 as 0.0 where any number does.

    What cannot be converted stays as it is: the validator then says what is wrong with it.
    """
    if isinstance(value, dict):
        inner = rules.get("properties", {})
        return {str(key): converted(item, inner.get(str(key), {})) for key, item in value.items()}
    if isinstance(value, list):
        return [converted(item, rules.get("items", {})) for item in value]
    for option in rules.get("anyOf", [rules]):
        try:
            return CONVERSIONS[option.get("type")](value)
        except (KeyError, TypeError, ValueError, OverflowError):
            continue
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def whole(value) -> int:
    """128, 128.0 and "128" as 128; ValueError or TypeError for all else."""
    if isinstance(value, bool) or (isinstance(value, float) and not value.is_integer()):
        raise ValueError(value)
    return int(value)


def finite(value) -> float:
    """Numbers and their texts as a float; ValueError or TypeError for all else, NaN included."""
    if isinstance(value, bool) or not math.isfinite(float(value)):
        raise ValueError(value)
    return float(value)


def truth(value) -> bool:
    """True and False and their texts as a boolean; KeyError for all else."""
    return {"true": True, "false": False}[str(value).lower()]


CONVERSIONS = {"integer": whole, "number": finite, "boolean": truth}


def completed(value, rules: dict):
    """The value with the schema's defaults where a key is absent, all the way down."""
    if not isinstance(value, dict):
        return value
    result = dict(value)
    for key, inner in rules.get("properties", {}).items():
        if key in result or "default" in inner:
            result[key] = completed(result.get(key, inner.get("default")), inner)
    return result


def explained(fault, prefix: str) -> ConfigurationError:
    """The validator's finding as a sentence that names key, value and what is allowed."""
    path = prefix + dotted(fault.absolute_path)
    rules = fault.schema
    if fault.validator == "anyOf" and isinstance(fault.instance, dict):
        kinds = {i: option.get("type") for i, option in enumerate(rules["anyOf"])}
        inner = [each for each in fault.context if kinds[each.schema_path[0]] == "object"]
        return explained(inner[0], prefix) if inner else error(path, fault.instance, allowed(rules))
    if fault.validator == "additionalProperties":
        unknown = next(key for key in fault.instance if key not in rules["properties"])
        near = difflib.get_close_matches(str(unknown), rules["properties"], 1)
        hint = f"; did you mean {near[0]}?" if near else ""
        where = f"{path.rstrip('.')}." if path else ""
        known = ", ".join(rules["properties"])
        return ConfigurationError(
            f"config: unknown key {where}{unknown}; known here: {known}{hint}"
        )
    if fault.validator == "required":
        missing = next(key for key in rules["required"] if key not in fault.instance)
        return ConfigurationError(f"config: {path.rstrip('.') or missing} lacks the key {missing}")
    return error(path, fault.instance, allowed(rules))


def dotted(path: Iterable[str | int]) -> str:
    """A place in the configuration, as people write it: keys after dots, positions in brackets."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return "".join(parts).removeprefix(".")


def allowed(rules: dict) -> str:
    """A schema's rules in words, for messages and for the table in the docs."""
    if "anyOf" in rules:
        return " or ".join(allowed(option) for option in rules["anyOf"])
    if "const" in rules:
        return str(rules["const"])
    if "enum" in rules:
        return " or ".join(str(item) for item in rules["enum"])
    if rules.get("pattern") == PRINTABLE:
        rules = {key: value for key, value in rules.items() if key != "pattern"}
        return f"{allowed(rules)}, on one line"
    if "pattern" in rules:
        return f"a name that matches {rules['pattern']}"
    bounds = [
        words.format(rules[key])
        for key, words in {
            "minimum": "at least {}",
            "exclusiveMinimum": "above {}",
            "maximum": "at most {}",
            "exclusiveMaximum": "below {}",
            "minItems": "at least {} long",
            "minLength": "not empty",
            "maxLength": "at most {} characters",
        }.items()
        if key in rules
    ]
    kind = {"array": "list", "object": "mapping", "string": "text"}.get(
        rules.get("type"), rules.get("type", "value")
    )
    if "items" in rules:
        kind += f" of ({allowed(rules['items'])})"
    if rules.get("uniqueItems"):
        kind += ", each once"
    return ", ".join([kind, *bounds])


def error(path: str, value, expected: str) -> ConfigurationError:
    """The sentence that every refused value gets."""
    found = repr(value) if len(repr(value)) < 200 else repr(value)[:200] + "…"
    return ConfigurationError(f"config: {path} is {found}; allowed: {expected}")
