"""The rebuild matrix: edit this, and exactly these jobs run."""

import os
import shutil
import subprocess
import time
from copy import deepcopy

import pytest
from project import ROOT

from handwritten.config.fields import Section
from handwritten.config.models import Configuration
from handwritten.config.runs import RUNS
from handwritten.plan import plan

pytestmark = pytest.mark.promise("rebuilds")
SCRIPTS = "workflow/scripts"
LIBRARY = "workflow/scripts/handwritten"
NOTHING = {}
PUBLISH = {"publish": 1}
PAGE = {"report": 1} | PUBLISH
FIGURES = {"confusion_matrix": 2} | PAGE
ROBUSTNESS = {"robustness": 2} | PAGE
CHECKS = {"check_gradients": 1} | PAGE
METRICS = {"evaluate": 2} | FIGURES
ANSWERS = METRICS | ROBUSTNESS
ONE_S_ANSWERS = {"evaluate": 1, "confusion_matrix": 1, "robustness": 1} | PAGE
PHASE1 = {"train_phase1": 1} | ONE_S_ANSWERS
PHASE2 = {"train_phase2": 1} | ONE_S_ANSWERS
PHASE2_AND_ANSWERS = {"train_phase2": 1} | ANSWERS
MODELS = {"train_phase1": 1} | PHASE2_AND_ANSWERS
DATA = {"parse_idx": 1} | MODELS
DIGITS = {"generate_digits": 1} | DATA
ALL = DIGITS | CHECKS


def test_no_change_runs_nothing(built):
    assert built.jobs() == {}


def test_a_fresh_clone_with_the_results_copied_runs_nothing(clone):
    assert not (clone.folder / ".snakemake").exists()
    assert clone.jobs() == {}


def test_touching_every_file_runs_nothing(clone):
    later = time.time() + 1000
    for path in sorted(clone.folder.rglob("*")):
        os.utime(path, (later, later))
        later += 1
    assert clone.jobs() == {}


# What an edit, in a file, of old to new runs again; a few of each kind, and the rest with --full.
EDITS = [
    (f"{LIBRARY}/learning/network.py", "a[l] += b", "a[l] += b  # bias", PAGE),  # it is shown
    (f"{LIBRARY}/learning/network.py", "# The chain rule", "# A chain rule", {}),
    (
        f"{LIBRARY}/plan/report.py",
        "shown.runs[-1].confusion_matrix",
        "shown.runs[0].confusion_matrix",
        {"publish": 1},
    ),
    ("workflow/report/report.rst", "The page", "A page", {}),
    ("workflow/report/shared/page.css", "margin: 0;", "margin: 1px;", PAGE),
    (f"{LIBRARY}/page/figures.py", "alpha=0.25", "alpha=0.3", FIGURES),
    (f"{LIBRARY}/evaluation/metrics.py", "Z95 * Z95", "Z95 ** 2", ANSWERS),
    (f"{LIBRARY}/learning/optimizers.py", "velocity +=", "velocity[:] +=", PHASE2),
    (
        "workflow/scripts/train_phase1.py",
        "step % 25 == 0",
        "step % 20 == 0",
        PHASE1 | CHECKS,
    ),
    ("workflow/report/draw/draw.js", "20 / 28", "21 / 28", PAGE),
    ("config.yaml", "seed: 1", "seed: 2", ALL),
    ("config.yaml", "reported_accuracy: 0.86", "reported_accuracy: 0.87", PAGE),
    ("config.yaml", "timeout_seconds: 10", "timeout_seconds: 11", {}),
]
MORE_EDITS = [
    (f"{LIBRARY}/learning/network.py", "# The chain rule", "#\n# The chain rule", PAGE),
    (f"{LIBRARY}/learning/batches.py", "import numpy", "# Arrays\nimport numpy", {}),
    (f"{LIBRARY}/learning/network.py", '"""The network: its', '"""A network: its', {}),
    ("envs/numpy.yaml", "# For steps", "# Steps", {}),
    ("workflow/report/shared/report.html.j2", "A neural network", "One neural network", PAGE),
    ("workflow/report/mathematics/section.html.j2", "Where learning starts", "The start", PAGE),
    (f"{LIBRARY}/learning/gradient_check.py", "ROWS = 5", "ROWS = 6", CHECKS),
    (f"{LIBRARY}/page/embedding.py", "2_000", "1_000", PAGE),
    (
        f"{LIBRARY}/learning/network.py",
        "SLICE = 1024",
        "SLICE = 512",
        PHASE2_AND_ANSWERS | CHECKS,
    ),
    (
        f"{LIBRARY}/data/preparation.py",
        "np.float32(255)",
        "np.float32(256)",
        MODELS | CHECKS,
    ),
    (f"{LIBRARY}/data/idx.py", "MAX_RANK = 64", "MAX_RANK = 32", ALL),
    (f"{LIBRARY}/artifacts/provenance.py", "FORMAT = 1", "FORMAT = 2", ALL),
    (
        "config.yaml",
        "steps: 30",
        "steps: 31",
        PHASE1,
    ),
    ("config.yaml", "dev_size: 200", "dev_size: 201", DATA),
    ("config.yaml", "- mirrors", "- https://example.org/mnist/", {}),
    ("config.yaml", "epochs: 500", "epochs: 501", {}),  # of a run that is not reported
]


