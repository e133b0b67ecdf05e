"""Pages built in the tests' own process: every script runs here, as a job of Snakemake's would.

That takes a tenth of a build's time, and what two pages share is made once. What Snakemake itself
does is tested by builds that it makes (project.py).
"""

import contextlib
import fcntl
import runpy
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

from project import small_config

from handwritten.config import configuration
from handwritten.plan.context import SCRIPTS
from handwritten.plan.plan import Plan
from handwritten.plan.steps import Step, listed

MEMORY = Path("plan.json")


class Files(list):
    """Enough of Snakemake's named list of files: paths in order, and by role."""

    def __init__(self, **roles):
        super().__init__(path for paths in roles.values() for path in listed(paths))
        self.__dict__ |= roles

    def __getitem__(self, key):
        return vars(self)[key] if isinstance(key, str) else super().__getitem__(key)


def build(folder: Path, config: dict) -> Path:
    """The folder of the page's version, with all that it needs built below `folder`.

    `config` are changes of the small project's configuration. Processes build in turns.
    """
    with contextlib.chdir(folder), alone():
        plan = Plan(configuration.validated(small_config(**config)), cores=1, cache=MEMORY)
        plan.steps.cache.save()
        make(plan.report, plan.own_data)
        return folder / plan.report.folder


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """No other process builds in this folder meanwhile."""
    with open("build.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def make(step: Step, own: dict | str) -> None:
    """Run the script of a step after those of the steps before it, unless it has run."""
    if Path(step.record).exists():
        return
    for before in step.before:
        make(before, own)
    job = SimpleNamespace(
        input=Files(**step.inputs, records=[each.record for each in step.reads]),
        output=[step.record],
        log=[f"logs/{step.name}/{step.version}.log"],
        params=SimpleNamespace(recipe=step.recipe, own=own),
        threads=step.threads,
    )
    Path(step.folder).mkdir(parents=True, exist_ok=True)
    runpy.run_path(str(SCRIPTS / f"{step.name}.py"), {"snakemake": job}, "__main__")
