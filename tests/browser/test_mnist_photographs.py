"""Photographs of MNIST's test digits, predicted by phase 2: the figures in docs/own-images.md."""

import itertools

import numpy as np
import photographs as made
import pytest
import yaml
from PIL import Image
from project import ROOT

from handwritten import predict
from handwritten.data import idx, light, local_files, photographs, pictures

DIGITS, PAGES = 1000, 200
ENOUGH = 0.95
FORMS = list(itertools.product(("L", "RGBA"), ("dark", "light"), (28, 56, 140), (0, 4)))


@pytest.fixture(scope="module")
def run() -> predict.Run:
    """MNIST's phase 2, as `make` has trained it."""
    return predict.open_run("mnist", "phase2", ROOT / "results")


@pytest.fixture(scope="module")
def digits(run) -> tuple[np.ndarray, np.ndarray]:
    """The first test digits (n, 28, 28) and their labels (n,)."""
    sources = yaml.safe_load((ROOT / "config.yaml").read_text())["download"]["sources"]
    *_, images, labels = local_files.find(ROOT, sources, "mnist")
    return idx.read(str(images))[:DIGITS], idx.read(str(labels))[:DIGITS]


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


@pytest.mark.parametrize("kind", made.DEGRADATIONS)
def test_all_digits_on_a_page_are_found_in_order(kind, digits, run):
    """The network itself errs with some, so they are compared with what it predicts for MNIST's
    image; of four or five digits of which 98% are right, all are right on 91% of the pages."""
    rng = np.random.default_rng(1)
    alone = predicted(digits[0], run)
    right, as_alone = 0, 0
    for _ in range(PAGES):
        chosen = rng.integers(0, len(alone), rng.integers(3, 7))
        images = found(made.photograph(made.with_digits(digits[0][chosen], rng), kind, rng))
        if len(images) == len(chosen):
            labels = predicted(images, run)
            right += (labels == digits[1][chosen]).all()
            as_alone += (labels == alone[chosen]).all()
    print(f"{kind}: {as_alone / PAGES:.1%} as alone, {right / PAGES:.1%} right")
    assert as_alone / PAGES >= ENOUGH


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
