"""What a job is told by the environment of whoever builds."""

import os
import site
from pathlib import Path

from handwritten.plan.environment import neutralise

SCRIPTS = Path("/project/workflow/scripts")
ADDED = {"LC_ALL": "C", "PYTHONUTF8": "1", "PYTHONPATH": str(SCRIPTS)}


def neutralised(monkeypatch, user_site=False, **environment):
    monkeypatch.setattr(site, "ENABLE_USER_SITE", user_site)
    neutralise(environment, SCRIPTS)
    return environment


def test_what_changes_results_is_taken_out(monkeypatch):
    changing = ("MPLBACKEND", "MATPLOTLIBRC", "PYTHONOPTIMIZE", "PYTHONWARNINGS", "PYTHONHASHSEED")
    changing += ("LC_NUMERIC", "LANGUAGE", "OMP_NUM_THREADS", "MKL_CBWR")
    changing += ("NPY_DISABLE_CPU_FEATURES", "PYTHONIOENCODING", "PYTHONUSERSITE", "IPYTHONDIR")
    left = neutralised(monkeypatch, True, **dict.fromkeys(changing, "x"), LC_ALL="tr_TR.UTF-8")
    assert left == ADDED


def test_where_things_are_is_kept(monkeypatch):
    where = {"PATH": "/bin", "HOME": "/home/me", "TMPDIR": "/tmp", "MPLCONFIGDIR": "/tmp/mpl"}
    where |= {"PYTHONUSERBASE": "/home/me/.local", "PYTHONPYCACHEPREFIX": "/tmp", "TZ": "UTC"}
    where |= {"OPENBLAS_CORETYPE": "Haswell"}
    assert neutralised(monkeypatch, True, **where) == where | ADDED


def test_the_library_beside_the_scripts_comes_before_any_other(monkeypatch):
    path = os.pathsep.join(["/other/clone/workflow/scripts", "/packages"])
    left = neutralised(monkeypatch, True, PYTHONPATH=path)
    assert left["PYTHONPATH"].split(os.pathsep) == [str(SCRIPTS), *path.split(os.pathsep)]


def test_a_user_s_own_packages_are_out_where_they_are_out_here(monkeypatch):
    assert neutralised(monkeypatch, user_site=False) == ADDED | {"PYTHONNOUSERSITE": "1"}
    assert neutralised(monkeypatch, user_site=True) == ADDED
