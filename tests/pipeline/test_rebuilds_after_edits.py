"""The rebuild matrix, code: edit this, and exactly these jobs run."""

import pytest
from expected_jobs import (
    ADVERSARIAL,
    ALL,
    ANSWERS,
    CHECKS,
    DATA,
    DIGITS,
    FIGURES,
    METRICS,
    MODELS,
    NOTHING,
    OUT_OF_DISTRIBUTION,
    PAGE,
    PHASE1,
    PHASE2,
    PHASE2_AND_ANSWERS,
    PREDICTIONS,
    PUBLISH,
    ROBUSTNESS,
    UNFAMILIAR,
)
from project import ROOT, Project

from handwritten.plan.plan import MEMORY
from handwritten.plan.steps import WITHOUT_EFFECT

pytestmark = pytest.mark.promise("rebuilds")
SCRIPTS = "workflow/scripts"
LIBRARY = "workflow/scripts/handwritten"


# What an edit, in a file, of old to new runs again; a few of each kind, and the rest with --full.
EDITS = [
    (f"{LIBRARY}/learning/network.py", "a[l] += b", "a[l] += b  # bias", PAGE),  # it is shown
    (f"{LIBRARY}/learning/backpropagation.py", "# The chain rule", "# A chain rule", {}),
    (
        f"{LIBRARY}/plan/report.py",
        "shown.runs[-1].confusion_matrix",
        "shown.runs[0].confusion_matrix",
        {"publish": 1},
    ),
    ("workflow/report/report.rst", " ", "  ", {}),
    ("workflow/report/shared/page.css", "margin: 0;", "margin: 1px;", PAGE),
    (f"{LIBRARY}/page/figures.py", '"font.size": 9', '"font.size": 8', FIGURES),
    (f"{LIBRARY}/evaluation/metrics.py", "Z95 * Z95", "Z95 ** 2", ANSWERS),
    (f"{LIBRARY}/learning/optimizers.py", "velocity +=", "velocity[:] +=", PHASE2 | CHECKS),
    (
        "workflow/scripts/train_phase1.py",
        "step % 25 == 0",
        "step % 20 == 0",
        PHASE1 | CHECKS,
    ),
    ("workflow/report/draw/strokes.js", "20 / 28", "21 / 28", PAGE),
    ("config.yaml", "seed: 1", "seed: 2", ALL),
    ("config.yaml", "reported_accuracy: 0.86", "reported_accuracy: 0.87", PAGE),
    ("config.yaml", "timeout_seconds: 10", "timeout_seconds: 11", {}),
    ("workflow/rules/evaluate.smk", "scripts/evaluate.py", "scripts/ensemble.py", METRICS),
    (
        "workflow/rules/train.smk",
        'recipe=recipe,\n    script:\n        "../scripts/train_phase1.py"',
        'recipe=lambda w: recipe(w) | {"learning_rate": 0.5},\n'
        '    script:\n        "../scripts/train_phase1.py"',
        PHASE1,
    ),
    (f"{LIBRARY}/artifacts/logs.py", '"done in', '"finished in', {}),
]
MORE_EDITS = [
    (f"{LIBRARY}/learning/backpropagation.py", "# The chain rule", "#\n# The chain rule", PAGE),
    (f"{LIBRARY}/learning/batches.py", "import numpy", "# Arrays\nimport numpy", {}),
    (f"{LIBRARY}/learning/network.py", '"""The network: its', '"""A network: its', {}),
    ("envs/numpy.yaml", "# For steps", "# Steps", {}),
    ("workflow/report/shared/report.html.j2", "<main", "<main ", PAGE),
    ("workflow/report/mathematics/section.html.j2", "<h3>", "<h3> ", PAGE),
    (f"{LIBRARY}/learning/gradient_check.py", "ROWS = 6", "ROWS = 8", CHECKS),
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
    (f"{LIBRARY}/artifacts/provenance.py", "FORMAT = 2", "FORMAT = 3", ALL),
    (
        "config.yaml",
        "steps: 30",
        "steps: 31",
        PHASE1,
    ),
    ("workflow/rules/common.smk", "# What rules look up", "# What they look up", {}),
    ("workflow/rules/evaluate.smk", 'log("evaluate")', '"logs/{dataset}/e/{version}.log"', {}),
    (
        "workflow/rules/common.smk",
        "return plan.steps.readable(plan.sweep.inputs(round))",
        "return plan.steps.readable(round.step.inputs)",
        {},  # of a sweep, which is not reported
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


# What a change of logic in a module makes again: in any of its room, but for those named. Rooms and
# scripts that are not here make nothing again: they plan, or make what this build has none of.
ROOM_JOBS = {
    "artifacts": ALL,
    "data": DIGITS,
    "evaluation": ANSWERS,
    "io": ALL,
    "learning": PHASE2 | CHECKS,
    "page": PAGE,
}
MODULE_JOBS = {
    "artifacts/lock.py": NOTHING,
    "artifacts/logs.py": NOTHING,
    "artifacts/progress.py": NOTHING,
    "artifacts/stable_copies.py": PUBLISH,
    "artifacts/verification.py": NOTHING,
    "data/idx.py": ALL,
    "data/local_files.py": ALL,
    "own_images/own_data.py": NOTHING,
    "pictures/pictures.py": NOTHING,  # of predict, which is no step
    "data/letter_shapes.py": UNFAMILIAR,
    "data/strokes.py": UNFAMILIAR,
    "data/unfamiliar.py": UNFAMILIAR,
    "data/preparation.py": MODELS | CHECKS,
    "data/splits.py": DATA | CHECKS,  # phase 1 reads the files itself when it is run by hand
    "evaluation/ablation.py": NOTHING,
    "evaluation/adversarial_images.py": ADVERSARIAL,
    "evaluation/baselines.py": NOTHING,
    "evaluation/calibration.py": METRICS,
    "evaluation/comparison.py": PAGE,
    "evaluation/corruptions.py": ROBUSTNESS,
    "evaluation/ensemble.py": PREDICTIONS,
    "evaluation/health.py": METRICS,
    "evaluation/out_of_distribution.py": OUT_OF_DISTRIBUTION,
    "evaluation/robustness.py": ROBUSTNESS,
    "evaluation/scoring.py": METRICS,
    "evaluation/sweep.py": NOTHING,
    "evaluation/test_time_augmentation.py": PREDICTIONS,
    "io/code.py": NOTHING,
    "io/data_files.py": NOTHING,
    "io/cache.py": NOTHING,
    "io/measured_pages.py": NOTHING,
    "io/packages.py": NOTHING,
    "io/printing.py": NOTHING,
    "io/storage.py": NOTHING,
    "io/syntax.py": NOTHING,
    "learning/activations.py": PHASE2_AND_ANSWERS | CHECKS,
    "learning/augmentation.py": PHASE2 | ROBUSTNESS | CHECKS,
    "learning/backpropagation.py": PHASE2 | CHECKS,
    "learning/declaration.py": PHASE2_AND_ANSWERS | CHECKS,
    "learning/divergence.py": PHASE2,
    "learning/dropout.py": PHASE2_AND_ANSWERS | CHECKS,
    "learning/gradient_check.py": CHECKS,
    "learning/formula_check.py": CHECKS,
    "learning/formulas.py": CHECKS,
    "learning/registries.py": CHECKS,
    "learning/initialisations.py": PHASE2 | CHECKS,
    "learning/losses.py": PHASE2_AND_ANSWERS | CHECKS,
    "learning/network.py": PHASE2_AND_ANSWERS | CHECKS,
    "learning/optimizers.py": PHASE2 | CHECKS,
    "learning/regularisation.py": PHASE2 | CHECKS,
    "learning/schedules.py": PHASE2 | CHECKS,
    "learning/training.py": PHASE2,
    "page/ablation_document.py": NOTHING,
    "page/ablation_section.py": NOTHING,
    "page/timings.py": PUBLISH,
    "page/confusion_matrix_figure.py": FIGURES,
    "page/figures.py": FIGURES,
    "page/index.py": PUBLISH,
    "page/grades.py": NOTHING,
    "page/notebook_figures.py": NOTHING,
    "page/notebook_page.py": NOTHING,
    "page/notebook_inputs.py": NOTHING,
    "page/sweep_page.py": NOTHING,
    "randomness.py": ALL,
    "settings.py": ALL,
}
SCRIPT_JOBS = {
    "adversarial_images.py": ADVERSARIAL,
    "check_gradients.py": CHECKS,
    "confusion_matrix.py": FIGURES,
    "evaluate.py": METRICS,
    "generate_digits.py": DIGITS,
    "out_of_distribution.py": OUT_OF_DISTRIBUTION,
    "parse_idx.py": DATA,
    "publish.py": PUBLISH,
    "report.py": PAGE,
    "robustness.py": ROBUSTNESS,
    "train_phase1.py": PHASE1 | CHECKS,
    "train_phase2.py": PHASE2,
    "unfamiliar_images.py": UNFAMILIAR,
}
FILES = sorted(
    str(path.relative_to(ROOT))
    for path in (ROOT / SCRIPTS).rglob("*.py")
    if path.name != "__init__.py"
)


def expected(file: str) -> dict[str, int]:
    """The jobs that a change of logic in a module or script runs."""
    if not file.startswith(f"{LIBRARY}/"):
        return SCRIPT_JOBS.get(file.removeprefix(f"{SCRIPTS}/"), NOTHING)
    module = file.removeprefix(f"{LIBRARY}/")
    return MODULE_JOBS.get(module, ROOM_JOBS.get(module.split("/")[0], NOTHING))


def test_the_tables_name_files_that_exist():
    named = {f"{LIBRARY}/{module}" for module in MODULE_JOBS}
    named |= {f"{SCRIPTS}/{script}" for script in SCRIPT_JOBS}
    assert named <= set(FILES)


@pytest.mark.full
@pytest.mark.parametrize("file", FILES)
def test_more_logic_in_any_file_runs_exactly_what_depends_on_it(clone, file):
    path = clone.folder / file
    path.write_text(f"{path.read_text()}\nmore = 1\n")
    assert clone.jobs() == expected(file)


def test_more_words_in_every_file_run_nothing_but_the_page_whose_line_numbers_they_move(clone):
    files = [f for f in (clone.folder / SCRIPTS).rglob("*.py") if f.name != "__init__.py"]
    for file in files:
        file.write_text(f"{file.read_text()}\n\n\n# One more comment.\n")
    assert clone.jobs() == NOTHING
    for file in files:
        file.write_text(f"# And another one.\n{file.read_text()}")


def test_the_init_file_of_a_package_counts(clone):
    (clone.folder / LIBRARY / "learning/__init__.py").write_text("import math\n")
    assert clone.jobs() == PHASE2_AND_ANSWERS | CHECKS


def test_a_dynamic_import_is_an_error_of_the_plan(clone):
    clone.edit(
        f"{SCRIPTS}/evaluate.py", "from handwritten.io", "import importlib\nfrom handwritten.io"
    )
    said = clone.snakemake("--dry-run", status=1)
    assert "evaluate.py:" in said and "write an import statement" in said
    assert "Traceback" not in said


@pytest.mark.slow
def test_a_damaged_memory_of_the_plan_is_done_without(clone):
    cache = clone.folder / MEMORY
    assert cache.exists()
    clone.edit(f"{LIBRARY}/learning/optimizers.py", "velocity +=", "velocity[:] +=")
    for content in ("", "{}", '{"sha256": 1}', "\0"):
        cache.write_text(content)
        assert clone.jobs() == PHASE2 | CHECKS


# What stands in for each module whose code does not count: as little as its users can do with.
STAND_INS = {
    "handwritten.artifacts.lock": "def take(path):\n    pass\n",
    "handwritten.artifacts.logs": (
        "import contextlib\nimport logging\n\n\n@contextlib.contextmanager\n"
        "def logging_to(job, title):\n    yield logging.LoggerAdapter(logging.getLogger('none'))\n"
    ),
    "handwritten.artifacts.progress": (
        "class Progress:\n    def __init__(self, *told):\n        pass\n\n"
        "    def __call__(self, row):\n        pass\n"
    ),
}


@pytest.mark.slow
def test_modules_whose_code_does_not_count_reach_no_artifact(built, tmp_path):
    """Replaced by ones that do next to nothing, they leave every name and every byte as it was."""
    assert set(STAND_INS) == WITHOUT_EFFECT
    project = Project.fresh(tmp_path / "silent")
    for name, code in STAND_INS.items():
        path = project.folder / SCRIPTS / f"{name.replace('.', '/')}.py"
        assert path.exists()
        path.write_text(code)
    project.snakemake()
    assert project.artifacts() == built.artifacts()
