import copy
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from handwritten.config import configuration
from handwritten.config.configuration import validated
from handwritten.config.messages import RENAMED, ConfigurationError

ROOT = Path(__file__).parents[2]
SHIPPED = yaml.safe_load((ROOT / "config.yaml").read_text())
OLD = {new: old.removeprefix("old_") for old, new in RENAMED.items()}


def changed(path, value):
    """The shipped configuration with one value changed, at a path like runs.phase2.l2."""
    config = copy.deepcopy(SHIPPED)
    *above, key = path.split(".")
    inner = config
    for part in above:
        inner = inner[part]
    inner[key] = value
    return config


def test_the_shipped_configuration_is_valid():
    config = validated(SHIPPED)
    full_batch = config["runs"]["phase2_full_batch"]
    assert full_batch["batch_size"] == "full"
    assert full_batch["layer_dims"] == [784, 128, 64, 10]
    assert "extends" not in full_batch
    ensemble = config["runs"].pop("phase2_ensemble")
    assert (ensemble["of"], ensemble["seeds"]) == ("phase2", [1, 2, 3, 4, 5])
    assert config["runs"].pop("record_ensemble")["of"] == "record"
    assert all(run["seed"] == 1 for run in config["runs"].values())


def test_the_shipped_values_are_the_defaults():
    """So that config.yaml may be cut down to what a user changes, and nothing else moves."""
    config = validated(SHIPPED)
    trainers = {"phase1": {"trainer": "phase1"}, "phase2": {"trainer": "phase2"}}
    short = validated({"runs": trainers})
    for name in trainers:
        trained = {k: v for k, v in config["runs"][name].items() if k != "reported_accuracy"}
        assert short["runs"][name] == trained
    for key in ("steps", "baselines"):
        assert config["ablation"].pop(key) and not short["ablation"].pop(key)
    assert config["sweep"].pop("settings") and not short["sweep"].pop("settings")
    assert short | {"runs": None} == config | {"runs": None}


def test_text_from_the_command_line_becomes_the_schema_s_type():
    given = changed("seed", "7")
    given["runs"]["phase2"] |= {"layer_dims": ["784", "32", "10"], "l2": "1e-4", "batch_size": "64"}
    given["runs"]["phase1"]["learning_rate"] = "0.25"
    config = validated(given)
    run = config["runs"]["phase2"]
    assert (config["seed"], run["seed"]) == (7, 7)
    assert run["layer_dims"] == [784, 32, 10]
    assert (run["l2"], run["batch_size"]) == (1e-4, 64)
    assert config["runs"]["phase1"]["learning_rate"] == 0.25


