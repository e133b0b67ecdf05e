"""A record of training.json as tables and a figure, beside what was aimed at."""

import io
from itertools import product
from pathlib import Path
from typing import NamedTuple

from matplotlib.figure import Figure
from matplotlib.ticker import FormatStrFormatter, LogLocator, NullFormatter

from cases import CONTESTANTS, LEARNERS, SMALL, TITLES, WIDE, described, in_words, joined
from handwritten.io import files
from handwritten.io.measured_pages import signed
from handwritten.page import figures

NAME = "benchmarks"
LIBRARY = "workflow/scripts/handwritten"
MEASURED = (NAME, f"{LIBRARY}/learning", f"{LIBRARY}/data")
COLOURS = dict(zip(LEARNERS, figures.LINES, strict=False)) | {"matmul": figures.INK}
AGREEMENT = 0.006  # within which the accuracies of one case lie; seeds alone differ by half of it
MAY_FAIL = "pytorch_compiled"  # torch.compile needs a C++ compiler and does not know every machine
PEER_BOUNDS = (  # the largest share of the peer's epoch, with batches of 128
    (SMALL, "pytorch", "PyTorch's (eager)", 0.50),
    (SMALL, "sklearn", "scikit-learn's", 0.40),
    (WIDE, "pytorch", "PyTorch's (eager)", 0.85),
)
# By threads and batch, the smallest share of our epoch that the products alone take.
FLOOR_BOUNDS = ((1, 128, 0.80), (1, 512, 0.90), (2, 128, 0.65), (2, 512, 0.75))


class Goal(NamedTuple):
    """A bound on a ratio or a figure that was measured, None where it was not."""

    title: str
    sense: str  # "at most" or "at least"
    bound: float
    unit: str
    measured: float | None

    def row(self) -> list[str]:
        """Goal and measured, side by side."""
        reached = "not measured"
        if self.measured is not None:
            above, below = self.measured > self.bound, self.measured < self.bound
            reached = "no" if (above if self.sense == "at most" else below) else "yes"
        bound = f"{self.sense} {self.bound:g}{self.unit}"
        return [self.title, bound, shown(self.measured, ".3g", self.unit), reached]


def goals(record: dict) -> list[Goal]:
    """What this library aims at, and what the run measured of it."""
    to_98, to_99 = (record["time_to"].get(p, {}).get("seconds", {}) for p in ("98", "99"))
    load, peak = record["idx_load"], record["peak_memory"]["handwritten"]
    share = ratio(to_98.get("handwritten"), to_98.get("pytorch"))
    loading = ratio(load["handwritten"], load["gzip"])
    return [
        *epoch_goals(record),
        Goal("time to 98% test accuracy / PyTorch's (eager)", "at most", 0.5, "", share),
        Goal("time to 99% test accuracy", "at most", 60, " s", to_99.get("handwritten")),
        Goal("loading IDX to float32 / gzip alone", "at most", 1.25, "", loading),
        Goal("peak memory of training beyond the data", "at most", 60, " MB", ratio(peak, 1e6)),
    ]


def epoch_goals(record: dict) -> list[Goal]:
    """An epoch over those of the peers, and the matrix products alone over an epoch."""
    goals = []
    for (dims, peer, title, bound), threads in product(PEER_BOUNDS, (1, 2)):
        case, seconds = case_of(record, dims, 128, threads)
        share = ratio(seconds.get("handwritten"), seconds.get(peer))
        goals.append(Goal(f"epoch of {case} / {title}", "at most", bound, "", share))
    for threads, batch, bound in FLOOR_BOUNDS:
        case, seconds = case_of(record, SMALL, batch, threads)
        share = ratio(seconds.get("matmul"), seconds.get("handwritten"))
        title = f"products alone, all {SMALL[0]} inputs / epoch of {case}"
        goals.append(Goal(title, "at least", bound, "", share))
    return goals


