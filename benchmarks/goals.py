"""What a run's record shows: our figures over those of the peers, beside what was aimed at."""

from statistics import median
from typing import NamedTuple

from cases import AUTOGRAD, LEARNERS, SMALL, WIDE, described
from handwritten.evaluation.comparison import median_interval

AGREEMENT = 0.006  # within which the accuracies of one case lie; seeds alone differ by half of it
MAY_FAIL = "pytorch: compiled"  # torch.compile needs a C++ compiler and does not know every machine
BEST = "PyTorch's best form with autograd"
# The largest share of a peer's epoch, with batches of 128: of which network and how many threads.
BOUNDS = (
    (SMALL, 1, AUTOGRAD, BEST, 0.50),
    (SMALL, 2, AUTOGRAD, BEST, 0.55),
    (WIDE, 1, AUTOGRAD, BEST, 0.75),
    (WIDE, 2, AUTOGRAD, BEST, 0.75),
    (SMALL, 1, ("sklearn",), "scikit-learn", 0.40),
    (SMALL, 2, ("sklearn",), "scikit-learn", 0.40),
)


class Measured(NamedTuple):
    """A median, and how far it may be off: the 95% interval for it, or the least and the most where
    fewer than six values were measured."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: list[float]) -> "Measured":
        """What several values say together."""
        low, high = (median_interval(values)[end] for end in ("low", "high"))
        return cls(median(values), low or min(values), high or max(values))


class Goal(NamedTuple):
    """A bound from above on a ratio or a figure that was measured, None where it was not."""

    title: str
    bound: float
    unit: str
    measured: Measured | None

    def row(self) -> list[str]:
        """Goal and measured, side by side."""
        bound = f"at most {self.bound:g}{self.unit}"
        if self.measured is None:
            return [self.title, bound, "–", "not measured"]
        middle, low, high = (f"{value:.3g}" for value in self.measured)
        measured = middle + self.unit if low == high else f"{middle}{self.unit} ({low}–{high})"
        return [self.title, bound, measured, "yes" if self.measured.median <= self.bound else "no"]


def goals_of(record: dict) -> list[Goal]:
    """What this library aims at, and what the run measured of it."""
    to_98, to_99 = (record["time_to"].get(p, {}).get("seconds", {}) for p in ("98", "99"))
    load, peak = record["idx_load"], record["peak_memory"]["handwritten"]
    return [
        *epoch_goals(record),
        Goal(f"time to 98% on dev / {BEST}", 0.5, "", against(to_98, AUTOGRAD)),
        Goal("time to 99% on dev", 10, " s", several(to_99.get("handwritten"))),
        Goal("loading IDX to float32 / gzip alone", 1.25, "", against(load, ("gzip",))),
        Goal("peak memory beyond the data", 60, " MB", several(peak and [peak / 1e6])),
    ]


def epoch_goals(record: dict) -> list[Goal]:
    """An epoch over those of the peers."""
    found = []
    for dims, threads, peers, title, bound in BOUNDS:
        case, seconds = case_of(record, dims, threads)
        found.append(Goal(f"epoch of {case} / {title}", bound, "", against(seconds, peers)))
    return found


def case_of(record: dict, dims, threads: int) -> tuple[str, dict]:
    """A case with momentum and batches of 128 in words, and its seconds by contestant if it was
    measured."""
    wanted = {"layer_dims": [*dims], "batch": 128, "threads": threads, "optimizer": "momentum"}
    cases = (case["seconds"] for case in record["cases"] if wanted.items() <= case.items())
    return described(wanted), next(cases, {})


def against(seconds: dict, peers: tuple[str, ...]) -> Measured | None:
    """Our seconds over those of the fastest of some peers, round by round."""
    ours, theirs = (
        seconds.get("handwritten"),
        [seconds[peer] for peer in peers if seconds.get(peer)],
    )
    if not ours or not theirs:
        return None
    return Measured.of([a / b for a, b in zip(ours, min(theirs, key=median), strict=True)])


def several(values: list[float] | None) -> Measured | None:
    """What several values say together, if there are any."""
    return Measured.of(values) if values else None


def problems(record: dict) -> list[str]:
    """Why a run's figures cannot be compared: failures, and accuracies that do not agree."""
    found = []
    for case in record["cases"]:
        for name, reason in case["reasons"].items():
            if name != MAY_FAIL:
                found.append(f"{described(case)}: {name} failed: {reason}")
        reached = {name: case["accuracy"][name] for name in LEARNERS if case["accuracy"][name]}
        if reached and max(reached.values()) - min(reached.values()) > AGREEMENT:
            figures = ", ".join(f"{name} {value:.2%}" for name, value in reached.items())
            found.append(f"{described(case)}: test accuracies do not agree: {figures}")
    return found
