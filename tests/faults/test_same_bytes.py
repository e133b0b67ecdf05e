"""The same recipe gives the same bytes, whoever builds it, where and when."""

import os
import subprocess
import sys

import numpy as np
import pytest
from project import Project

from handwritten.io.files import read_arrays

pytestmark = pytest.mark.promise("same bytes")
BOUND = 0.03  # in accuracy, of 300 test images, where another processor's arithmetic is used

# Folder, umask, environment, cores.
BUILDERS = [
    ("elsewhere/other name", 0o077, {"TZ": "Asia/Kathmandu", "PYTHONHASHSEED": "1"}, 1),
    ("dir with 'ü' & $x", 0o002, {"LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "2", "TZ": "UTC"}, 4),
    ("c", 0o027, {"LANG": "tr_TR.UTF-8", "LC_ALL": "C", "PYTHONHASHSEED": "3"}, 4),
    ("d" * 100, 0o022, {"PYTHONOPTIMIZE": "1", "COLUMNS": "20", "USER": "another"}, 3),
    ("e", 0o022, {"OMP_NUM_THREADS": "4", "OPENBLAS_NUM_THREADS": "4", "NO_COLOR": "1"}, 4),
]


def build(project: Project, umask: int, variables: dict[str, str], cores: int) -> None:
    subprocess.run(
        [sys.executable, "-m", "snakemake", "--cores", str(cores)],
        cwd=project.folder,
        env=os.environ | variables,
        umask=umask,
        check=True,
        capture_output=True,
        timeout=300,
    )


def test_other_folders_users_clocks_and_cores_give_the_same_bytes(built, tmp_path, tries):
    expected = built.artifacts()
    assert len(expected) > 30
    for folder, umask, variables, cores in BUILDERS[: tries(1, len(BUILDERS))]:
        project = Project.fresh(tmp_path / folder)
        build(project, umask, variables, cores)
        assert project.artifacts() == expected, (folder, variables)


@pytest.mark.full
def test_another_processor_s_arithmetic_gives_nearly_the_same_accuracy(built, tmp_path):
    """OpenBLAS has kernels for each family; the oldest one rounds elsewhere than the newest."""
    project = Project.fresh(tmp_path / "project")
    build(project, 0o022, {"OPENBLAS_CORETYPE": "Prescott"}, 2)
    predictions = {}
    for each in (built, project):
        paths = sorted(each.folder.glob("results/generated/evaluate/*/probabilities.npz"))
        predictions[each] = [read_arrays(path)["test"] for path in paths]
    assert len(predictions[built]) == 2
    for ours, theirs in zip(predictions[built], predictions[project], strict=True):
        assert (ours.argmax(axis=1) != theirs.argmax(axis=1)).mean() <= BOUND
        np.testing.assert_allclose(ours, theirs, atol=0.1)