def case_of(record: dict, dims, batch: int, threads: int) -> tuple[str, dict]:
    """A case with momentum in words, and its seconds by contestant if it was measured."""
    wanted = {"layer_dims": [*dims], "batch": batch, "threads": threads, "optimizer": "momentum"}
    cases = (case["seconds"] for case in record["cases"] if wanted.items() <= case.items())
    return described(wanted), next(cases, {})


def ratio(part: float | None, whole: float | None) -> float | None:
    """part / whole, None where one of them is missing."""
    return None if part is None or whole is None else part / whole


def problems(record: dict) -> list[str]:
    """Why a run's figures cannot be compared: failures, and accuracies that do not agree."""
    problems = []
    for case in record["cases"]:
        for name, reason in case["reasons"].items():
            if name != MAY_FAIL:
                problems.append(f"{described(case)}: {name} failed: {reason}")
        reached = {name: case["accuracy"][name] for name in LEARNERS if case["accuracy"][name]}
        if reached and max(reached.values()) - min(reached.values()) > AGREEMENT:
            figures = ", ".join(f"{name} {value:.2%}" for name, value in reached.items())
            problems.append(f"{described(case)}: test accuracies do not agree: {figures}")
    return problems


def table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table that is aligned as plain text too; all but the first column to the right."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    lines = []
    for first, *others in [head, rule, *rows]:
        cells = [f"{cell:>{width}}" for cell, width in zip(others, widths[1:], strict=True)]
        lines.append(f"| {first:<{widths[0]}} | {' | '.join(cells)} |")
    return "\n".join(lines)


def shown(value: float | None, form: str, unit: str = "") -> str:
    """A figure with its unit, or a dash where there is none."""
    return "–" if value is None else format(value, form) + unit


def goal_table(record: dict) -> str:
    """Every goal, and whether it is reached."""
    return table(["goal", "bound", "measured", "reached"], [goal.row() for goal in goals(record)])


def case_table(record: dict, key: str, names: tuple[str, ...], form: str) -> str:
    """What is under `key` for each case, a column for each contestant."""
    head = ["network", "batch", "optimizer", "threads", *(TITLES[name] for name in names)]
    rows = [
        [joined(case["layer_dims"]), str(case["batch"]), case["optimizer"], str(case["threads"])]
        + [shown(case[key][name], form) for name in names]
        for case in record["cases"]
    ]
    return table(head, rows)


def time_to_table(record: dict) -> str:
    """Seconds and epochs to each target."""
    rows = []
    for percent, target in record["time_to"].items():
        pairs = [(target["seconds"].get(name), target["epochs"].get(name)) for name in LEARNERS]
        cells = [f"{shown(seconds, '.1f')} ({shown(epochs, 'g')})" for seconds, epochs in pairs]
        rows.append([f"{percent}%, {in_words(target['threads'])}", *cells])
    return table(["seconds (epochs)", *(TITLES[name] for name in LEARNERS)], rows)


def memory_table(record: dict) -> str:
    """Megabytes beyond libraries and data."""
    peaks = record["peak_memory"]
    row = [shown(ratio(peak, 1e6), ".0f") for peak in peaks.values()]
    return table(["peak memory", *(TITLES[name] for name in peaks)], [["MB", *row]])


def remarks(record: dict) -> list[str]:
    """Why figures are missing."""
    cases = [(described(case), case) for case in record["cases"]]
    targets = [(f"{percent}%", target) for percent, target in record["time_to"].items()]
    return [
        f"{title}: {TITLES[name]}: {reason}"
        for title, part in cases + targets
        for name, reason in part["reasons"].items()
    ]


def summary(record: dict) -> str:
    """What the terminal shows at the end: goals, and loudly whatever spoils the comparison."""
    reasons = problems(record)
    loud = ["THESE FIGURES CANNOT BE COMPARED:", "\n".join(reasons)] * bool(reasons)
    epochs = case_table(record, "seconds", CONTESTANTS, ".3f")
    return "\n\n".join([epochs, time_to_table(record), goal_table(record), *loud])