@pytest.mark.parametrize(
    ("file", "old", "new", "jobs"),
    [*EDITS, *(pytest.param(*edit, marks=pytest.mark.full) for edit in MORE_EDITS)],
    ids=lambda value: value.split("/")[-1] if isinstance(value, str) else "",
)
def test_an_edit_runs_exactly_what_depends_on_it(clone, file, old, new, jobs):
    clone.edit(file, old, new)
    assert clone.jobs() == jobs


# What a change of logic in each module and script makes again, of a build with phase 1 and phase 2
# on generated digits.
EVERY_MODULE = {
    "data/datasets.py": DIGITS,
    "data/generated.py": DIGITS,
    "data/idx.py": ALL,
    "data/local_files.py": ALL,
    "data/pictures.py": NOTHING,  # of predict, which is no step
    "data/preparation.py": MODELS | CHECKS,
    "data/shapes.py": DIGITS,
    "data/splits.py": DATA | CHECKS,  # phase 1 reads the files itself when it is run by hand
    "export/json_file.py": NOTHING,  # the page needs no export
    "export/onnx_file.py": NOTHING,
    "export/safetensors_file.py": NOTHING,
    "evaluation/calibration.py": METRICS,
    "evaluation/ensemble.py": ANSWERS,
    "evaluation/comparison.py": PAGE,
    "evaluation/corruptions.py": ROBUSTNESS,
    "evaluation/health.py": METRICS,
    "evaluation/ablation.py": NOTHING,
    "evaluation/metrics.py": ANSWERS,
    "evaluation/robustness.py": ROBUSTNESS,
    "evaluation/sweep.py": NOTHING,
    "evaluation/test_time_augmentation.py": ANSWERS,
    "learning/activations.py": PHASE2_AND_ANSWERS | CHECKS,
    "learning/augmentation.py": PHASE2_AND_ANSWERS,
    "learning/backpropagation.py": PHASE2,
    "learning/batches.py": PHASE2_AND_ANSWERS,
    "learning/declaration.py": PHASE2_AND_ANSWERS | CHECKS,
    "learning/divergence.py": PHASE2,
    "learning/dropout.py": PHASE2_AND_ANSWERS | CHECKS,
    "learning/gradient_check.py": CHECKS,
    "learning/ideas.py": NOTHING,
    "learning/initialisations.py": PHASE2,
    "learning/losses.py": PHASE2_AND_ANSWERS | CHECKS,
    "learning/network.py": PHASE2_AND_ANSWERS | CHECKS,
    "learning/optimizers.py": PHASE2,
    "learning/regularisation.py": PHASE2 | CHECKS,
    "learning/schedules.py": PHASE2,
    "learning/training.py": PHASE2,
    "page/circumstances.py": PUBLISH,
    "page/embedding.py": PAGE,
    "page/errors_section.py": FIGURES,
    "page/formats.py": PAGE,
    "page/calibration_section.py": PAGE,
    "page/robustness_section.py": PAGE,
    "page/runs.py": PAGE,
    "page/sources.py": PAGE,
    "page/summary.py": PAGE,
    "page/training_section.py": PAGE,
    "page/figures.py": FIGURES,
    "page/index.py": PUBLISH,
    "page/ablation_section.py": NOTHING,
    "page/notebook_page.py": NOTHING,
    "page/page.py": PAGE,
    "page/sweep_page.py": NOTHING,
    "page/reference_section.py": PAGE,
    "artifacts/provenance.py": ALL,
    "artifacts/writing.py": ALL,
    "plan/ablation.py": NOTHING,
    "plan/candidates.py": NOTHING,
    "plan/context.py": NOTHING,
    "plan/data.py": NOTHING,
    "plan/evaluation.py": NOTHING,
    "plan/export.py": NOTHING,
    "plan/fallback.py": NOTHING,
    "plan/layout.py": NOTHING,
    "plan/notebooks.py": NOTHING,
    "plan/plan.py": NOTHING,
    "plan/publication.py": NOTHING,
    "plan/reference.py": NOTHING,
    "plan/report.py": NOTHING,
    "plan/runs.py": NOTHING,
    "plan/steps.py": NOTHING,
    "plan/sweeps.py": NOTHING,
    "plan/training.py": NOTHING,
    "artifacts/checkpoints.py": ALL,
    "config/configuration.py": NOTHING,
    "config/documentation.py": NOTHING,
    "config/fields.py": NOTHING,
    "config/inheritance.py": NOTHING,
    "config/loading.py": NOTHING,
    "config/messages.py": NOTHING,
    "config/models.py": NOTHING,
    "config/runs.py": NOTHING,
    "config/schema.py": NOTHING,
    "config/sweep_settings.py": NOTHING,
    "export/crate.py": NOTHING,
    "page/excerpts.py": PAGE,
    "io/files.py": ALL,
    "artifacts/lock.py": NOTHING,
    "artifacts/logs.py": ALL,
    "data/own_data.py": NOTHING,
    "artifacts/progress.py": MODELS | CHECKS,
    "page/publication.py": PUBLISH,
    "page/results.py": NOTHING,
    "download/sources.py": NOTHING,  # generated digits come from nowhere
    "io/storage.py": NOTHING,
    "download/transfer.py": NOTHING,
    "artifacts/verification.py": NOTHING,
    "io/fingerprints.py": NOTHING,
    "predict.py": NOTHING,
    "randomness.py": ALL,
    "reference/agreement.py": NOTHING,
    "reference/pytorch.py": NOTHING,
    "reference/side_by_side.py": NOTHING,
}
EVERY_SCRIPT = {
    "check_gradients.py": CHECKS,
    "ensemble.py": NOTHING,
    "compare_pytorch.py": NOTHING,
    "confusion_matrix.py": FIGURES,
    "download.py": NOTHING,
    "crate.py": NOTHING,
    "evaluate.py": METRICS,
    "export.py": NOTHING,
    "generate_digits.py": DIGITS,
    "import_data.py": NOTHING,
    "ablation.py": NOTHING,
    "parse_idx.py": DATA,
    "publish.py": PUBLISH,
    "publish_notebooks.py": NOTHING,
    "report.py": PAGE,
    "robustness.py": ROBUSTNESS,
    "run_notebook.py": NOTHING,
    "sweep.py": NOTHING,
    "sweep_round.py": NOTHING,
    "train_members.py": NOTHING,
    "train_phase1.py": PHASE1 | CHECKS,
    "train_phase2.py": PHASE2,
}


