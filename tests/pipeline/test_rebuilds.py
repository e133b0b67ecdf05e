"""The rebuild matrix: edit this, and exactly these jobs run."""

import os
import shutil
import time

import pytest

LIBRARY = "workflow/scripts/handwritten"
PAGE = {"report": 1, "publish": 1}
FIGURES = {"confusion_matrix": 2} | PAGE
PHASE2 = {"train_phase2": 1, "evaluate": 1, "confusion_matrix": 1} | PAGE
MODELS = {"train_phase1": 1, "train_phase2": 1, "evaluate": 2} | FIGURES
ALL = {"generate_digits": 1, "parse_idx": 1} | MODELS


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


@pytest.mark.parametrize(
    ("file", "old", "new", "jobs"),
    [
        (f"{LIBRARY}/learning/network.py", "a[l] += b", "a[l] += b  # bias", {}),
        (f"{LIBRARY}/learning/network.py", '"""The network: its', '"""A network: its', {}),
        (
            f"{LIBRARY}/pipeline/plan.py",
            "return self.reported[-1]",
            "return self.reported[0]",
            {"publish": 1},
        ),
        ("workflow/report/report.rst", "The page", "A page", {}),
        ("envs/numpy.yaml", "# For steps", "# Steps", {}),
        ("workflow/report/page.html.j2", "How it learned", "How it learnt", PAGE),
        ("workflow/report/page.css", "margin: 0;", "margin: 1px;", PAGE),
        (f"{LIBRARY}/page/page.py", "optimize=True", "optimize=False", PAGE),
        (f"{LIBRARY}/page/figures.py", "alpha=0.25", "alpha=0.3", FIGURES),
        (f"{LIBRARY}/evaluation/metrics.py", "Z95 * Z95", "Z95 ** 2", {"evaluate": 2} | FIGURES),
        (f"{LIBRARY}/learning/optimizers.py", "velocity +=", "velocity[:] +=", PHASE2),
        (
            f"{LIBRARY}/learning/network.py",
            "SLICE = 1024",
            "SLICE = 512",
            {"train_phase2": 1, "evaluate": 2} | FIGURES,
        ),
        (
            "workflow/scripts/train_phase1.py",
            "step % 25 == 0",
            "step % 20 == 0",
            {"train_phase1": 1, "evaluate": 1, "confusion_matrix": 1} | PAGE,
        ),
        (
            f"{LIBRARY}/data/preparation.py",
            "/ np.float32(255)",
            "/ np.float32(256)",
            {"parse_idx": 1} | MODELS,
        ),
        (f"{LIBRARY}/data/idx.py", "MAX_RANK = 64", "MAX_RANK = 32", ALL),
        (f"{LIBRARY}/pipeline/artifacts.py", "FORMAT = 1", "FORMAT = 2", ALL),
        (
            "config.yaml",
            "steps: 30",
            "steps: 31",
            {"train_phase1": 1, "evaluate": 1, "confusion_matrix": 1} | PAGE,
        ),
        ("config.yaml", "seed: 1", "seed: 2", ALL),
        ("config.yaml", "dev_size: 200", "dev_size: 201", {"parse_idx": 1} | MODELS),
        ("config.yaml", "claim: 0.86", "claim: 0.87", PAGE),
        ("config.yaml", "timeout_seconds: 10", "timeout_seconds: 11", {}),
        ("config.yaml", "- mirrors", "- https://example.org/mnist/", {}),
        ("config.yaml", "epochs: 500", "epochs: 501", {}),  # of a run that is not reported
    ],
    ids=lambda value: value.split("/")[-1] if isinstance(value, str) else "",
)
def test_an_edit_runs_exactly_what_depends_on_it(clone, file, old, new, jobs):
    clone.edit(file, old, new)
    assert clone.jobs() == jobs


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
    config["runs"]["twin"] = {"extends": "phase2", "claim": 0.5}
    config["report"] = ["phase1", "phase2", "twin"]
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
        ("train_phase1/*/model.npz", {"train_phase1": 1, "evaluate": 1}),
        (
            "parse_idx",
            {"parse_idx": 1, "train_phase1": 1, "train_phase2": 1, "evaluate": 2, "report": 1},
        ),
        ("*", {"parse_idx": 1} | MODELS),
    ],
)
def test_what_is_deleted_is_made_again(clone, what, jobs):
    delete(clone, what)
    assert clone.jobs() == jobs


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
