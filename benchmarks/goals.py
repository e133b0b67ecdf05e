"""What this library wants to reach beside its peers, and what a run measured of it."""

from collections.abc import Callable
from typing import NamedTuple

from cases import LEARNERS, SMALL, WIDE, described

AGREEMENT = 0.006  # within which the accuracies of one case lie; seeds alone differ by half of it
MAY_FAIL = "pytorch_compiled"  # torch.compile needs a C++ compiler and knows not every machine
MEGABYTE = 1e6
# By threads and batch: the floor's share of our epoch.
FLOOR_BOUNDS = {(1, 128): 0.80, (1, 512): 0.90, (2, 128): 0.65, (2, 512): 0.75}


class Goal(NamedTuple):
    """A bound, and where in a record of training.json the figure that it bounds is found."""

    title: str
    sense: str  # "at most" or "at least"
    bound: float
    unit: str
    measured: Callable[[dict], float | None]

    def reached(self, record: dict) -> bool | None:
        """Whether it is; None where nothing was measured."""
        value = self.measured(record)
        if value is None:
            return None
        return value <= self.bound if self.sense == "at most" else value >= self.bound


def ratio(part: float | None, whole: float | None) -> float | None:
    """part / whole, None where one of them is missing."""
    return None if part is None or whole is None else part / whole


def epoch_ratio(dims, batch: int, threads: int, part: str, whole: str):
    """How to find the ratio of two contestants' median seconds for an epoch with momentum."""
    wanted = {"layer_dims": dims, "batch": batch, "threads": threads, "optimizer": "momentum"}

    def measured(record: dict) -> float | None:
        for case in record["cases"]:
            if wanted.items() <= case.items():
                return ratio(case["seconds"][part], case["seconds"][whole])
        return None

    return measured


def over_peers() -> list[Goal]:
    """Our epoch over those of PyTorch and scikit-learn."""
    peers = (
        (SMALL, "pytorch", "PyTorch's (eager)", 0.50),
        (SMALL, "sklearn", "scikit-learn's", 0.40),
        (WIDE, "pytorch", "PyTorch's (eager)", 0.85),
    )
    return [
        Goal(
            f"epoch of {words(dims, 128, threads)} / {title}",
            "at most",
            bound,
            "",
            epoch_ratio(dims, 128, threads, "handwritten", peer),
        )
        for dims, peer, title, bound in peers
        for threads in (1, 2)
    ]


def over_the_floor() -> list[Goal]:
    """What the matrix products of all inputs take alone, as a share of our epoch.

    Ours leaves out inputs that are always black: the floor lies above its own products.
    """
    return [
        Goal(
            f"products alone, all {SMALL[0]} inputs / epoch of {words(SMALL, batch, threads)}",
            "at least",
            bound,
            "",
            epoch_ratio(SMALL, batch, threads, "matmul", "handwritten"),
        )
        for (threads, batch), bound in FLOOR_BOUNDS.items()
    ]


def words(dims: list[int], batch: int, threads: int) -> str:
    """A case with momentum in words."""
    case = {"layer_dims": dims, "batch": batch, "threads": threads, "optimizer": "momentum"}
    return described(case)


def seconds_to(record: dict, percent: str, name: str) -> float | None:
    """Seconds of training to a test accuracy, None where not tried or not reached."""
    return record["time_to"].get(percent, {}).get(name)


def memory(record: dict) -> float | None:
    """Megabytes by which our process grew in training."""
    peak = record["peak_memory"]["handwritten"]
    return None if peak is None else peak / MEGABYTE


GOALS = [
    *over_peers(),
    *over_the_floor(),
    Goal(
        "stretches of the training loop that allocate an array",
        "at most",
        0,
        "",
        lambda record: record["allocations"]["stretches_with_arrays"],
    ),
    Goal(
        "time to 98% test accuracy / PyTorch's (eager)",
        "at most",
        0.5,
        "",
        lambda record: ratio(
            seconds_to(record, "98", "handwritten"), seconds_to(record, "98", "pytorch")
        ),
    ),
    Goal(
        "time to 99% test accuracy",
        "at most",
        60,
        " s",
        lambda record: seconds_to(record, "99", "handwritten"),
    ),
    Goal(
        "loading IDX to float32 / gzip alone",
        "at most",
        1.25,
        "",
        lambda record: ratio(record["idx_load"]["handwritten"], record["idx_load"]["gzip"]),
    ),
    Goal("peak memory of training beyond the data", "at most", 60, " MB", memory),
]


def problems(record: dict) -> list[str]:
    """Why a run's figures cannot be compared: failures, and accuracies that do not agree."""
    found = []
    for case in record["cases"]:
        for name, reason in case["reasons"].items():
            if name != MAY_FAIL:
                found.append(f"{described(case)}: {name} failed: {reason}")
        learnt = {name: case["accuracy"][name] for name in LEARNERS if case["accuracy"][name]}
        if learnt and max(learnt.values()) - min(learnt.values()) > AGREEMENT:
            figures = ", ".join(f"{name} {value:.2%}" for name, value in learnt.items())
            found.append(f"{described(case)}: test accuracies do not agree: {figures}")
    return found
