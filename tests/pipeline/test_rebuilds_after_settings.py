"""The rebuild matrix, settings: another value of this, and exactly these jobs run."""

from copy import deepcopy

import pytest
from expected_jobs import (
    ALL,
    DATA,
    DIGITS,
    METRICS,
    NOTHING,
    ONE_S_ANSWERS,
    PAGE,
    PHASE1,
    PHASE2,
    PUBLISH,
)

from handwritten.config.fields import Section
from handwritten.config.run_settings import RUNS
from handwritten.config.sections import Configuration
from handwritten.plan import plan

pytestmark = pytest.mark.promise("rebuilds")


# What every setting makes again when it changes to this value.
EVERY_SETTING = {
    "seed": (2, ALL),
    "dev_size": (201, DATA),
    "accepted_error_rate": (0.1, METRICS),
    "report": (["phase2", "phase1"], PAGE),
    "download.sources": (["https://example.org/"], NOTHING),
    "download.timeout_seconds": (11, NOTHING),
    "download.if_unreachable": ("fail", NOTHING),
    "generated.train": (1201, DIGITS),
    "generated.test": (301, DIGITS),
    "submissions": ("exercises", NOTHING),
    "compare_pytorch": (True, {"compare_pytorch": 1} | PAGE),
    "ablation.train": (False, NOTHING),
    "ablation.seeds": ([1, 2, 3], NOTHING),
    "ablation.baselines": ([], NOTHING),
    "ablation.steps": ([], NOTHING),
    "sweep.extends": ("phase2_full_batch", NOTHING),
    "sweep.method": ("random", NOTHING),
    "sweep.candidates": (3, NOTHING),
    "sweep.rounds": (2, NOTHING),
    "sweep.keep": (2, NOTHING),
    "sweep.seeds": ([1], NOTHING),
    "sweep.trainings_per_job": (1, NOTHING),
    "sweep.settings": ({"learning_rate": [0.1, 0.2]}, NOTHING),
    "runs.phase1.reported_accuracy": (0.5, PAGE),
    "runs.phase1.hidden_units": (11, PHASE1),
    "runs.phase1.initial_range": (0.4, PHASE1),
    "runs.phase1.steps": (31, PHASE1),
    "runs.phase1.learning_rate": (0.2, PHASE1),
    "runs.phase1.seed": (2, PHASE1),
    "runs.phase2.reported_accuracy": (0.5, PAGE),
    "runs.phase2.layer_dims": ([784, 64, 10], PHASE2),
    "runs.phase2.activation": ("tanh", PHASE2),
    "runs.phase2.initialisation": ("xavier", PHASE2),
    "runs.phase2.batch_size": (64, PHASE2),
    "runs.phase2.epochs": (4, PHASE2),
    "runs.phase2.optimizer": ("adam", PHASE2),
    "runs.phase2.momentum": (0.8, PHASE2),
    "runs.phase2.learning_rate": (0.2, PHASE2),
    "runs.phase2.schedule": ("constant", PHASE2),
    "runs.phase2.warmup": (0.1, PHASE2),
    "runs.phase2.l2": (0.1, PHASE2),
    "runs.phase2.weight_decay": (0.1, PHASE2),
    "runs.phase2.clip_grad_norm": (1, PHASE2),
    "runs.phase2.max_norm": (1, PHASE2),
    "runs.phase2.ema_decay": (0.9, PHASE2),
    "runs.phase2.label_smoothing": (0.2, PHASE2),
    "runs.phase2.dropout": (0.1, PHASE2),
    "runs.phase2.input_dropout": (0.1, PHASE2),
    "runs.phase2.rotation": (5, PHASE2),
    "runs.phase2.scale": (0.1, PHASE2),
    "runs.phase2.shear": (0.1, PHASE2),
    "runs.phase2.shift": (1, PHASE2),
    "runs.phase2.elastic": (10, PHASE2),
    "runs.phase2.elastic_sigma": (6, PHASE2),
    "runs.phase2.undistorted": (0.5, PHASE2),
    "runs.phase2.early_stopping": (2, PHASE2),
    "runs.phase2.train_on": ("all", PHASE2),
    "runs.phase2.test_time_shift": (1, ONE_S_ANSWERS),
    "runs.phase2.threads": (2, PHASE2),
    "runs.phase2.seed": (2, PHASE2),
    "runs.phase2_ensemble.seeds": ([1, 3], NOTHING),
}


