"""The rebuild matrix, files: what is copied, touched, moved or damaged, and what runs then."""

import os
import shutil
import subprocess
import time

import pytest
from expected_jobs import ALL, CHECKS, DATA, FIGURES, NOTHING, PAGE, PHASE2

pytestmark = pytest.mark.promise("rebuilds")
LIBRARY = "workflow/scripts/handwritten"


def test_no_change_runs_nothing(built):
    assert built.jobs() == {}


def test_a_fresh_clone_with_the_results_copied_runs_nothing(built, tmp_path):
    clone = built.clone(tmp_path / "clone")
    assert not (clone.folder / ".snakemake").exists()
    assert clone.jobs() == {}


def test_touching_every_file_runs_nothing(clone):
    later = time.time() + 1000
    for path in sorted(clone.folder.rglob("*")):
        os.utime(path, (later, later))
        later += 1
    assert clone.jobs() == {}


def test_a_checkout_that_moved_runs_nothing(clone, tmp_path):
    clone.folder = clone.folder.rename(tmp_path / "moved elsewhere")
    assert clone.jobs() == NOTHING


@pytest.mark.slow
def test_results_in_another_folder_are_another_build(clone, tmp_path):
    there = tmp_path / "there"
    there.mkdir()
    assert clone.jobs("--directory", str(there), "--configfile", "config.yaml") == ALL
    shutil.move(clone.folder / "results", there / "results")
    shutil.move(clone.folder / "resources", there / "resources")
    assert clone.jobs("--directory", str(there), "--configfile", "config.yaml") == NOTHING


@pytest.mark.slow
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
    assert clone.jobs() == PHASE2 | CHECKS
    git("switch", "--quiet", "main")
    assert clone.jobs() == NOTHING


UPGRADES = {
    "numpy": ALL,
    "matplotlib": FIGURES,
    "kiwisolver": FIGURES,  # which matplotlib imports
    "MarkupSafe": PAGE,
    "pooch": NOTHING,
}


@pytest.mark.full
def test_an_upgraded_package_runs_what_imports_it(clone, monkeypatch, tmp_path):
    """As after an edit of the lock and an installation: the environment reports another version."""
    for package, jobs in UPGRADES.items():
        record = tmp_path / package / f"{package}-99.0.dist-info"
        record.mkdir(parents=True)
        (record / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 99.0\n")
        (record / "top_level.txt").write_text(package)
        monkeypatch.setenv("PYTHONPATH", str(tmp_path / package))
        assert clone.jobs() == jobs


@pytest.mark.parametrize(
    ("what", "jobs"),
    [
        ("report.html", {"publish": 1}),
        ("index.html", {"publish": 1}),
        # Snakemake also runs the direct readers of a file that it has to make again.
        ("report", PAGE),
        (
            "evaluate",
            {"evaluate": 2, "confusion_matrix": 2, "out_of_distribution": 2, "report": 1},
        ),
        (
            "train_phase1/*/model.npz",
            {"train_phase1": 1, "evaluate": 1, "robustness": 1, "out_of_distribution": 1}
            | {"adversarial_images": 1, "report": 1},
        ),
        (
            "parse_idx",
            {"parse_idx": 1, "train_phase1": 1, "train_phase2": 1, "report": 1}
            | {"evaluate": 2, "robustness": 2, "out_of_distribution": 2, "unfamiliar_images": 1}
            | {"adversarial_images": 2},
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
