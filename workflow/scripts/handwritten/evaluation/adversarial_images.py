"""How little has to change in an image for a network to be wrong about it?

Noise changes an image in a random direction. An attack looks for the worst direction, and finds it
by backpropagation: the gradient of the loss with respect to the pixels says how each of them has to
change for the loss to grow. The size of a change is the largest one of any pixel (its L-infinity
norm), and pixels stay within [0, 1]. In all attacks, sign(v) is -1, 0 or 1.

- random signs: x + size * a random sign for each pixel. This is no attack, but shows what a change
  of this size does by itself.
- FGSM, the fast gradient sign method: x + size * sign(dJ/dx), which would be the worst change if J
  were linear (Goodfellow and others 2015, "Explaining and harnessing adversarial examples").
- PGD, projected gradient descent on -J: smaller steps of the same kind, each with a new gradient,
  and after each the change is cut back to its size (Madry and others 2018, "Towards deep learning
  models resistant to adversarial attacks"). It begins at the image itself, and ends when the image
  is misclassified.

The chain rule, from the network's output to its input. With z_1 = x W_1 + b_1, the error signals
delta_l = dJ/dz_l are those of learning/backpropagation.py, and one step further down is

    dJ/dx = delta_1 W_1^T                         (n, d_1) @ (d_1, d_0)

What predicts may be several networks, and each may see several shifted copies of an image: then
the probability p_y of the label is the mean of the members' p_my, and for J = -log p_y

    dJ/dz_mk = p_my / (sum over members of p_my) * (p_mk - y_k)

so a member counts as much as it contributes to the probability of the label. Only signs of dJ/dx
are used, so each image's gradient may be multiplied by a positive number. It is, since float32 has
no room for the gradient of a very confident network; and p_my - 1 is minus the sum of the other
probabilities, which is not rounded to 0.
"""

from collections.abc import Callable
from itertools import product
from typing import NamedTuple

import numpy as np

from handwritten.data.preparation import normalise
from handwritten.evaluation.metrics import score
from handwritten.learning import losses, network
from handwritten.learning.activations import Activation

SIZES = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3)
MOST = 2000  # test images that are changed, where predicting one is as cheap as it usually is
LEAST = 200
WORK = 2_000_000_000  # images times parameters, over all members: the more, the fewer images
STEPS = 10  # of PGD
STEP = 0.25  # the size of such a step, as a share of the size of the change
SLICE = 500  # images whose gradients are computed at a time


class Run(NamedTuple):
    """What predicts: the mean of models, each over all shifts by up to so many pixels."""

    models: list[network.Layers]
    activation: Activation
    image_shape: tuple[int, int]
    maximum_shift: int


# The images after a change: of a run, images, labels, a size and a generator of random numbers.
Change = Callable[[Run, np.ndarray, np.ndarray, float, np.random.Generator], np.ndarray]


class Attack(NamedTuple):
    """A way to change images x (n, pixels) with labels (n,) by at most a size, its title, and the
    number of its steps."""

    apply: Change
    title: str
    steps: int = 1


def random_signs(
    run: Run, x: np.ndarray, labels: np.ndarray, size: float, rng: np.random.Generator
) -> np.ndarray:
    """Every pixel brighter or darker by `size`, at random."""
    signs = rng.integers(2, size=x.shape, dtype=np.int8) * 2 - 1
    return np.clip(x + x.dtype.type(size) * signs, 0, 1)


def fgsm(
    run: Run, x: np.ndarray, labels: np.ndarray, size: float, rng: np.random.Generator
) -> np.ndarray:
    """One step along the signs of the gradient."""
    _, gradient = predict(run, x, labels)
    return np.clip(x + x.dtype.type(size) * np.sign(gradient), 0, 1)


def pgd(
    run: Run, x: np.ndarray, labels: np.ndarray, size: float, rng: np.random.Generator
) -> np.ndarray:
    """Steps along the signs of new gradients, as long as an image is classified correctly."""
    changed, step = x.copy(), x.dtype.type(STEP * size)
    low, high = np.maximum(x - x.dtype.type(size), 0), np.minimum(x + x.dtype.type(size), 1)
    going = np.arange(len(x))
    for _ in range(STEPS):
        p, gradient = predict(run, changed[going], labels[going])
        correct = p.argmax(axis=1) == labels[going]
        going, gradient = going[correct], gradient[correct]
        moved = changed[going] + step * np.sign(gradient)
        changed[going] = np.clip(moved, low[going], high[going])
    return changed