def keys(model: type[Section], path: str = "") -> set[str]:
    """The paths of all settings in a model and in its sections."""
    found = set()
    for key, field in model.model_fields.items():
        nested = isinstance(field.annotation, type) and issubclass(field.annotation, Section)
        found |= keys(field.annotation, f"{path}{key}.") if nested else {path + key}
    return found


def test_the_table_names_every_setting():
    wanted = keys(Configuration)
    wanted |= keys(RUNS["phase1"], "runs.phase1.") | keys(RUNS["phase2"], "runs.phase2.")
    shared = {"dataset", "runs", "runs.phase1.trainer", "runs.phase2.trainer"}
    assert wanted - shared == set(EVERY_SETTING) - {"runs.phase2_ensemble.seeds"}


@pytest.mark.parametrize("setting", EVERY_SETTING)
def test_another_value_of_any_setting_plans_exactly_what_depends_on_it(built, monkeypatch, setting):
    """By the plan that Snakemake is given, which takes milliseconds; a few go through Snakemake."""
    value, jobs = EVERY_SETTING[setting]
    monkeypatch.chdir(built.folder)
    config = deepcopy(built.config())
    for name in ("record", "record_ensemble"):  # extends phase2, and may not stop early
        del config["runs"][name]
    *parents, key = setting.split(".")
    inner = config
    for parent in parents:
        inner = inner.setdefault(parent, {})
    assert inner.get(key) != value
    inner[key] = value
    assert missing(plan.make_plan(config, 2, print)) == jobs


def missing(planned: plan.Plan) -> dict[str, int]:
    """How many steps behind the page and beside it are not built, by name."""
    steps, waiting = {}, [planned.report, *(run.confusion_matrix for run in planned.shown.runs)]
    while waiting:
        step = waiting.pop()
        steps[step.name, step.version] = step
        waiting += step.reads
    found = [step.name for step in steps.values() if not planned.context.is_built(step)]
    counts = {name: found.count(name) for name in found}
    return counts | ({} if planned.publication.current else PUBLISH)


@pytest.mark.full
def test_a_setting_changed_and_changed_back_retrains_nothing(clone):
    faster = ["--config", 'runs={"phase2": {"learning_rate": 0.05}}']
    assert clone.jobs(*faster) == PHASE2
    clone.snakemake(*faster)
    assert clone.jobs(*faster) == {}
    assert clone.jobs() == {"publish": 1}
    before = (clone.folder / "results/generated/report.html").read_text()
    clone.snakemake()
    assert (clone.folder / "results/generated/report.html").read_text() != before
    assert clone.jobs() == {}


def test_two_runs_that_agree_share_their_steps(clone):
    config = clone.config()
    config["runs"]["reference"] = {"extends": "phase2", "reported_accuracy": 0.5}
    config["report"] = ["phase1", "phase2", "reference"]
    clone.write_config(config)
    assert clone.jobs() == PAGE


def test_a_run_that_is_not_reported_is_a_target_of_its_own(clone):
    assert clone.jobs("phase2_full_batch") == {
        "phase2_full_batch": 1,
        "train_phase2": 1,
        "evaluate": 1,
        "confusion_matrix": 1,
    }


def test_more_threads_than_cores_count_as_the_cores(clone):
    assert clone.jobs("--config", 'runs={"phase2": {"threads": 2}}', "--cores", "1") == {}
    assert clone.jobs("--config", 'runs={"phase2": {"threads": 2}}', "--cores", "2") == PHASE2
