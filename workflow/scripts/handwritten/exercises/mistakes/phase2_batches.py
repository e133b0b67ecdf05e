"""Mini-batches: what is right, and what people get wrong."""

from collections.abc import Callable
from typing import Any

import numpy as np

from handwritten.exercises.calls import UnexpectedResultError
from handwritten.exercises.exercise import Arrays, Exercise, Functions, Probe, Values, mistake
from handwritten.exercises.unpacking import parts
from handwritten.learning import batches as library
from handwritten.learning import losses

BATCH = 6
COUNTS = (22, 19, 18)  # images: 4 are left over, 1, and none
ORDERS = (1, 1, 2)  # seeds, as of the first layers


def batches(
    x: np.ndarray, y: np.ndarray, batch_size: int, rng: np.random.Generator
) -> list[tuple[np.ndarray, np.ndarray]]:
    """The library's batches."""
    return [(x[rows], y[rows]) for rows in library.shuffled(len(x), batch_size, rng)]


def batches_probes(own: Functions) -> list[Probe]:
    """Images that can be told apart, and labels that belong to them."""
    found = []
    for count in COUNTS:
        x = np.arange(count * 3.0).reshape(count, 3) / 100
        y = losses.targets(np.arange(count) * 7 % 4, 4, 0.0, np.float64)
        arguments = {"x": x, "y": y, "batch_size": BATCH}
        probe = Probe(f"{count} images, 6 at a time", arguments, Values(**arguments, n=count), {})
        probe.right.update(unpack_batches(two_epochs(batches, arguments), probe))
        found.append(probe)
    return found


def two_epochs(function: Callable[..., Any], arguments: dict[str, Any]) -> list[list[Any]]:
    """The batches of two epochs from one generator, and of one from each of two others."""
    x, y, size = arguments.values()
    rng, same, other = (np.random.default_rng(seed) for seed in ORDERS)
    return [listed(function(x, y, size, each)) for each in (rng, rng, same, other)]


def listed(value: Any) -> list[Any]:
    """The batches. A pair of arrays is one batch, as a `return` inside the loop returns it."""
    pair = isinstance(value, tuple | list) and len(value) == 2
    return [value] if pair and all(np.ndim(each) == 2 for each in value) else list(value)


def unpack_batches(value: list[list[Any]], probe: Probe) -> Arrays:
    """What can be said about batches in random order."""
    orders, paired, contiguous, sizes = [], True, True, np.empty(0)
    for number, epoch in enumerate(value):
        cut = [of_batch(batch, probe) for batch in epoch]
        orders.append(np.concatenate([rows for rows, _ in cut] or [np.empty(0, int)]))
        if number == 0:
            sizes = np.array([len(rows) for rows, _ in cut], np.float64)
            paired = all(right for _, right in cut)
            contiguous = all((np.diff(rows) == 1).all() for rows, _ in cut)
    first, second, same, other = orders
    counts = np.bincount(first, minlength=probe.values.n)
    return {
        "sizes of the batches": sizes,
        "images lost, repeated": np.array([(counts == 0).any(), (counts > 1).any()], np.float64),
        "x and y belong together": np.array(paired, np.float64),
        "shuffled, again each epoch, image by image": np.array(
            [
                not np.array_equal(first, np.sort(first)),
                not np.array_equal(first, second),
                not contiguous,
            ],
            np.float64,
        ),
        "same for a seed, other for another": np.array(
            [np.array_equal(first, same), not np.array_equal(first, other)], np.float64
        ),
    }


def of_batch(batch: Any, probe: Probe) -> tuple[np.ndarray, bool]:
    """The numbers of a batch's images, and whether its labels are theirs."""
    x, y = parts(batch, ["x", "y"])
    x, y = np.asarray(x), np.asarray(y)
    if x.ndim != 2 or x.shape[1] != 3 or len(x) != len(y):
        shapes = f"x {x.shape} and y {y.shape}"
        raise UnexpectedResultError(f"a batch has {shapes}, not x (images, 3) and y (images, 4)")
    rows = np.round(x[:, 0] * 100 / 3).astype(int)
    if not np.allclose(x, probe.arguments["x"][rows % probe.values.n]):
        raise UnexpectedResultError("a batch has an image that is not one of x")
    return rows, bool(np.array_equal(y, probe.arguments["y"][rows]))


