"""Photographs of MNIST's test digits, predicted by phase 2: the figures in docs/own-images.md.

No browser is needed, but MNIST's results are, as for `test_mnist.py`. `-s` shows the figures.
"""

import itertools

import numpy as np
import photographs as made
import pytest
import yaml
from PIL import Image
from project import ROOT

from handwritten import predict
from handwritten.data import idx, local_files
from handwritten.pictures import light, photographs, pictures

pytestmark = pytest.mark.full

DIGITS, PAGES = 1000, 200
ENOUGH = 0.95
FORMS = list(itertools.product(("L", "RGBA"), ("dark", "light"), (28, 56, 140), (0, 4)))


@pytest.fixture(scope="module")
def run() -> predict.Run:
    """MNIST's phase 2, as `make` has trained it."""
    return predict.open_run("mnist", "phase2", ROOT / "results")


@pytest.fixture(scope="module")
def all_digits() -> tuple[np.ndarray, np.ndarray]:
    """The test digits (n, 28, 28) and their labels (n,)."""
    sources = yaml.safe_load((ROOT / "config.yaml").read_text())["download"]["sources"]
    *_, images, labels = local_files.find(ROOT, sources, "mnist")
    return idx.read(str(images)), idx.read(str(labels))


@pytest.fixture(scope="module")
def digits(all_digits) -> tuple[np.ndarray, np.ndarray]:
    """The first test digits (n, 28, 28) and their labels (n,)."""
    images, labels = all_digits
    return images[:DIGITS], labels[:DIGITS]


def predicted(images: np.ndarray, run: predict.Run) -> np.ndarray:
    """The labels (n,) of images (n, 28, 28)."""
    return predict.predict(images.reshape(len(images), -1), run).argmax(axis=1)


def found(grey: np.ndarray) -> np.ndarray:
    """The images (n, 28, 28) of the symbols on a picture; none if nothing is written on it."""
    try:
        return photographs.prepare(grey, (28, 28)).images
    except light.NoInkError:
        return np.zeros((0, 28, 28), np.uint8)


def accuracy(pages, digits, run: predict.Run) -> float:
    """The share of pages with one digit each on which just that digit is found and predicted."""
    symbols = [found(grey) for grey in pages]
    alone = np.array([len(images) == 1 for images in symbols])
    first = np.stack([images[0] if len(images) else np.zeros((28, 28)) for images in symbols])
    return float((alone & (predicted(first.astype(np.uint8), run) == digits[1])).mean())


@pytest.mark.parametrize(("side", "digit"), [(56, 50), (140, 112), (300, 90)])
@pytest.mark.parametrize("kind", made.DEGRADATIONS)
def test_degraded_digits_are_predicted(kind, side, digit, digits, run):
    rng = np.random.default_rng(0)
    pages = (made.photograph(made.with_digit(image, side, digit), kind, rng) for image in digits[0])
    reached = accuracy(pages, digits, run)
    print(f"{kind}, {digit} of {side}: {reached:.1%}")
    assert reached >= ENOUGH


@pytest.mark.parametrize("among", ["right", "all"])
@pytest.mark.parametrize("kind", made.DEGRADATIONS)
def test_pages_of_several_digits_are_predicted_whole(kind, among, all_digits, run):
    """Of digits that the network predicts rightly as MNIST has them. Of all digits it predicts 98%
    rightly, so of four or five digits on a page all are right on about 93% of the pages."""
    rng, whole = np.random.default_rng(1), 0
    images, labels = all_digits
    among_these = predicted(images, run) == labels if among == "right" else labels >= 0
    numbers = np.flatnonzero(among_these)
    for _ in range(PAGES):
        chosen = numbers[rng.integers(0, len(numbers), rng.integers(3, 7))]
        symbols = found(made.photograph(made.with_digits(images[chosen], rng), kind, rng))
        if len(symbols) == len(chosen):
            whole += (predicted(symbols, run) == labels[chosen]).all()
    print(f"{kind}, pages of {among} digits: {whole / PAGES:.1%}")
    assert whole / PAGES >= {"right": ENOUGH, "all": 0.85}[among]


def in_form(image: np.ndarray, mode: str, ground: str, side: int, moved: int) -> Image.Image:
    """A picture of a digit, which is moved by so many of its own pixels, if there is room."""
    rows, columns = (np.flatnonzero(image.any(axis=axis)) for axis in (1, 0))
    move = min(moved, 27 - rows[-1]), -min(moved, columns[0])
    grey = np.roll(image, move, axis=(0, 1))
    picture = Image.fromarray(grey if ground == "dark" else 255 - grey)
    return picture.resize((side, side), Image.Resampling.BICUBIC).convert(mode)


@pytest.mark.parametrize(("mode", "ground", "side", "moved"), FORMS)
def test_a_digit_is_predicted_in_whatever_form_it_comes(mode, ground, side, moved, digits, run):
    plain = (predicted(digits[0], run) == digits[1]).mean()
    pages = (pictures.flatten(in_form(image, mode, ground, side, moved)) for image in digits[0])
    reached = accuracy(pages, digits, run)
    print(f"{mode} {ground} {side} {moved}: {reached:.1%}, plain {plain:.1%}")
    assert reached >= plain - 0.02
