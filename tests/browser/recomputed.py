"""The results of MNIST's page, computed once more from the models and the images, without the code
that the page was made with.

What the pipeline draws at random (noise, changed pixels) is taken from its own results.
"""

import json
import math
from functools import cached_property
from pathlib import Path

import numpy as np
from pages import Site

Z = 1.959964  # of the standard normal distribution, for 95%


def load(path: Path) -> dict[str, np.ndarray]:
    """The arrays of a file."""
    with np.load(path) as arrays:
        return dict(arrays)


def of_page(site: Site) -> dict[str, "Recomputed"]:
    """Every run of a page, with the files that the page was made from."""
    return {
        name: Recomputed(
            site.folder, run, {key: of_run(files, number) for key, files in site.reads.items()}
        )
        for number, (name, run) in enumerate(site.summary["runs"].items())
    }


def of_run(files: list[str] | str, number: int) -> str:
    """The file of a run, or the only one for all runs."""
    return files if isinstance(files, str) else (files[number:] or [""])[0]


def layers_of(model: Path) -> list[tuple[np.ndarray, np.ndarray]]:
    """The weights and biases of a network."""
    arrays = load(model)
    return [(arrays[f"W{l}"], arrays[f"b{l}"]) for l in range(1, len(arrays) // 2 + 1)]


def logits_of(layers: list[tuple[np.ndarray, np.ndarray]], x: np.ndarray) -> np.ndarray:
    """What a network of ReLU units makes of images (n, pixels), uint8."""
    *hidden, (W, b) = layers
    a = x / np.float32(255)
    for W_l, b_l in hidden:
        a = np.maximum(a @ W_l + b_l, 0)
    return (a @ W + b).astype(float)


def probabilities(z: np.ndarray) -> np.ndarray:
    """The softmax of logits (n, classes)."""
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


class Recomputed:
    """A run's results: those of a network, or of an ensemble by its mean probabilities."""

    def __init__(self, results: Path, run: dict, files: dict[str, str]):
        """`run` is its entry in summary.json; `files` are what the page reads of it, by step."""
        self.results, self.files, self.version = results, files, run["version"]
        self.models = run.get("members") or [run["model"]]
        self.networks = [layers_of(results.parents[1] / model) for model in self.models]

    def measured(self, step: str) -> dict:
        """What a step has measured of this run."""
        return json.loads((self.results / self.files[step]).read_text())

    @cached_property
    def data(self) -> dict[str, dict[str, np.ndarray]]:
        """The images x and labels y of train, dev and test."""
        return {split: load(self.results / self.files[split]) for split in ("train", "dev", "test")}

    @property
    def is_ensemble(self) -> bool:
        """Whether it has no training of its own."""
        return len(self.networks) > 1

    @property
    def members(self) -> list["Recomputed"]:
        """The networks of an ensemble, each by itself."""
        alone = [{"version": self.version, "model": model} for model in self.models]
        return [Recomputed(self.results, run, self.files) for run in alone]

    @property
    def layer_dims(self) -> list[int]:
        """The units of every layer."""
        layers = self.networks[0]
        return [len(layers[0][0])] + [len(b) for _, b in layers]

    @property
    def parameters(self) -> int:
        """How many numbers were learnt."""
        return sum(W.size + b.size for layers in self.networks for W, b in layers)

    @cached_property
    def logits(self) -> dict[str, np.ndarray]:
        """Of the images of each split."""
        return {split: self.logits_of(data["x"]) for split, data in self.data.items()}

    def logits_of(self, x: np.ndarray) -> np.ndarray:
        """The logits (n, classes) of images (n, pixels), uint8, or those of mean probabilities."""
        logits = [logits_of(layers, x) for layers in self.networks]
        if not self.is_ensemble:
            return logits[0]
        return np.log(np.mean([probabilities(z) for z in logits], axis=0))

    def y(self, split: str = "test") -> np.ndarray:
        """The labels of a split."""
        return self.data[split]["y"].astype(int)

    def right(self, split: str = "test") -> np.ndarray:
        """Which images of a split are classified correctly."""
        return self.logits[split].argmax(axis=1) == self.y(split)

    def errors(self, split: str = "test") -> int:
        """How many are not."""
        return int((~self.right(split)).sum())

    def accuracy(self, split: str = "test") -> float:
        """The share of a split that is classified correctly."""
        return float(self.right(split).mean())

    def interval(self, split: str = "test") -> tuple[float, float]:
        """The 95% interval of that share."""
        right = self.right(split)
        return wilson(right.sum(), len(right))

    def loss(self, split: str = "test", T: float = 1.0) -> float:
        """The mean cross-entropy in nats."""
        return float(-np.log(self.p(split, T)[np.arange(len(self.y(split))), self.y(split)]).mean())

    def p(self, split: str, T: float) -> np.ndarray:
        """The probabilities (n, classes) for logits divided by T."""
        return probabilities(self.logits[split] / T)

    @cached_property
    def T(self) -> float:
        """The temperature with the smallest loss on dev, which is convex in 1/T: by thirds."""
        low, high = 0.1, 10.0
        for _ in range(80):
            first, second = (1 / (share / low + (1 - share) / high) for share in (2 / 3, 1 / 3))
            if self.loss("dev", first) < self.loss("dev", second):
                high = second
            else:
                low = first
        return math.sqrt(low * high)

    def calibration_error(self, T: float) -> float:
        """The mean difference between confidence and accuracy over 15 bins of confidence."""
        confidence, right = self.p("test", T).max(axis=1), self.right()
        bins = np.clip(np.ceil(15 * confidence).astype(int) - 1, 0, 14)
        inside = [bins == k for k in range(15)]
        apart = [abs((confidence[k] - right[k]).sum()) for k in inside if k.any()]
        return sum(apart) / len(right)

    def calibration_interval(self, T: float) -> tuple[float, float]:
        """As far above as 97.5% of 1,000 bootstrap samples reach, and as far below, from 0 on."""
        confidence, right = self.p("test", T).max(axis=1), self.right()
        bins = np.clip(np.ceil(15 * confidence).astype(int) - 1, 0, 14)
        rng, n, apart = np.random.default_rng(7), len(right), confidence - right
        drawn = []
        for _ in range(1000):
            at = rng.integers(n, size=n)
            sums = np.bincount(bins[at], weights=apart[at], minlength=15)
            drawn.append(np.abs(sums).sum() / n)
        error, high = self.calibration_error(T), float(np.quantile(drawn, 0.975))
        return max(0.0, 2 * error - high), high

    def most_confident(self, share: float) -> int:
        """Errors among this share of the test images, those with the highest confidence."""
        order = np.argsort(-self.p("test", self.T).max(axis=1), kind="stable")
        return int((~self.right()[order[: round(share * len(order))]]).sum())

    def threshold(self, error_rate: float) -> float:
        """The smallest confidence above which at most this share of the dev answers is wrong."""
        confidence = self.p("dev", self.T).max(axis=1)
        order = np.argsort(-confidence)
        wrong = np.cumsum(~self.right("dev")[order])
        last = np.flatnonzero(wrong <= error_rate * np.arange(1, len(order) + 1)).max()
        return confidence[order[last : last + 2]].mean()

    def answered(self, split: str, error_rate: float) -> tuple[int, int, int]:
        """How many predictions reach the threshold, of how many, and the errors among them."""
        enough = self.p(split, self.T).max(axis=1) >= self.threshold(error_rate)
        return int(enough.sum()), len(enough), int((enough & ~self.right(split)).sum())

    @cached_property
    def matrix(self) -> np.ndarray:
        """Test images by true class (rows) and prediction."""
        counts = np.zeros((10, 10), int)
        np.add.at(counts, (self.y(), self.logits["test"].argmax(axis=1)), 1)
        return counts

    def scores(self, k: int) -> tuple[float, float, float, int]:
        """Precision, recall and F1 of a class, and its number of test images."""
        right, predicted, true = self.matrix[k, k], self.matrix[:, k].sum(), self.matrix[k].sum()
        return right / predicted, right / true, 2 * right / (predicted + true), int(true)


def wilson(right: int, n: int) -> tuple[float, float]:
    """The 95% interval of a share: the p with |right/n - p| <= Z sqrt(p (1 - p) / n)."""
    a, b, c = 1 + Z**2 / n, -(2 * right / n + Z**2 / n), (right / n) ** 2
    root = math.sqrt(b * b - 4 * a * c)
    return (-b - root) / (2 * a), (-b + root) / (2 * a)


def mcnemar(first: int, second: int) -> float:
    """The probability of a split at least this uneven, were both equally probable."""
    n, least = first + second, min(first, second)
    return min(1.0, 2 * sum(math.comb(n, k) for k in range(least + 1)) / 2**n)
