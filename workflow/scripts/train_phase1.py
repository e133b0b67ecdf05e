"""Phase 1: a neural network from first principles, to be read from top to bottom.

    python workflow/scripts/train_phase1.py

trains it on MNIST and prints how it learns. In the pipeline, Snakemake runs the same file.

An image of a digit is 784 pixels. Each of ten hidden units takes a weighted sum of the pixels and
keeps it if it is above zero; each of ten output units takes a weighted sum of the hidden units, and
softmax turns these ten sums into probabilities. Learning means: measure how wrong the probabilities
are, work out by the chain rule how that would change with every single weight, and move every
weight a little in the direction that makes the network less wrong. Repeat this 500 times.

Shapes. n images, d = 784 pixels, h = 10 hidden units, k = 10 classes; rows are images.

    x  (n, d)    pixels, 0 to 1               y  (n, k)    labels, one-hot: 1 at the right class
    W1 (d, h)    b1 (h,)    hidden layer      W2 (h, k)    b2 (k,)    output layer
"""

import sys
from pathlib import Path

import numpy as np

from handwritten.artifacts.progress import Progress
from handwritten.artifacts.writing import open_artifact
from handwritten.data.local_files import find
from handwritten.data.preparation import normalise
from handwritten.data.splits import read_splits
from handwritten.io import files
from handwritten.randomness import generator

SLICE = 500  # images: their pixels, 1.6 MB, fit into a processor's cache
SNAPSHOTS = (25, 50, 100, 200, 400)  # steps after which W1 is kept, for the page to show
ALONE = {"seed": 1, "dev_size": 5000, "classes": 10}  # the settings without Snakemake
ALONE |= {"hidden_units": 10, "initial_range": 0.5, "steps": 500, "learning_rate": 0.1}
IN_WORDS = "loss {train_loss:.4f}  dev accuracy {dev_accuracy:.2%}"  # a row of the history


def one_hot(labels, classes):
    """y (n, k): a row of zeros with a 1 in the label's column."""
    return np.eye(classes, dtype=np.float32)[labels]


def forward(x, W1, b1, W2, b2):
    """The hidden activations a1 (n, h) and the class probabilities p (n, k)."""
    z1 = x @ W1 + b1  # (n, d) @ (d, h) + (h,)  =  (n, h)
    a1 = np.maximum(z1, 0)  # ReLU: what is below zero becomes zero
    z2 = a1 @ W2 + b2  # (n, h) @ (h, k) + (k,)  =  (n, k)
    e = np.exp(z2 - z2.max(axis=1, keepdims=True))  # softmax; the shift keeps exp from overflowing
    p = e / e.sum(axis=1, keepdims=True)
    return a1, p


def cross_entropy(p, y):
    """The loss J, summed over images: the negative log-likelihood of the right class."""
    p_y = np.maximum((p * y).sum(axis=1), 1e-30)  # may be too small for float32, and log(0) is inf
    return -np.log(p_y).sum(dtype=np.float64)


# The gradients, by hand. For one image J = -sum_k y_k log p_k, with p = softmax(z2).
#
# Output. dlog(p_k)/dz2_j is (1 if j = k else 0) - p_j, hence
#     dJ/dz2_j = -sum_k y_k ((1 if j = k else 0) - p_j) = p_j sum_k y_k - y_j = p_j - y_j
# since one-hot rows sum to 1. This is the error signal of the output layer:
#     delta2 = dJ/dz2 = p - y            (n, k)
#
# Output weights. z2 = a1 W2 + b2, so weight W2[i, j] acts on z2[:, j] in proportion to a1[:, i];
# the effects on all images add up:
#     dW2 = a1^T delta2                  (h, n) @ (n, k) = (h, k)
#     db2 = delta2 summed over images    (k,)
#
# Back through the output weights: a1[:, i] acts on every z2[:, j] in proportion to W2[i, j]:
#     dJ/da1 = delta2 W2^T               (n, k) @ (k, h) = (n, h)
#
# Back through ReLU: its derivative is 1 where z1 > 0 (there a1 > 0 too) and 0 elsewhere:
#     delta1 = dJ/dz1 = dJ/da1 * (a1 > 0)       (n, h)
#
# Hidden weights, as before, with x in the place of a1:
#     dW1 = x^T delta1                   (d, n) @ (n, h) = (d, h)
#     db1 = delta1 summed over images    (h,)
def gradients(x, y, W1, b1, W2, b2):
    """dW1, db1, dW2, db2: the gradients of the loss summed over the images of x."""
    a1, p = forward(x, W1, b1, W2, b2)
    delta2 = p - y
    dW2 = a1.T @ delta2
    db2 = delta2.sum(axis=0)
    delta1 = delta2 @ W2.T * (a1 > 0)
    dW1 = x.T @ delta1
    db1 = delta1.sum(axis=0)
    return dW1, db1, dW2, db2