def document(record: dict) -> str:
    """The page for the docs, in Markdown; method.md says how all this is measured."""
    load, missing = record["idx_load"], remarks(record)
    packages = ", ".join(f"{name} {number}" for name, number in sorted(record["versions"].items()))
    parts = [
        "# Training speed, beside its peers",
        "Made by `make bench` from one run, `results/benchmarks/training.json`: medians of "
        f"{record['rounds']} rounds on {record['cores']} cores of {record['cpu']}, with "
        f"{packages}.",
        f"![Seconds an epoch of every case, by contestant]({NAME}.png)",
        "## Goals",
        goal_table(record),
        "## Seconds an epoch",
        case_table(record, "seconds", CONTESTANTS, ".3f"),
        "Test accuracy reached in these rounds:",
        case_table(record, "accuracy", LEARNERS, ".2%"),
        "## Time to an accuracy, memory, loading",
        time_to_table(record),
        memory_table(record),
        f"Loading the training images from .gz to float32 takes {load['handwritten']:.3f} s, gzip "
        f"alone {load['gzip']:.3f} s.",
        *["Missing:", "\n".join(f"- {line}" for line in missing)] * bool(missing),
        Path(__file__).with_name("method.md").read_text(),
    ]
    return "\n\n".join(parts)


def chart(record: dict) -> bytes:
    """A PNG: a panel for each number of threads, a row for each case, a dot for each contestant."""
    threads = sorted({case["threads"] for case in record["cases"]})
    most = max(sum(case["threads"] == n for case in record["cases"]) for n in threads)
    with figures.own_style():
        figure = Figure(figsize=(10.4, 1.3 + 0.62 * most), layout="constrained", dpi=150)
        panels = figure.subplots(1, len(threads), sharex=True, sharey=True, squeeze=False)[0]
        for n, axes in zip(threads, panels, strict=True):
            panel(axes, [case for case in record["cases"] if case["threads"] == n])
            axes.set_title(in_words(n))
        handles, labels = panels[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=5, frameon=False)
        out = io.BytesIO()
        figure.savefig(out, format="png", facecolor="white", metadata={"Software": None})
    return out.getvalue()


def panel(axes, cases: list[dict]) -> None:
    """Seconds an epoch on a logarithmic scale, with their spread; contestants of a case apart."""
    for place, name in enumerate(CONTESTANTS):
        rows = [row for row, case in enumerate(cases) if case["seconds"][name] is not None]
        heights = [row + 0.13 * (place - 2) for row in rows]
        medians = [cases[row]["seconds"][name] for row in rows]
        least, most = ([cases[row]["spread"][name][end] for row in rows] for end in (0, 1))
        axes.hlines(heights, least, most, color=COLOURS[name], lw=1.4, alpha=0.5)
        marker = "o" if name in LEARNERS else "|"
        axes.plot(medians, heights, marker, color=COLOURS[name], label=TITLES[name], ms=6)
    names = [f"{joined(c['layer_dims'])}\nbatch {c['batch']}, {c['optimizer']}" for c in cases]
    axes.set_yticks(range(len(cases)), names)
    axes.set(xscale="log", ylim=(len(cases) - 0.5, -0.5), xlabel="seconds an epoch")
    axes.grid(axis="x", alpha=0.25, lw=0.5)
    axes.tick_params(axis="y", length=0)
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter(FormatStrFormatter("%g"))
    axes.xaxis.set_minor_formatter(NullFormatter())


def write(record: dict, results: Path, docs: Path) -> None:
    """Write training.json into `results`, the page and its figure into `docs`."""
    results.mkdir(parents=True, exist_ok=True)
    files.write_json(results / "training.json", record)
    page = signed(document(record), Path(__file__).resolve().parents[1], *MEASURED)
    files.replace_file(docs / f"{NAME}.md", page.encode())
    files.replace_file(docs / f"{NAME}.png", chart(record))
