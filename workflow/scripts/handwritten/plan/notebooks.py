"""The steps that run the notebooks, each on the run that it is about."""

import json
from pathlib import Path

from handwritten.io.code import Code, UntraceableError
from handwritten.io.fingerprints import digest
from handwritten.page import template_files
from handwritten.plan.context import SCRIPTS, Context, template_hashes
from handwritten.plan.publication import Publication, published
from handwritten.plan.runs import Run
from handwritten.plan.steps import Step

NOTEBOOKS = SCRIPTS.parents[1] / "notebooks"
RUN_OF = {"nn-implementation": "phase1", "nn-implementation-modular": "phase2"}


def plan_notebooks(context: Context, data: Step, runs: dict[str, Run]) -> list[Step]:
    """The notebooks whose run is configured."""
    pairs = {name: runs.get(run) for name, run in RUN_OF.items()}
    return [run_notebook(context, data, name, run) for name, run in pairs.items() if run]


def run_notebook(context: Context, data: Step, name: str, run: Run) -> Step:
    """A notebook as a page, run on the results of a run."""
    templates = template_hashes(template_files.page_files("notebook"))
    train = run.members[0].train
    inputs = {
        "model": train.file("model.npz"),
        "history": train.file("history.csv"),
        "train": data.file("train.npz"),
        "dev": data.file("dev.npz"),
    }
    return context.steps.add(
        "run_notebook",
        {"notebook": name} | context.image_shape,
        inputs,
        templates=templates | source(context.steps.code, NOTEBOOKS / f"{name}.ipynb"),
    )


def source(code: Code, file: Path) -> dict[str, str]:
    """What a notebook runs and says: its cells, and all project code that they import.
    UntraceableError: it is not a notebook."""
    try:
        cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
        texts = [[cell["cell_type"], "".join(cell["source"])] for cell in cells]
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise UntraceableError(f"{file} is not a notebook: {problem}") from None
    script = "\n".join(text for kind, text in texts if kind == "code")
    modules = {name: code.file(name) for name in sorted(code.imported_by(script, file))}
    return {file.name: digest(texts)} | {
        name: code.fingerprint(module)["sha256"] for name, module in modules.items() if module
    }


def notebook_file(step: Step) -> str:
    """The notebook that a step runs."""
    return str(NOTEBOOKS / f"{step.settings['notebook']}.ipynb")


def publication(context: Context, notebooks: list[Step]) -> Publication:
    """The notebooks and their pages beside the report, under their own names."""
    copies = {
        f"{context.folder}/{step.settings['notebook']}{suffix}": step.file(f"notebook{suffix}")
        for step in notebooks
        for suffix in (".html", ".ipynb")
    }
    return published(context, "publish_notebooks", "notebooks", copies)