def test_the_tables_name_every_module_and_script():
    library = {
        str(path.relative_to(ROOT / LIBRARY))
        for path in (ROOT / LIBRARY).rglob("*.py")
        if path.name != "__init__.py"
    }
    assert library == set(EVERY_MODULE)
    assert {path.name for path in (ROOT / SCRIPTS).glob("*.py")} == set(EVERY_SCRIPT)


@pytest.mark.full
@pytest.mark.parametrize(
    ("file", "jobs"),
    [(f"{LIBRARY}/{name}", jobs) for name, jobs in EVERY_MODULE.items()]
    + [(f"{SCRIPTS}/{name}", jobs) for name, jobs in EVERY_SCRIPT.items()],
)
def test_more_logic_in_any_file_runs_exactly_what_depends_on_it(clone, file, jobs):
    path = clone.folder / file
    path.write_text(f"{path.read_text()}\nmore = 1\n")
    assert clone.jobs() == jobs


def test_more_words_in_every_file_run_nothing_but_the_page_whose_line_numbers_they_move(clone):
    files = [f for f in (clone.folder / SCRIPTS).rglob("*.py") if f.name != "__init__.py"]
    for file in files:
        file.write_text(f"{file.read_text()}\n\n\n# One more comment.\n")
    assert clone.jobs() == NOTHING
    for file in files:
        file.write_text(f"# And another one.\n{file.read_text()}")
    assert clone.jobs() == PAGE