# The gradient of a sum is the sum of the gradients. So a slice of the images at a time goes forward
# and backward, and its pixels are still in the processor's cache when they are used again.
def full_batch_gradients(x, y, *parameters):
    """dW1, db1, dW2, db2: the gradients of the mean loss over all images."""
    slices = [slice(start, start + SLICE) for start in range(0, len(x), SLICE)]
    parts = [gradients(x[rows], y[rows], *parameters) for rows in slices]
    return [sum(part) / len(x) for part in zip(*parts, strict=True)]


def score(x, y, *parameters):
    """The mean loss and the accuracy, the share of images whose most probable class is right."""
    _, p = forward(x, *parameters)
    right = p.argmax(axis=1) == y.argmax(axis=1)
    return float(cross_entropy(p, y) / len(x)), float(right.mean())


def norm(W):
    """The Euclidean norm of W: the root of the sum of the squares of its entries."""
    return float(np.linalg.norm(W))


def train(train, dev, settings, rng, on_row=lambda row: None):
    """The learned W1, b1, W2, b2; the history, a row for every 25th step and the last; and W1 as
    it was after some steps. `train` and `dev` hold images x (n, d), uint8, and labels y (n,)."""
    x, dev_x = normalise(train["x"]), normalise(dev["x"])
    y, dev_y = (one_hot(part["y"], settings["classes"]) for part in (train, dev))
    d, h, k = x.shape[1], settings["hidden_units"], settings["classes"]
    most, steps, learning_rate = (settings[s] for s in ("initial_range", "steps", "learning_rate"))
    shapes = (d, h), (h,), (h, k), (k,)
    W1, b1, W2, b2 = (rng.uniform(-most, most, s).astype(np.float32) for s in shapes)

    history, snapshots = [], {0: W1.copy()}
    for step in range(1, steps + 1):
        dW1, db1, dW2, db2 = full_batch_gradients(x, y, W1, b1, W2, b2)
        W1 -= learning_rate * dW1
        b1 -= learning_rate * db1
        W2 -= learning_rate * dW2
        b2 -= learning_rate * db2
        if not np.isfinite(W1).all() or not np.isfinite(W2).all():
            raise FloatingPointError(f"diverged in step {step}: lower the run's learning_rate")
        if step % 25 == 0 or step == steps:
            row = {"step": step, "learning_rate": learning_rate}
            row["train_loss"], _ = score(x, y, W1, b1, W2, b2)
            row["dev_loss"], row["dev_accuracy"] = score(dev_x, dev_y, W1, b1, W2, b2)
            row |= {"weight_norm_1": norm(W1), "gradient_norm_1": norm(dW1)}
            row |= {"weight_norm_2": norm(W2), "gradient_norm_2": norm(dW2)}
            history.append(row)
            on_row(row)
        if step in SNAPSHOTS or step == steps:
            snapshots[step] = W1.copy()
    return (W1, b1, W2, b2), history, snapshots


def run_in_the_pipeline(job):
    """Read the splits, train, write the model and how it learned."""
    settings = job.params.recipe["settings"]
    with open_artifact(job) as artifact:
        (W1, b1, W2, b2), history, snapshots = train(
            files.read_arrays(job.input.train),
            files.read_arrays(job.input.dev),
            settings,
            generator(settings["seed"], "initialisation"),
            Progress("step", settings["steps"], artifact.log, IN_WORDS),
        )
        artifact.arrays("model.npz", W1=W1, b1=b1, W2=W2, b2=b2)
        after, W1s = np.array(list(snapshots)), np.stack(list(snapshots.values()))
        artifact.arrays("first_layer.npz", after=after, W1=W1s)
        artifact.table("history.csv", history)


def run_alone(root, settings):
    """Train on MNIST as the pipeline does, and print how it learns. `root` is the project's."""
    seed, classes = settings["seed"], settings["classes"]
    try:
        paths = find(root, ["resources/{dataset}", "../shared/{dataset}"], "mnist")
    except FileNotFoundError as problem:
        sys.exit(str(problem))
    splits = read_splits(paths, classes, settings["dev_size"], generator(seed, "split"))
    test_x, test_y = normalise(splits["test"]["x"]), one_hot(splits["test"]["y"], classes)

    def on_row(row):
        print(f"step {row['step']:3}  {IN_WORDS.format(**row)}", flush=True)

    rng = generator(seed, "initialisation")
    parameters, _, _ = train(splits["train"], splits["dev"], settings, rng, on_row)
    print(f"test accuracy {score(test_x, test_y, *parameters)[1]:.2%}")


if __name__ == "__main__":
    if "snakemake" in globals():
        run_in_the_pipeline(snakemake)
    else:
        run_alone(Path(__file__).resolve().parents[2], ALONE)