ATTACKS = {
    "random_signs": Attack(random_signs, "Random signs"),
    "fgsm": Attack(fgsm, "FGSM"),
    "pgd": Attack(pgd, "PGD", STEPS),
}


def measure(
    run: Run, x: np.ndarray, labels: np.ndarray, new_rng: Callable[[], np.random.Generator]
) -> dict:
    """Each attack's accuracy at every size, on some of the images x (n, pixels), which are evenly
    spaced among all. Size 0, which all attacks share, is the original images.

    Every size uses a new generator with the same seed, so that random signs stay the same.
    """
    chosen = slice(None, None, -(-len(x) // number_of_images(run)))
    x, labels, of = normalise(x[chosen]), labels[chosen], len(x)

    def at(size: float, images: np.ndarray) -> dict:
        return {"size": size} | score(predict(run, images, labels)[0].argmax(axis=1) == labels)

    original = at(0, x)
    attacks = [
        {
            "name": name,
            "title": attack.title,
            "steps": attack.steps,
            "levels": [original]
            + [at(size, attack.apply(run, x, labels, size, new_rng())) for size in SIZES],
        }
        for name, attack in ATTACKS.items()
    ]
    return {"n": len(x), "of": of, "step": STEP, "attacks": attacks}


def number_of_images(run: Run) -> int:
    """How many test images are changed at most: MOST, or fewer for a large ensemble."""
    parameters = sum(W.size + b.size for layers in run.models for W, b in layers)
    return max(LEAST, min(MOST, WORK // (parameters * len(windows(run)))))


def predict(run: Run, x: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The probabilities (n, classes) for images x (n, pixels) in [0, 1], and the gradient (n,
    pixels) of the loss by x, times a positive number for each image."""
    starts = range(0, len(x), SLICE)
    parts = [
        predict_slice(run, x[start : start + SLICE], labels[start : start + SLICE])
        for start in starts
    ]
    if not parts:
        return np.empty((0, len(run.models[0][-1][1]))), x.copy()
    p, gradients = map(np.concatenate, zip(*parts, strict=True))
    return p, gradients


def predict_slice(run: Run, x: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The same for as many images as fit into the cache."""
    padded = np.pad(x.reshape(-1, *run.image_shape), [(0, 0)] + [(run.maximum_shift,) * 2] * 2)
    members = list(product(run.models, windows(run)))
    works, p = [], []
    for layers, window in members:
        work = network.buffers(len(x), network.layer_dims(layers), x.dtype)
        z = network.forward(padded[window].reshape(len(x), -1), layers, run.activation, work)
        works.append(work)
        p.append(losses.softmax(z.astype(np.float64)))
    gradient = np.zeros_like(padded)
    errors = error_signals(np.array(p), labels)
    for (layers, window), work, delta in zip(members, works, errors, strict=True):
        work.delta[-1][:] = delta
        gradient[window] += sent_back(layers, work).reshape(-1, *run.image_shape)
    rows, columns = run.image_shape
    shift = run.maximum_shift
    inner = gradient[:, shift : shift + rows, shift : shift + columns]
    return np.mean(p, axis=0), inner.reshape(len(x), -1)


def windows(run: Run) -> list[tuple[slice, slice, slice]]:
    """Where the shifted copies are within images that are padded by the maximum shift."""
    rows, columns = run.image_shape
    shifts = range(2 * run.maximum_shift + 1)
    return [
        (slice(None), slice(down, down + rows), slice(right, right + columns))
        for down, right in product(shifts, repeat=2)
    ]


def error_signals(p: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """dJ/dz (members, n, classes) for J = -log of the mean probability of the label, given the
    members' probabilities p; each image's largest is scaled to 1."""
    rows, tiny = np.arange(len(labels)), np.finfo(p.dtype).tiny
    of_label = p[:, rows, labels]
    share = of_label / np.maximum(of_label.sum(axis=0), tiny)
    delta = p.copy()
    delta[:, rows, labels] = 0
    delta[:, rows, labels] = -delta.sum(axis=2)
    delta *= share[:, :, None]
    return delta / np.maximum(np.abs(delta).max(axis=(0, 2)), tiny)[:, None]


def sent_back(layers: network.Layers, work: network.Buffers) -> np.ndarray:
    """dJ/dx (n, d_0), given forward's `work` and the last layer's error signal in it."""
    for l in reversed(range(1, len(layers))):
        np.matmul(work.delta[l], layers[l][0].T, out=work.delta[l - 1])
        work.delta[l - 1] *= work.derivative[l - 1]
    return work.delta[0] @ layers[0][0].T