def test_equal_numbers_give_equal_settings():
    for path, one, other in [
        ("runs.phase2.l2", 0, 0.0),
        ("runs.phase2.batch_size", 128, 128.0),
        ("runs.phase2.learning_rate", 1, "1.0"),
    ]:
        a, b = validated(changed(path, one)), validated(changed(path, other))
        assert repr(a) == repr(b)


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("dataset", "cifar", "dataset is 'cifar'; allowed: mnist or fashion-mnist or kmnist"),
        ("sed", 1, "unknown key sed; .*did you mean seed?"),
        ("seed", -1, "seed is -1; allowed: integer, at least 0"),
        ("seed", True, "seed is True; allowed: integer"),
        ("seed", "many", "seed is 'many'; allowed: integer"),
        ("seed", None, "seed is empty"),
        (
            "dataset",
            {"name": "123", "images": "x"},
            "dataset.name is '123'; .*begins with a letter",
        ),
        (
            "dataset",
            {"name": "a", "images": None},
            r"images is empty; .*or list of 2, .*example \[t",
        ),
        (
            "dataset",
            {"name": "a", "images": "x", "size": 28},
            r"dataset.size is 28; allowed: list of 2, each integer, .* \(for example \[28, 28\]\)",
        ),
        ("dev_size", 60_000, "dev_size is 60000; allowed: less than the 60000 training images"),
        ("download.sources", ["s3://mnist"], r"sources\[0\] is 's3://mnist'; allowed: folders"),
        ("dev_size", 12.5, "dev_size is 12.5; allowed: integer"),
        ("report", [], "report is .*allowed: list of .text., each once, at least 1 long"),
        ("report", ["phase3"], r"report\[0\] is 'phase3'; allowed: one of phase1, phase2"),
        ("report", "phase1", "report is 'phase1'; allowed: list"),
        ("download.timeout_seconds", 0, "download.timeout_seconds is 0; allowed: .*above 0"),
        ("download.timeout", 3, "unknown key download.timeout; .*did you mean timeout_seconds?"),
        ("download.sources", ["a", 1], r"download.sources\[1\] is 1; allowed: text"),
        ("runs", {}, "runs is {}; allowed"),
        ("runs.phase2", None, "runs.phase2 is empty; allowed: mapping"),
        ("runs.Phase 2", {"trainer": "phase2"}, "runs is 'Phase 2'; allowed: a name of lower-case"),
        ("runs.phase2.trainer", "phase3", "runs.phase2.trainer is 'phase3'; allowed: one of"),
        ("runs.phase2.learning_rte", 1, "unknown key runs.phase2.learning_rte; .*learning_rate?"),
        ("runs.phase2.learning_rate", 0, "runs.phase2.learning_rate is 0; .*above 0"),
        ("runs.phase2.learning_rate", float("nan"), "learning_rate is nan; allowed: number"),
        ("runs.phase2.learning_rate", "inf", "learning_rate is 'inf'; allowed: number"),
        ("runs.phase2.momentum", 1, "runs.phase2.momentum is 1; allowed: .*below 1"),
        ("runs.phase2.batch_size", "half", "batch_size is 'half'; allowed: integer.* or full"),
        (
            "runs.phase2.layer_dims",
            [784, 0, 10],
            r"layer_dims\[1\] is 0; allowed: integer, at least 1",
        ),
        ("runs.phase2.layer_dims", [780, 10], "layer_dims is .*begins with 784 .*ends with 10"),
        ("runs.phase2.hidden_units", 10, "unknown key runs.phase2.hidden_units"),
        ("runs.phase2_full_batch.extends", "phase3", "extends is 'phase3'; allowed: one of"),
        ("runs.phase2.extends", "phase2_full_batch", "a run that does not lead back here"),
        ("runs.phase2_ensemble.of", "phase3", "of is 'phase3'; allowed: one of phase1, phase2, "),
        ("runs.phase2_ensemble.seeds", [1], r"seeds is \[1\]; allowed: .*at least 2 long"),
        ("runs.phase2_ensemble.seed", 1, "unknown key runs.phase2_ensemble.seed; "),
        ("runs.five", {"trainer": "ensemble"}, "config: runs.five lacks the key of"),
        ("ablation.train", "perhaps", "ablation.train is 'perhaps'; allowed: boolean"),
        ("ablation.seeds", [1, 1], "ablation.seeds is .*each once"),
        ("ablation", {"train": "true"}, r"ablation.steps is \[\]; allowed: at least one step"),
        ("runs.phase2.extends", ["phase1"], "extends is .*allowed: one of"),
    ],
)
def test_a_bad_value_is_refused_with_key_value_and_what_is_allowed(path, value, message):
    with pytest.raises(ConfigurationError, match=message):
        validated(changed(path, value))


def test_a_configuration_without_runs_is_refused():
    with pytest.raises(ConfigurationError, match="the configuration lacks the key runs"):
        validated({"seed": 1})


@pytest.mark.parametrize(
    ("path", "value", "hint"),
    [
        ("dataset", "MNIST", "did you mean mnist?"),
        ("dataset", "fashion_mnist", "did you mean fashion-mnist?"),
        ("runs.phase2.activation", "ReLU", "did you mean relu?"),
        ("runs.phase2.activation", "LeakyReLU", "did you mean leaky_relu?"),
        ("runs.phase2.optimizer", "adamw", "did you mean adam?"),
        ("runs.phase2.schedule", "one-cycle", "did you mean one_cycle?"),
        ("runs.phase2.batch_size", "Full", "did you mean full?"),
        ("runs.phase2.trainer", "phase_2", "did you mean phase2?"),
        ("runs.phase2_full_batch.extends", "phase22", "did you mean phase2?"),
        ("runs.phase2_ensemble.of", "Phase2", "did you mean phase2?"),
        ("report", ["phase1", "phase-2"], "did you mean phase2?"),
        ("sweep.method", "Halving", "did you mean halving?"),
        ("sweep.settings.learningrate", [1], "did you mean learning_rate?"),
        ("runs.phase2", "activation:relu", "write a space after the colon"),
        ("report", "-phase1 -phase2", "write a space after the hyphen"),
        (OLD["ablation"], {"train": True}, "unknown key .* is now called ablation"),
        (f"ablation.{OLD['steps']}", [], "is now called steps"),
        ("ablation.steps", [{"idea": "a", "extends": "phase1"}], "idea is now called change"),
        ("runs.phase1.claim", 0.86, "claim is now called reported_accuracy"),
        ("runs.phase2.weight_average", 0.999, "weight_average is now called ema_decay"),
        ("runs.phase2.clip_norm", 1, "clip_norm is now called clip_grad_norm"),
        ("runs.five", {"trainer": OLD["ensemble"], "of": "phase2"}, "is now called ensemble"),
        ("sweep.trainings_a_job", 3, "trainings_a_job is now called trainings_per_job"),
    ],
)
def test_a_refusal_says_what_was_probably_meant(path, value, hint):
    with pytest.raises(ConfigurationError, match=hint):
        validated(changed(path, value))