# What every setting makes again when it changes to this value.
EVERY_SETTING = {
    "seed": (2, ALL),
    "dev_size": (201, DATA),
    "report": (["phase2", "phase1"], PAGE),
    "download.sources": (["https://example.org/"], NOTHING),
    "download.timeout_seconds": (11, NOTHING),
    "download.if_unreachable": ("fail", NOTHING),
    "generated.train": (1201, DIGITS),
    "generated.test": (301, DIGITS),
    "compare_pytorch": (True, {"compare_pytorch": 1} | PAGE),
    "ablation.train": (False, NOTHING),
    "ablation.seeds": ([1, 2, 3], NOTHING),
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
    return counts | ({} if planned.publication.is_current else PUBLISH)


@pytest.mark.full
def test_an_upgraded_package_runs_what_imports_it(clone, monkeypatch, tmp_path):
    """As after an edit of the lock and an installation: the environment reports another version."""
    for package, jobs in (("numpy", ALL), ("matplotlib", FIGURES), ("pooch", NOTHING)):
        record = tmp_path / package / f"{package}-99.0.dist-info"
        record.mkdir(parents=True)
        (record / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 99.0\n")
        (record / "top_level.txt").write_text(package)
        monkeypatch.setenv("PYTHONPATH", str(tmp_path / package))
        assert clone.jobs() == jobs


def test_a_checkout_that_moved_runs_nothing(clone, tmp_path):
    clone.folder = clone.folder.rename(tmp_path / "moved elsewhere")
    assert clone.jobs() == NOTHING


def test_results_in_another_folder_are_another_build(clone, tmp_path):
    there = tmp_path / "there"
    there.mkdir()
    assert clone.jobs("--directory", str(there), "--configfile", "config.yaml") == ALL
    shutil.move(clone.folder / "results", there / "results")
    shutil.move(clone.folder / "resources", there / "resources")
    assert clone.jobs("--directory", str(there), "--configfile", "config.yaml") == NOTHING


def test_a_branch_switched_to_and_back_runs_nothing(clone):
    def git(*arguments):
        names = ["-c", "user.name=n", "-c", "user.email=e"]
        subprocess.run(["git", *names, *arguments], cwd=clone.folder, check=True, timeout=60)

    git("init", "--quiet", "--initial-branch", "main")
    git("add", *(name for name in os.listdir(clone.folder) if name not in ("results", "resources")))
    git("commit", "--quiet", "--message", "one")
    git("switch", "--quiet", "--create", "other")
    clone.edit(f"{LIBRARY}/learning/optimizers.py", "velocity +=", "velocity[:] +=")
    git("commit", "--quiet", "--all", "--message", "two")
    assert clone.jobs() == PHASE2
    git("switch", "--quiet", "main")
    assert clone.jobs() == NOTHING


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


@pytest.mark.parametrize(
    ("what", "jobs"),
    [
        ("report.html", {"publish": 1}),
        ("index.html", {"publish": 1}),
        # Snakemake also runs the direct readers of a file that it has to make again.
        ("report", PAGE),
        ("evaluate", {"evaluate": 2, "confusion_matrix": 2, "report": 1}),
        (
            "train_phase1/*/model.npz",
            {"train_phase1": 1, "evaluate": 1, "robustness": 1, "report": 1},
        ),
        (
            "parse_idx",
            {"parse_idx": 1, "train_phase1": 1, "train_phase2": 1, "report": 1}
            | {"evaluate": 2, "robustness": 2},
        ),
        ("*", DATA | CHECKS),
    ],
)
def test_what_is_deleted_is_made_again(clone, what, jobs):
    delete(clone, what)
    assert clone.jobs() == jobs


@pytest.mark.full
def test_what_is_made_again_is_the_same(clone):
    before = clone.artifacts()
    delete(clone, "*/*/*[!n]")  # of every artifact all files but the JSON ones
    delete(clone, "evaluate")
    clone.snakemake("--forceall")
    assert clone.artifacts() == before
    assert clone.jobs() == {}


def delete(project, what):
    """Delete what a pattern names among the results."""
    found = list((project.folder / "results/generated").glob(what))
    assert found
    for path in found:
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def test_a_damaged_artifact_is_named_and_goes_no_further(clone):
    (data,) = clone.folder.glob("results/generated/parse_idx/*/dev.npz")
    content = bytearray(data.read_bytes())
    content[5000] ^= 1
    data.write_bytes(content)
    said = clone.snakemake("--config", "seed=1", 'runs={"phase1": {"steps": 31}}', status=1)
    assert "dev.npz has SHA-256" in said and "delete the folder" in said


def test_more_threads_than_cores_count_as_the_cores(clone):
    assert clone.jobs("--config", 'runs={"phase2": {"threads": 2}}', "--cores", "1") == {}
    assert clone.jobs("--config", 'runs={"phase2": {"threads": 2}}', "--cores", "2") == PHASE2
