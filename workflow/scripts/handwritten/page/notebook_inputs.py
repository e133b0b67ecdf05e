"""Where the current results of a run lie, for notebooks: whoever opens one has no Snakemake to ask.

The pipeline says by an environment variable which files a notebook is to read, so that its page
belongs to a version; opened by hand, a notebook reads what is current, by `summary.json`.
"""

import json
import os
from pathlib import Path

from handwritten.io import files

VARIABLE = "HANDWRITTEN_RUN"  # what `of` returns, as JSON


def of(run: str) -> dict:
    """The paths of a run's `model`, its `history`, and the data: `train` and `dev`; and the rows
    and columns of an image, `image_shape`.

    FileNotFoundError: nothing has been built yet; KeyError: not this run.
    """
    if VARIABLE in os.environ:
        return json.loads(os.environ[VARIABLE])
    summaries = sorted(Path("results").glob("*/summary.json"), key=lambda p: p.stat().st_mtime)
    if not summaries:
        raise FileNotFoundError("results/ holds no finished build: run make first")
    summary = files.read_json(summaries[-1])
    if run not in summary["runs"]:
        raise KeyError(f"{summaries[-1]} has no run {run}: name it under report in config.yaml")
    model = Path(summary["runs"][run]["model"])
    data = {Path(path).stem: path for path in made(model)["inputs"]}
    return {
        "model": str(model),
        "history": str(model.with_name("history.csv")),
        "train": data["train"],
        "dev": data["dev"],
        "image_shape": summary["image_shape"],
    }


def settings(run: str) -> dict:
    """The settings that the run's model was trained with."""
    return made(Path(of(run)["model"]))["made_from"]["settings"]


def made(model: Path) -> dict:
    """What the model's provenance says."""
    return files.read_json(model.with_name("provenance.json"))
