"""Phase 1: a neural network from first principles, to be read from top to bottom.

A digit is 784 pixels. Ten hidden units each take a weighted sum of them and keep what is above
zero; ten output units each take a weighted sum of those, and softmax turns their sums into
probabilities. Learning means: measure how wrong the probabilities are, work out by the chain rule
how that would change with every single weight, and move all weights a little the other way.
500 times.

Shapes. n images, d = 784 pixels, h = 10 hidden units, k = 10 classes; rows are images.

    X  (n, d)    pixels, 0 to 1               Y  (n, k)    labels, one-hot: 1 at the right class
    W1 (d, h)    b1 (h,)    hidden layer      W2 (h, k)    b2 (k,)    output layer
"""

import numpy as np

from handwritten.artifacts import writing
from handwritten.artifacts.progress import Progress
from handwritten.data.preparation import normalise
from handwritten.data.slices import in_slices
from handwritten.io import files
from handwritten.randomness import generator

PICTURED = (25, 50, 100, 200, 400)  # steps after which W1 is kept to be looked at


def one_hot(labels, classes):
    """Y (n, k): a row of zeros with a 1 in the label's column."""
    return np.eye(classes, dtype=np.float32)[labels]


def product(A, B):
    """A @ B. In memory its columns lie together, not its rows: working along a few long columns is
    faster than along many short rows."""
    return np.matmul(A, B, order="F")


def forward(X, W1, b1, W2, b2):
    """Hidden activations A1 (n, h) and class probabilities P (n, k)."""
    Z1 = product(X, W1) + b1  # (n, d) @ (d, h) + (h,)  =  (n, h)
    A1 = np.maximum(Z1, 0)  # ReLU: what is below zero stays silent
    Z2 = product(A1, W2) + b2  # (n, h) @ (h, k) + (k,)  =  (n, k)
    E = np.exp(Z2 - Z2.max(axis=1, keepdims=True))  # softmax; the shift keeps exp from overflowing
    P = E / E.sum(axis=1, keepdims=True)
    return A1, P


def cross_entropy(P, Y):
    """The loss J, summed over images: -log p, the surprise at the right answer."""
    p = np.maximum((P * Y).sum(axis=1), 1e-30)  # a p too small for float32 is 0: log needs more
    return -np.log(p).sum(dtype=np.float64)


# The gradients, by hand. For one image J = -sum_k Y_k log P_k, with P = softmax(Z2).
#
# Output. dlog(P_k)/dZ2_j is (1 if j = k else 0) - P_j, hence
#     dJ/dZ2_j = -sum_k Y_k ((1 if j = k else 0) - P_j) = P_j sum_k Y_k - Y_j = P_j - Y_j
# since one-hot rows sum to 1:
#     dZ2 = P - Y                        (n, k)
#
# Output weights. Z2 = A1 W2 + b2, so weight W2[i, j] acts on Z2[:, j] in proportion to A1[:, i];
# the effects on all images add up:
#     dW2 = A1^T dZ2                     (h, n) @ (n, k) = (h, k)
#     db2 = dZ2 summed over images       (k,)
#
# Back through the output weights: A1[:, i] acts on every Z2[:, j] in proportion to W2[i, j]:
#     dA1 = dZ2 W2^T                     (n, k) @ (k, h) = (n, h)
#
# Back through ReLU: its slope is 1 where Z1 > 0 (there A1 > 0 too) and 0 elsewhere:
#     dZ1 = dA1 * (A1 > 0)               (n, h)
#
# Hidden weights, as before, with X in the place of A1:
#     dW1 = X^T dZ1                      (d, n) @ (n, h) = (d, h)
#     db1 = dZ1 summed over images       (h,)
def gradients(X, Y, W1, b1, W2, b2):
    """dW1, db1, dW2, db2: the gradients of the loss summed over the images of X."""
    A1, P = forward(X, W1, b1, W2, b2)
    dZ2 = P - Y
    dW2 = A1.T @ dZ2
    db2 = dZ2.sum(axis=0)
    dZ1 = product(dZ2, W2.T) * (A1 > 0)
    dW1 = X.T @ dZ1
    db1 = dZ1.sum(axis=0)
    return dW1, db1, dW2, db2


