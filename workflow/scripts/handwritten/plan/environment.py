"""The machine of whoever builds: what it may not decide, and what it has to allow.

A version says what an artifact was made from, and an environment variable is in no recipe. So
those by which Python, NumPy and other packages change what they do are not handed on to jobs.
Those that say where programs and files are (PATH, HOME, TMPDIR, proxies) are. How many threads a
job has, Snakemake tells it in variables of its own. OpenBLAS's own stay: OPENBLAS_CORETYPE chooses
the type of processor whose arithmetic is used, so that machines of several types can agree.
"""

import os
import site
from collections.abc import MutableMapping
from pathlib import Path

REMOVED = (
    "IPYTHON",
    "JUPYTER",
    "KMP_",
    "LANGUAGE",
    "LC_",
    "MATPLOTLIBRC",
    "MKL_",
    "MPLBACKEND",
    "MPL_",
    "NPY_",
    "NUMPY_",
    "OMP_",
    "PYTHON",
)
# Where to find and to keep files.
KEPT = frozenset({"PYTHONDONTWRITEBYTECODE", "PYTHONHOME", "PYTHONPYCACHEPREFIX", "PYTHONUSERBASE"})


def require_writable(folder: Path) -> None:
    """WorkflowError, which says what to do, where Snakemake cannot keep its notes in a folder."""
    from snakemake.exceptions import WorkflowError

    notes = folder / ".snakemake"
    if not os.access(notes if notes.exists() else folder, os.W_OK):
        raise WorkflowError(
            f"You may not write in {folder}, where the results would go. Run in a folder of your "
            f"own, with -s <this project>/Snakefile, or name one: --directory <folder>."
        )


def neutralise(environment: MutableMapping[str, str], scripts: Path) -> None:
    """Take out of the environment of jobs what changes their results; `scripts` is the folder of
    the scripts, whose library comes before any other of its name.

    PYTHONPATH stays behind it, since packages may be there; their versions are in recipes. Other
    environments, such as conda's, do not look into the user's own packages unless this one does.
    """
    search = [str(scripts), *filter(None, [environment.get("PYTHONPATH")])]
    for name in list(environment):
        if name.startswith(REMOVED) and name not in KEPT:
            del environment[name]
    environment["PYTHONPATH"] = os.pathsep.join(search)
    environment.update(LC_ALL="C", PYTHONUTF8="1")  # numbers and text as everywhere, in UTF-8
    if not site.ENABLE_USER_SITE:
        environment["PYTHONNOUSERSITE"] = "1"
