"""Several networks of equal shape, trained at once: is one stacked product faster than many?

    python benchmarks/at_once.py

`numpy.matmul` multiplies stacks of matrices, so that K networks can take their steps together: one
call where K are needed otherwise. Both ways take the same steps (ReLU, softmax, momentum, L2) from
the same start on the same batches, each network on its own, end at the same weights, and are timed
by turns on one thread.
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import statistics
import sys
import time
from functools import partial
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests")]

from clouds import SETTINGS  # noqa: E402

from handwritten.learning import batches, network, training  # noqa: E402
from handwritten.learning.backpropagation import Crew  # noqa: E402
from handwritten.randomness import generator  # noqa: E402

CASES = [  # network, batch, networks
    ([784, 10, 10], 32, 8),
    ([784, 16, 10], 32, 32),
    ([784, 32, 10], 128, 8),
    ([784, 128, 64, 10], 32, 8),
    ([784, 128, 64, 10], 128, 8),
    ([784, 256, 128, 10], 128, 4),
]
STEPS, TURNS, RATE = 40, 9, 0.1


class OneByOne:
    """Each network by the library, one after the other."""

    def __init__(self, samples, settings, count, rows):
        self.rows, lit = rows, np.arange(784)
        stored = batches.stored(samples, settings, lit)
        self.states = [
            training.first_state(settings, partial(generator, seed), lit) for seed in range(count)
        ]
        self.crews, self.updates = [], []
        for state in self.states:
            layers = network.views(state.vector, settings["layer_dims"])
            crew = Crew(stored, layers, settings, settings["batch_size"])
            crew.begin(partial(generator, 0), 0)
            self.crews.append(crew)
            self.updates.append(training.Updater(state, layers, crew.work, settings))

    def steps(self):
        for step, batch in enumerate(self.rows, 1):
            for rows, crew, update in zip(batch, self.crews, self.updates, strict=True):
                crew.gradient(rows, update.scale(RATE))
                update(step, RATE)

    def vectors(self):
        return [state.vector for state in self.states]


class AtOnce:
    """All networks in stacks: W (networks, d_in, d_out), b (networks, 1, d_out)."""

    def __init__(self, samples, settings, count, rows):
        self.x, self.y, self.rows, self.dims = samples.x, samples.y, rows, settings["layer_dims"]
        self.l2, self.momentum = settings["l2"], settings["momentum"]
        lit = np.arange(784)
        starts = [
            training.first_state(settings, partial(generator, seed), lit).vector
            for seed in range(count)
        ]
        layers = [network.views(vector, self.dims) for vector in starts]
        self.W = [np.stack([each[l][0] for each in layers]) for l in range(len(layers[0]))]
        self.b = [np.stack([each[l][1] for each in layers])[:, None] for l in range(len(layers[0]))]
        self.speeds = [np.zeros_like(p) for p in (*self.W, *self.b)]
        n = settings["batch_size"]
        self.batch = np.empty((count, n, 784), np.float32)
        self.places = np.arange(count)[:, None], np.arange(n)
        self.a = [np.empty((count, n, d), np.float32) for d in self.dims[1:]]
        self.delta = [np.empty_like(a) for a in self.a]
        self.dW = [np.empty_like(W) for W in self.W]
        self.scratch = [np.empty_like(W) for W in self.W]

    def steps(self):
        for rows in self.rows:
            np.take(self.x, rows, axis=0, out=self.batch)
            self.step(self.batch, self.y[rows])

    def step(self, x, y):
        last = len(self.W) - 1
        below = x
        for l, (W, b) in enumerate(zip(self.W, self.b, strict=True)):
            np.matmul(below, W, out=self.a[l])
            self.a[l] += b
            if l < last:
                np.maximum(self.a[l], 0, out=self.a[l])
            below = self.a[l]
        p = self.delta[last]
        np.subtract(below, below.max(axis=2, keepdims=True), out=p)
        np.exp(p, out=p)
        p /= p.sum(axis=2, keepdims=True)
        p[*self.places, y] -= 1
        p *= RATE / y.shape[1]
        gradients_b = []
        for l in reversed(range(last + 1)):
            below = self.a[l - 1] if l else x
            np.matmul(below.transpose(0, 2, 1), self.delta[l], out=self.dW[l])
            gradients_b.append(self.delta[l].sum(axis=1, keepdims=True))
            if l:
                np.matmul(self.delta[l], self.W[l].transpose(0, 2, 1), out=self.delta[l - 1])
                self.delta[l - 1] *= self.a[l - 1] > 0
        for W, dW, scratch in zip(self.W, self.dW, self.scratch, strict=True):
            np.multiply(W, RATE * self.l2, out=scratch)
            dW += scratch
        gradients = (*self.dW, *reversed(gradients_b))
        for p, g, speed in zip((*self.W, *self.b), gradients, self.speeds, strict=True):
            speed *= self.momentum
            speed += g
            p -= speed

    def vectors(self):
        return [
            network.as_vector([(W[i], b[i, 0]) for W, b in zip(self.W, self.b, strict=True)])
            for i in range(len(self.W[0]))
        ]


def measured(dims, batch, count):
    """Microseconds a step and network, both ways, and the greatest difference at the end."""
    rng = np.random.default_rng(0)
    samples = batches.Samples(rng.random((4096, 784), np.float32), rng.integers(0, 10, 4096))
    changes = {"layer_dims": dims, "batch_size": batch, "l2": 0.0005, "learning_rate": RATE}
    rows = [rng.integers(0, 4096, (count, batch)) for _ in range(STEPS)]
    ways = [way(samples, SETTINGS | changes, count, rows) for way in (OneByOne, AtOnce)]
    seconds = [[], []]
    for turn in range(TURNS + 1):
        for way, found in zip(ways, seconds, strict=True):
            started = time.perf_counter()
            way.steps()
            found.append(time.perf_counter() - started)
        if turn == 0:
            differences = [
                np.abs(one - other).max()
                for one, other in zip(*(way.vectors() for way in ways), strict=True)
            ]
    ratios = [one / other for one, other in zip(*seconds, strict=True)][1:]
    each = [1e6 * statistics.median(found[1:]) / STEPS / count for found in seconds]
    return each, statistics.median(ratios), max(differences)


def main():
    print("| network | batch | networks | one by one, µs | at once, µs | ratio | difference |")
    print("|---|---|---|---|---|---|---|")
    for dims, batch, count in CASES:
        (one, other), ratio, difference = measured(dims, batch, count)
        name = "-".join(map(str, dims))
        print(
            f"| {name} | {batch} | {count} | {one:.0f} | {other:.0f} | {ratio:.2f} "
            f"| {difference:.0e} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
