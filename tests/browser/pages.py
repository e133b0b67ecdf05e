"""The pages that the tests open: small runs of several kinds, and MNIST's."""

import json
import os
from functools import cached_property
from pathlib import Path

import kinds
import numpy as np
from project import ROOT, Project

from handwritten.data.preparation import normalise
from handwritten.learning import losses, network
from handwritten.learning.activations import ACTIVATIONS
from handwritten.page.embedding import EXACT
from handwritten.page.rounding import fewest_bits

MNIST = ROOT / "results" / "mnist" / "report.html"
GIVEN = os.environ.get("PAGE")  # a page to be opened in place of the default kind's
TARGETS = ("all", "notebooks", "sweeps")  # of the default kind: its other pages are opened too


# The default kind is built by Snakemake, with the pages of a sweep and of the notebooks.
DEFAULT = {"sweep": {"extends": "phase1", "settings": {"hidden_units": [5, 10]}}}
KINDS = ["default", *kinds.in_turn()]


class Site:
    """A built page, and what the pipeline left beside it."""

    def __init__(self, page: Path, folder: Path | None = None):
        self.page, self.folder = page, folder or page.parent  # of the data set's results

    @classmethod
    def built(cls, kind: str, shared) -> "Site":
        """The site of this kind, built unless it is there."""
        if kind == "mnist":
            assert MNIST.exists(), f"{MNIST} is not there: run make first"
            return cls(MNIST)
        if kind == "default" and GIVEN:
            return cls(Path(GIVEN).resolve())
        if kind != "default":
            page, results = kinds.built(kind, shared)
            return cls(page / "report.html", results)
        project = shared("page", build)
        (page,) = project.folder.glob("results/*/report.html")
        return cls(page)

    @cached_property
    def summary(self) -> dict:
        """What the pipeline says of the runs on the page."""
        return json.loads((self.page.with_name("summary.json")).read_text())

    @property
    def default_run(self) -> str:
        """The name of the run that the page begins with."""
        return list(self.summary["runs"])[-1]

    def model(self, run: str) -> Path:
        """The file of a run's network."""
        return self.folder.parents[1] / self.summary["runs"][run]["model"]

    @cached_property
    def networks(self) -> dict[str, tuple[list, str]]:
        """Of every run that is one network its layers, as the page has them, and its activation."""
        runs = self.summary["runs"]
        return {name: self.network(name) for name in runs if "model" in runs[name]}

    def network(self, run: str) -> tuple[list, str]:
        """A run's layers and its activation."""
        model = self.model(run)
        record = json.loads((model.parent / "provenance.json").read_text())
        with np.load(model) as arrays:
            layers = network.from_named(dict(arrays))
        activation = record["made_from"]["settings"].get("activation", "relu")
        if network.parameter_count(network.layer_dims(layers)) > EXACT:
            few = fewest_bits(layers, ACTIVATIONS[activation], self.examples["x"])
            layers = few.layers
        return layers, activation

    @cached_property
    def reads(self) -> dict[str, list[str] | str]:
        """The files that the page was made from, below the folder of results, by what they are."""
        record = self.page.with_name("provenance.json")
        if not record.exists():  # the page is a copy, and a marker says of which version
            (marker,) = (json.loads(path.read_text()) for path in self.folder.glob("current-*"))
            source = marker["copies"][f"results/{self.folder.name}/{self.page.name}"]["source"]
            record = (self.folder.parents[1] / source).with_name("provenance.json")
        return json.loads(record.read_text())["made_from"]["reads"]

    def images(self, split: str) -> dict[str, np.ndarray]:
        """The images x (n, pixels) of a split, floats from 0 to 1, and their labels y (n,)."""
        with np.load(self.folder / str(self.reads[split])) as arrays:
            return {"x": normalise(arrays["x"]), "y": arrays["y"]}

    @cached_property
    def examples(self) -> dict[str, np.ndarray]:
        """The test images and their labels."""
        return self.images("test")

    def calibrated(self, run: str) -> np.ndarray:
        """A run's probabilities (n, classes) for the test images, at its temperature."""
        layers, activation = self.networks[run]
        z = network.logits(self.examples["x"], layers, ACTIVATIONS[activation])
        return losses.softmax(z.astype(np.float64) / self.summary["runs"][run]["temperature"])

    @cached_property
    def hardest(self) -> int:
        """The test image with the largest loss, whose gradients are far from 0."""
        layers, activation = self.networks[self.default_run]
        z = network.logits(self.examples["x"], layers, ACTIVATIONS[activation])
        return int(losses.cross_entropy(z, self.examples["y"]).argmax())


def build(folder: Path) -> None:
    """Build the default kind's pages."""
    Project.fresh(folder, **DEFAULT).snakemake(*TARGETS)