# The gradient of a sum is the sum of the gradients. So the full batch goes through a few images at
# a time, each slice with the range of pixels that are lit in it: black ones add 0 to every sum.
# That is the same mathematics in half the time; `data/slices.py` says why.
def full_batch_gradients(slices, W1, b1, W2, b2):
    """dW1, db1, dW2, db2: the gradients of the mean loss over all slices' images."""
    n = sum(len(X) for X, _, _ in slices)
    dW1, db1, dW2, db2 = np.zeros_like(W1), np.zeros_like(b1), np.zeros_like(W2), np.zeros_like(b2)
    for X, Y, lit in slices:
        part_W1, part_b1, part_W2, part_b2 = gradients(X, Y, W1[lit], b1, W2, b2)
        dW1[lit] += part_W1
        db1 += part_b1
        dW2 += part_W2
        db2 += part_b2
    return dW1 / n, db1 / n, dW2 / n, db2 / n


def score(slices, W1, b1, W2, b2):
    """The mean loss, and the share of images whose most probable class is the right one."""
    n, loss, right = 0, 0.0, 0
    for X, Y, lit in slices:
        _, P = forward(X, W1[lit], b1, W2, b2)
        loss += cross_entropy(P, Y)
        right += (P.argmax(axis=1) == Y.argmax(axis=1)).sum()
        n += len(X)
    return float(loss / n), float(right / n)


def norm(W):
    """How long W is, with all its entries as coordinates: the root of the sum of their squares."""
    return float(np.linalg.norm(W))


def train(train, dev, settings, rng, on_step=lambda row: None):
    """Learned W1, b1, W2, b2; the history, a row for every 25th step, and for the last; and W1 as
    it was after some steps."""
    d, k = train["x"].shape[1], settings["classes"]
    slices, dev_slices = (
        in_slices(normalise(part["x"]), one_hot(part["y"], k)) for part in (train, dev)
    )
    h, half = settings["hidden_units"], settings["initial_range"]

    W1 = rng.uniform(-half, half, (d, h)).astype(np.float32)
    b1 = rng.uniform(-half, half, h).astype(np.float32)
    W2 = rng.uniform(-half, half, (h, k)).astype(np.float32)
    b2 = rng.uniform(-half, half, k).astype(np.float32)

    history, learning_rate = [], np.float32(settings["learning_rate"])
    pictures = {0: W1.copy()}  # how the hidden weights come about
    for step in range(1, settings["steps"] + 1):
        dW1, db1, dW2, db2 = full_batch_gradients(slices, W1, b1, W2, b2)
        W1 -= learning_rate * dW1
        b1 -= learning_rate * db1
        W2 -= learning_rate * dW2
        b2 -= learning_rate * db2
        if not np.isfinite(W1).all() or not np.isfinite(W2).all():
            raise FloatingPointError(f"diverged in step {step}: lower the run's learning_rate")
        if step % 25 == 0 or step == settings["steps"]:
            train_loss, _ = score(slices, W1, b1, W2, b2)
            dev_loss, dev_accuracy = score(dev_slices, W1, b1, W2, b2)
            row = {"step": step, "learning_rate": float(learning_rate), "train_loss": train_loss}
            row |= {"dev_loss": dev_loss, "dev_accuracy": dev_accuracy}
            row |= {"weight_norm_1": norm(W1), "gradient_norm_1": norm(dW1)}
            row |= {"weight_norm_2": norm(W2), "gradient_norm_2": norm(dW2)}
            history.append(row)
            on_step(row)
        if step in PICTURED or step == settings["steps"]:
            pictures[step] = W1.copy()
    return (W1, b1, W2, b2), history, pictures


def main(job):
    """Read the data, train, write the model and how it learned."""
    settings = job.params.recipe["settings"]
    with writing.making(job) as artifact:
        (W1, b1, W2, b2), history, pictures = train(
            files.read_arrays(job.input.train),
            files.read_arrays(job.input.dev),
            settings,
            generator(settings["seed"], "initialisation"),
            Progress("step", settings["steps"], artifact.log),
        )
        artifact.arrays("model.npz", W1=W1, b1=b1, W2=W2, b2=b2)
        after, W1s = np.array(list(pictures)), np.stack(list(pictures.values()))
        artifact.arrays("first_layer.npz", after=after, W1=W1s)
        artifact.table("history.csv", history)


if __name__ == "__main__":
    main(snakemake)
