"""The same recipe gives the same bytes, whoever builds it, where and when."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from project import AS_A_USER, Project

from handwritten.io.files import read_arrays

pytestmark = [pytest.mark.promise("same bytes"), pytest.mark.slow]
BOUND = 0.03  # in accuracy, of 300 test images, where another processor's arithmetic is used

MATPLOTLIBRC = """
axes.linewidth: 6
font.size: 30
font.sans-serif: Courier
axes.unicode_minus: False
axes.formatter.use_locale: True
svg.fonttype: path
backend: nonsense
"""
CUSTOMIZE = """
import locale
import numpy
locale.setlocale(locale.LC_ALL, "")
numpy.set_printoptions(precision=1)
"""
OTHER_LIBRARY = 'raise ImportError("another copy of the library, first on Python\'s path")'


def hostile(folder: Path) -> dict[str, str]:
    """The variables of somebody whose machine changes whatever a program lets it change; `folder`
    is where the project will be."""
    home, more = folder.parent / "home", folder.parent / "more"
    user_site = f".local/lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"
    files = {
        folder / "matplotlibrc": MATPLOTLIBRC,
        home / ".config/matplotlib/matplotlibrc": MATPLOTLIBRC,
        home / user_site / "usercustomize.py": CUSTOMIZE,
        home / ".pythonrc.py": OTHER_LIBRARY,
        more / "sitecustomize.py": CUSTOMIZE,
        more / "handwritten/__init__.py": OTHER_LIBRARY,
        more / "train_phase1.py": OTHER_LIBRARY,
    }
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "MATPLOTLIBRC": str(home / ".config/matplotlib"),
        "MPLCONFIGDIR": str(home / ".config/matplotlib"),
        "MPLBACKEND": "nonsense",
        "PYTHONPATH": str(more),
        "PYTHONSTARTUP": str(home / ".pythonrc.py"),
        "PYTHONUSERBASE": str(home / ".local"),
        "PYTHONHASHSEED": "7",
        "PYTHONOPTIMIZE": "2",
        "PYTHONIOENCODING": "ascii:strict",
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
        "PYTHONINTMAXSTRDIGITS": "640",
        "PYTHONDONTWRITEBYTECODE": "1",
        "LC_ALL": "tr_TR.UTF-8",
        "LANGUAGE": "tr",
        "TZ": "Asia/Kathmandu",
        "OPENBLAS_NUM_THREADS": "3",
        "OMP_NUM_THREADS": "3",
        "NPY_DISABLE_CPU_FEATURES": "AVX2 FMA3",
        "SOURCE_DATE_EPOCH": "1",
        "COLUMNS": "20",
        "NO_COLOR": "1",
    }


# Folder, umask, environment, cores.
BUILDERS = [
    ("elsewhere/other name", 0o077, {"TZ": "Asia/Kathmandu", "PYTHONHASHSEED": "1"}, 1),
    ("dir with 'ü' & $x", 0o002, {"LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "2", "TZ": "UTC"}, 4),
    ("c", 0o027, {"LANG": "tr_TR.UTF-8", "LC_ALL": "C", "PYTHONHASHSEED": "3"}, 4),
    ("d" * 100, 0o022, {"PYTHONOPTIMIZE": "1", "COLUMNS": "20", "USER": "another"}, 3),
    ("e", 0o022, {"OMP_NUM_THREADS": "4", "OPENBLAS_NUM_THREADS": "4", "NO_COLOR": "1"}, 4),
]


def build(folder: Path, umask: int, variables: dict[str, str], *arguments: str) -> Project:
    """What an ordinary user gets who runs Snakemake in this folder."""
    run = subprocess.run(
        [*AS_A_USER, sys.executable, "-m", "snakemake", *arguments],
        cwd=folder,
        env=os.environ | variables,
        umask=umask,
        check=False,
        capture_output=True,
        timeout=300,
    )
    assert run.returncode == 0, run.stderr.decode(errors="replace")
    return Project(folder)


def test_another_s_machine_and_a_checkout_that_is_read_only_give_the_same_bytes(built, tmp_path):
    checkout = Project.fresh(tmp_path / "dir with 'ü' & $x").made_read_only()
    own = tmp_path / "own"
    variables, snakefile = hostile(own), checkout.folder / "Snakefile"
    project = build(own, 0o077, variables, "--cores", "3", "-s", str(snakefile))
    assert len(built.artifacts()) > 30
    assert project.artifacts() == built.artifacts()


@pytest.mark.full
def test_results_in_a_folder_that_is_named_have_the_same_bytes(built, tmp_path):
    checkout = Project.fresh(tmp_path / "checkout").made_read_only()
    build(checkout.folder, 0o022, {}, "--cores", "2", "--directory", str(tmp_path / "own"))
    assert Project(tmp_path / "own").artifacts() == built.artifacts()


@pytest.mark.full
@pytest.mark.parametrize(("folder", "umask", "variables", "cores"), BUILDERS)
def test_other_folders_users_clocks_and_cores_give_the_same_bytes(
    built, tmp_path, folder, umask, variables, cores
):
    project = Project.fresh(tmp_path / folder)
    build(project.folder, umask, variables, "--cores", str(cores))
    assert project.artifacts() == built.artifacts()


@pytest.mark.full
def test_another_processor_s_arithmetic_gives_nearly_the_same_accuracy(built, tmp_path):
    """OpenBLAS has kernels for each family; the oldest one rounds elsewhere than the newest."""
    project = Project.fresh(tmp_path / "project")
    build(project.folder, 0o022, {"OPENBLAS_CORETYPE": "Prescott"}, "--cores", "2")
    assert project.artifacts() != built.artifacts()
    predictions = {}
    for each in (built, project):
        paths = sorted(each.folder.glob("results/generated/evaluate/*/probabilities.npz"))
        predictions[each] = [read_arrays(path)["test"] for path in paths]
    assert len(predictions[built]) == 2
    for ours, theirs in zip(predictions[built], predictions[project], strict=True):
        assert (ours.argmax(axis=1) != theirs.argmax(axis=1)).mean() <= BOUND
        np.testing.assert_allclose(ours, theirs, atol=0.1)