def test_a_run_may_not_have_the_name_of_another_target():
    config = validated(changed("runs.evaluate", {"extends": "phase2"}))
    with pytest.raises(ConfigurationError, match="the name evaluate is taken"):
        configuration.check_run_names(config, {"all", "evaluate"})
    configuration.check_run_names(config, {"all"})


@pytest.mark.parametrize("end", ["\n", "\r", "\0", "\u2028"])
@pytest.mark.parametrize(
    "settings",
    [
        lambda name: {"runs": {name: {"trainer": "phase1"}}, "report": [name]},
        lambda name: {"report": ["phase1", name]},
        lambda name: {"dataset": {"name": name, "images": "folder"}},
        lambda name: {"dataset": {"name": "a", "images": "b", "classes": ["one", name]}},
        lambda name: {"dataset": name},
        lambda name: {"sweep": {"extends": name, "settings": {"l2": [0, 1]}, "method": name}},
    ],
)
def test_a_name_ends_where_it_ends(settings, end):
    """`$` in a pattern of Python stands before a line break too."""
    given = {"runs": {"mnist": {"trainer": "phase1"}}, "report": ["mnist"]}
    with pytest.raises(ConfigurationError):
        validated(given | settings(f"mnist{end}"))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({None: 1}, "the configuration has a key that is not text"),
        ({3: 1}, "the configuration has a key that is not text"),
        ({"\ud800": 1}, "the configuration has a key that is not text"),
        ({"dataset": {None: 1}}, "dataset has a key that is not text"),
        ({"runs": {None: {}}}, "runs is 'null'; allowed: a name"),
        ({"runs": {"phase1": {None: 1}}}, "runs.phase1 is 'null'; allowed: text"),
    ],
)
def test_a_dictionary_of_another_workflow_may_have_any_keys(settings, message):
    with pytest.raises(ConfigurationError, match=message):
        validated(SHIPPED | settings)


def test_a_long_chain_of_runs_is_refused():
    runs = {f"r{i}": {"extends": f"r{i - 1}"} for i in range(1200, 0, -1)}
    started = time.process_time()
    with pytest.raises(ConfigurationError, match=r"runs\.r1151\.extends is .*50 runs extend each"):
        validated({"runs": runs | {"r0": {"trainer": "phase1"}}, "report": ["r0"]})
    assert time.process_time() - started < 1


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
    ),
    max_leaves=5,
)
PATHS = ["dataset", "seed", "report", "download", "download.sources", "generated", "runs"]
PATHS += [f"runs.phase2.{key}" for key in SHIPPED["runs"]["phase2"]]
PATHS += ["runs.phase1", "runs.phase2_full_batch.extends", "download.junk"]
PATHS += ["ablation", "ablation.seeds", "ablation.steps", "runs.phase2_ensemble.of"]
PATHS += ["sweep", "sweep.settings", "sweep.settings.l2", "sweep.extends", "sweep.seeds"]


@given(st.sampled_from(PATHS), JUNK)
def test_junk_is_refused_or_runs(path, value):
    try:
        config = validated(changed(path, value))
    except ConfigurationError as refusal:
        assert len(str(refusal)) < 1500
    else:
        assert validated(config) == config


def test_nothing_stops_early_by_a_dev_set_that_it_learns_from():
    run = {"trainer": "phase2", "train_on": "all", "early_stopping": 3}
    with pytest.raises(ConfigurationError, match=r"final\.early_stopping is 3.*train_on is all"):
        validated({"runs": {"final": run}, "report": ["final"]})


@pytest.mark.parametrize(
    ("source", "trusted"),
    [
        ("resources/{dataset}", True),
        ("mirrors", True),
        ("https://example.org/mnist/", True),
        ("http://127.0.0.1:8000/", True),
        ("http://localhost/", True),
        ("http://example.org/mnist/", False),
        ("http://localhost.example.org/", False),
        ("http://localhost@example.org/", False),
        ("ftp://example.org/", False),
        ("file:///etc", False),
        ("https://", False),
        ("http://[", False),
        ("a\0b", False),
    ],
)
def test_sources_are_folders_or_addresses_that_can_be_trusted(source, trusted):
    config = changed("download.sources", [source])
    if trusted:
        validated(config)
    else:
        with pytest.raises(ConfigurationError, match=r"sources\[0\] is .*https:// addresses"):
            validated(config)


def test_a_run_does_not_take_over_what_the_original_project_reported_of_another():
    runs = validated(changed("runs.mine", {"extends": "phase2", "epochs": 3}))["runs"]
    assert runs["phase2"]["reported_accuracy"] == 0.92
    assert not runs["mine"].get("reported_accuracy")