def cut(count: int, starts: range, size: int = BATCH) -> np.ndarray:
    """The sizes of slices from these starts."""
    return np.array([min(size, count - start) for start in starts])


def split(count: int, pieces: int) -> np.ndarray:
    """The sizes of so many even pieces."""
    return np.array([len(piece) for piece in np.array_split(np.arange(count), pieces)])


SIZES = "sizes of the batches"
BATCHES = Exercise(
    file="phase2",
    name="batches",
    probes=batches_probes,
    call=two_epochs,
    unpack=unpack_batches,
    named_in_place=True,
    mistakes={
        SIZES: [
            mistake(
                "last incomplete batch lost",
                "The last, smaller batch is lost: its images are never seen.",
                lambda v: np.full(v.n // BATCH, BATCH),
                lambda v: cut(v.n, range(0, v.n - BATCH, BATCH)),
            ),
            mistake(
                "last batch filled up",
                "The last batch is filled up: some images are seen twice.",
                lambda v: np.full(-(-v.n // BATCH), BATCH),
            ),
            mistake(
                "number of batches for their size",
                "batch_size is taken for the number of batches.",
                lambda v: split(v.n, BATCH),
                lambda v: cut(v.n, range(0, v.n, v.n // BATCH), v.n // BATCH),
                lambda v: np.full(BATCH, v.n // BATCH),
            ),
            mistake(
                "batches of even size",
                "The images are divided evenly: batches have another size than batch_size.",
                lambda v: split(v.n, -(-v.n // BATCH)),
                lambda v: split(v.n, v.n // BATCH),
            ),
            mistake(
                "empty batch",
                "If the images divide evenly, a batch without images comes last. The mean over "
                "none is NaN.",
                lambda v: cut(v.n, range(0, v.n + 1, BATCH)),
            ),
            mistake(
                "one batch only",
                "Only the first batch comes back: a `return` is inside the loop, and ends it. What "
                "is collected in a list comes back whole, and after a `yield` the loop goes on.",
                lambda v: np.array([BATCH]),
            ),
            mistake(
                "all images at once", "All images are in one batch.", lambda v: np.array([v.n])
            ),
            mistake(
                "last image lost",
                "The last image may be lost: the end of a range or a slice is not part of it.",
                lambda v: cut(v.n - 1, range(0, v.n - 1, BATCH)),
                lambda v: cut(v.n, range(0, v.n - 1, BATCH)),
            ),
            mistake(
                "step of one",
                "Each batch begins one image after the one before it: they overlap.",
                lambda v: cut(v.n, range(v.n)),
                lambda v: cut(v.n, range(v.n - BATCH)),
                lambda v: cut(v.n, range(v.n - BATCH + 1)),
            ),
        ],
        "images lost, repeated": [
            mistake(
                "drawn with repetition",
                "Some images come twice, and others never: they are drawn with repetition. An "
                "epoch sees each image once.",
                lambda v: np.array([1, 1]),
            ),
        ],
        "x and y belong together": [
            mistake(
                "x and y shuffled apart",
                "Images and labels do not belong together: x and y have been put into different "
                "orders, as by two shuffles, one after the other. Such a network never learns.",
                lambda v: 0.0,
            )
        ],
        "shuffled, again each epoch, image by image": [
            mistake(
                "not shuffled",
                "The images come in the order in which they are. Batches are alike in each epoch.",
                lambda v: np.array([0, 0, 0]),
            ),
            mistake(
                "same order each epoch",
                "Each epoch has the same order: there is a generator with a seed of its own in it.",
                lambda v: np.array([1, 0, 1]),
            ),
            mistake(
                "batches shuffled, not images",
                "The batches are in random order, but each one has the same images in each epoch.",
                lambda v: np.array([1, 1, 0]),
            ),
        ],
        "same for a seed, other for another": [
            mistake(
                "numbers not from rng",
                "The order does not come from `rng`: the same seed gives another order each time.",
                lambda v: np.array([0, 1]),
            )
        ],
    },
)
