"""The pages that the tests open: small runs of several kinds, and MNIST's."""

import json
import os
from functools import cached_property
from pathlib import Path

import numpy as np
import own_data
from project import ROOT, Project

from handwritten.data.preparation import normalise
from handwritten.learning import losses, network
from handwritten.learning.activations import ACTIVATIONS

MNIST = ROOT / "results" / "mnist" / "report.html"
GIVEN = os.environ.get("PAGE")  # a page to be opened in place of the default kind's
TARGETS = ("all", "notebooks", "sweeps")  # of the default kind: its other pages are opened too


def reporting(**runs: dict) -> dict:
    """A configuration with these runs, each phase 2 with other settings, after phase 1."""
    extended = {name: {"extends": "phase2", **settings} for name, settings in runs.items()}
    return {"runs": extended, "report": ["phase1", *runs]}


# What each kind of run changes in the small project's configuration. A new kind is one line here,
# and is tested by test_whole_page.py.
KINDS = {
    "default": {"sweep": {"extends": "phase1", "settings": {"hidden_units": [5, 10]}}},
    "activations": reporting(**{name: {"activation": name} for name in ACTIVATIONS}),
    "ensemble": {"report": ["phase1", "phase2", "phase2_ensemble"]},
    "too large to embed": reporting(large={"layer_dims": ["pixels", 1000, 500, "classes"]}),
    "own data": {"dataset": own_data.IDX, "dev_size": 40},
    "a run worse than the one before": {"report": ["phase2", "phase1"]},
}


class Site:
    """A built page, and what the pipeline left beside it."""

    def __init__(self, page: Path):
        self.page, self.folder = page, page.parent

    @classmethod
    def built(cls, kind: str, shared) -> "Site":
        """The site of this kind, built unless it is there."""
        if kind == "mnist":
            assert MNIST.exists(), f"{MNIST} is not there: run make first"
            return cls(MNIST)
        if kind == "default" and GIVEN:
            return cls(Path(GIVEN).resolve())
        project = shared(f"page {kind}", lambda folder: build(kind, folder))
        (page,) = project.folder.glob("results/*/report.html")
        return cls(page)

    @cached_property
    def summary(self) -> dict:
        """What the pipeline says of the runs on the page."""
        return json.loads((self.folder / "summary.json").read_text())

    @property
    def default_run(self) -> str:
        """The name of the run that the page begins with."""
        return list(self.summary["runs"])[-1]

    def model(self, run: str) -> Path:
        """The file of a run's network."""
        return self.folder.parents[1] / self.summary["runs"][run]["model"]

    @cached_property
    def networks(self) -> dict[str, tuple[list, str]]:
        """Of every run that is one network its layers, as learnt, and its activation."""
        runs = self.summary["runs"]
        return {name: self.network(name) for name in runs if "model" in runs[name]}

    def network(self, run: str) -> tuple[list, str]:
        """A run's layers and its activation."""
        model = self.model(run)
        record = json.loads((model.parent / "provenance.json").read_text())
        with np.load(model) as arrays:
            layers = network.from_named(dict(arrays))
        return layers, record["made_from"]["settings"].get("activation", "relu")

    @cached_property
    def examples(self) -> dict[str, np.ndarray]:
        """The test images x (n, pixels), floats from 0 to 1, and their labels y (n,)."""
        found = self.folder.glob("parse_idx/*/test.npz")  # versions differ in code alone
        with np.load(max(found, key=lambda path: path.stat().st_mtime)) as arrays:
            return {"x": normalise(arrays["x"]), "y": arrays["y"]}

    @cached_property
    def hardest(self) -> int:
        """The test image with the largest loss, whose gradients are far from 0."""
        layers, activation = self.networks[self.default_run]
        z = network.logits(self.examples["x"], layers, ACTIVATIONS[activation])
        return int(losses.cross_entropy(z, self.examples["y"]).argmax())


def build(kind: str, folder: Path) -> None:
    """Build the page of this kind."""
    config = dict(KINDS[kind])
    runs = config.pop("runs", {})
    project = Project.fresh(folder, **config)
    small = project.config()
    small["runs"] |= runs
    project.write_config(small)
    if kind == "own data":
        own_data.write_data(folder / "data")
    project.snakemake(*(TARGETS if kind == "default" else ()))
