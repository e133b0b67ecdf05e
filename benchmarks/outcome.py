"""A record of training.json in tables and a figure, for the terminal and for the docs."""

import io
from pathlib import Path

import matplotlib
from matplotlib.figure import Figure
from matplotlib.ticker import FormatStrFormatter, LogLocator, NullFormatter

from cases import CONTESTANTS, LEARNERS, SMALL, TITLES, WIDE, joined, threads_in_words
from contestants import matmul
from goals import AGREEMENT, GOALS, MEGABYTE, epoch_ratio, problems
from handwritten.io import files
from handwritten.page import figures
from race import TIME_LIMIT

NAME = "benchmarks"
COLOURS = dict(zip(LEARNERS, figures.LINES, strict=False)) | {"matmul": figures.INK}
DOT, TICK = {"marker": "o", "ms": 5.5}, {"marker": "|", "ms": 11}
METHOD = f"""
## How it is measured

Each contestant is a process of its own, with its threads set when it starts and all data in memory.
They take turns: one epoch each of the same case, then the next round, in a random order every time.
Seconds are medians over the rounds; the figure's lines reach from the least to the most. The first
epoch of each is not timed. An epoch is all of training's share (shuffling, gathering, forward,
backward, step); scoring is not.

Same data (training images without dev), network, batch, optimizer, learning rate (0.05 for
momentum, 0.001 for Adam, constant) and float32, no regularisation. Weights start from He's normal
distribution here and in PyTorch, in scikit-learn from Glorot's uniform one, which cannot be
changed. The accuracies, each the mean after the last three epochs, must lie within
{100 * AGREEMENT:g} points of each other, or the run fails.

“Products alone” is the floor: `numpy.matmul(out=)` of the network's own shapes
and no more, with all {SMALL[0]} inputs, as the peers multiply. This library leaves out the pixels
that are black in all training images, unless it distorts these; how much that saves stands below
the goals.

Where an epoch goes is seen by clocks around the parts of the loop, in epochs that follow each
other: they find in the cache what another contestant's turn would have driven out of it, so they
add up to less than the epochs above. With 2 threads the first one's time counts, waiting included.

Times to an accuracy are medians over the seeds, with settings chosen on dev. For 98%, ours and
PyTorch's were chosen with as many tries; scikit-learn, which knows no cosine, gets more epochs at a
constant rate. For 99% they were tuned for this library alone: PyTorch gets the same without elastic
distortion, scikit-learn a wider network without any. So the peers' figures there show only what the
same recipe does for them, as far as they know it. Compiling counts. So does this library's set-up
(images turned into bytes, buffers), to its disadvantage: it lies in the first epoch, while peers
set up before the clock starts. What is not reached in the epochs that the settings have, or in
{TIME_LIMIT} seconds, is left out.

Peak memory is what the process grew by (Linux's VmHWM, started anew) from when libraries and data
were in memory until two epochs were trained and scored. For allocations, tracemalloc watches from
step to step in batches of 1,024: a step allocates an array if memory rises by 4,096 bytes or more,
one float32 an image.
"""


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
    """Goal and measured, side by side."""
    answers = {True: "yes", False: "no", None: "not measured"}
    rows = []
    for goal in GOALS:
        bound = f"{goal.sense} {goal.bound:g}{goal.unit}"
        measured = shown(goal.measured(record), ".3g", goal.unit)
        rows.append([goal.title, bound, measured, answers[goal.reached(record)]])
    return table(["goal", "bound", "measured", "reached"], rows)


def floor_text(record: dict) -> str:
    """How much less this library multiplies than the floor, in a paragraph."""
    lit = record["lit_inputs"]
    shares = [
        f"{matmul.multiplications(dims, lit) / matmul.multiplications(dims, dims[0]):.1%} "
        f"in {joined(dims)}"
        for dims in (SMALL, WIDE)
    ]
    return (
        f"The floor multiplies with all {SMALL[0]} inputs, this library with the {lit} that are "
        f"not black in all training images. That leaves it, of the floor's multiplications, "
        f"{' and '.join(shares)}."
    )


def case_table(record: dict, key: str, names: tuple[str, ...], form: str) -> str:
    """What is under `key` for each case, a column for each contestant."""
    head = ["network", "batch", "optimizer", "threads", *(TITLES[name] for name in names)]
    rows = [
        [joined(case["layer_dims"]), str(case["batch"]), case["optimizer"], str(case["threads"])]
        + [shown(case[key][name], form) for name in names]
        for case in record["cases"]
    ]
    return table(head, rows)


def profile_table(record: dict) -> str:
    """Seconds of this library's epoch, part by part, a column for each case."""
    cases = record["profiles"]
    head = [f"batch {case['batch']}, {threads_in_words(case['threads'])}" for case in cases]
    parts = sorted(cases[0]["seconds"], key=cases[0]["seconds"].get, reverse=True)
    rows = [[part, *(f"{case['seconds'][part]:.3f}" for case in cases)] for part in parts]
    rows.append(["all", *(f"{sum(case['seconds'].values()):.3f}" for case in cases)])
    return table([f"seconds, {joined(SMALL)}", *head], rows)


def reach_text(record: dict) -> str:
    """What the products alone leave of the goals beside the peers, in a paragraph."""
    shares = []
    for threads in (1, 2):
        pytorch, sklearn = (
            shown(epoch_ratio(SMALL, 128, threads, "matmul", peer)(record), ".2f")
            for peer in ("pytorch", "sklearn")
        )
        shares.append(
            f"{pytorch} of PyTorch's epoch and {sklearn} of scikit-learn's at "
            f"{threads_in_words(threads)}"
        )
    return (
        f"In NumPy the products of {joined(SMALL)} at batch 128 alone take {', '.join(shares)}: a "
        "training loop stays above that, but for the products that it can leave out."
    )


def time_to_table(record: dict) -> str:
    """Seconds and epochs to each target."""
    rows = [
        [f"{percent}%, {detail['threads']} threads"]
        + [
            f"{shown(detail['seconds'][name], '.1f')} ({shown(detail['epochs'][name], 'g')})"
            for name in LEARNERS
        ]
        for percent, detail in record["time_to_details"].items()
    ]
    return table(["seconds (epochs)", *(TITLES[name] for name in LEARNERS)], rows)


def memory_table(record: dict) -> str:
    """Megabytes beyond libraries and data."""
    peaks = record["peak_memory"]
    row = [shown(peak and peak / MEGABYTE, ".0f") for peak in peaks.values()]
    return table(["peak memory", *(TITLES[name] for name in peaks)], [["MB", *row]])


def remarks(record: dict) -> list[str]:
    """Why figures are missing."""
    lines = [
        f"{joined(case['layer_dims'])}, batch {case['batch']}: {TITLES[name]}: {reason}"
        for case in record["cases"]
        for name, reason in case["reasons"].items()
    ]
    for percent, detail in record["time_to_details"].items():
        lines += [f"{percent}%: {TITLES[name]}: {why}" for name, why in detail["reasons"].items()]
    return lines


def text(record: dict) -> str:
    """What the terminal shows at the end: goals, and loudly whatever spoils the comparison."""
    found = problems(record)
    loud = ["", "THESE FIGURES CANNOT BE COMPARED:", *found] if found else []
    epochs = case_table(record, "seconds", CONTESTANTS, ".3f")
    tables = [epochs, "", time_to_table(record), "", goal_table(record)]
    return "\n".join([*tables, "", floor_text(record), *loud])


def document(record: dict) -> str:
    """The page for the docs, in Markdown."""
    load = record["idx_load"]
    packages = {
        f"{package} {number}"
        for versions in record["versions"].values()
        for package, number in versions.items()
    }
    parts = [
        "# Training speed, beside its peers",
        "",
        "Made by `make bench` from one run, `results/benchmarks/training.json`: medians of "
        f"{record['rounds']} rounds on {record['cores']} cores of {record['cpu']}, with "
        f"{', '.join(sorted(packages))}.",
        "",
        f"![Seconds an epoch of every case, by contestant]({NAME}.png)",
        "\n## Goals\n",
        goal_table(record),
        "",
        floor_text(record),
        "\n## Where an epoch goes\n",
        profile_table(record),
        "",
        reach_text(record),
        "\n## Seconds an epoch\n",
        case_table(record, "seconds", CONTESTANTS, ".3f"),
        "\nTest accuracy reached in these rounds:\n",
        case_table(record, "accuracy", LEARNERS, ".2%"),
        "\n## Time to an accuracy, memory, loading\n",
        time_to_table(record),
        "",
        memory_table(record),
        "",
        allocations_text(record["allocations"]),
        "",
        f"Loading the training images from .gz to float32 takes {load['handwritten']:.3f} s, gzip "
        f"alone {load['gzip']:.3f} s.",
    ]
    missing = ["\nMissing:\n", *(f"- {line}" for line in remarks(record))] * bool(remarks(record))
    return "\n".join([*parts, *missing]) + "\n" + METHOD


def allocations_text(found: dict) -> str:
    """What tracemalloc saw, in a paragraph."""
    return (
        f"This library's arrays take {found['peak'] / MEGABYTE:.1f} MB beyond the data while it "
        f"trains (tracemalloc). Of {found['stretches']} stretches of its loop, from one call of "
        f"the optimizer to the next, {found['stretches_with_arrays']} allocate an array; memory "
        f"rises by {found['largest_rise']:,} bytes at most."
    )


def chart(record: dict) -> bytes:
    """A PNG: a panel for each number of threads, a row for each case, a dot for each contestant."""
    threads = sorted({case["threads"] for case in record["cases"]})
    most = max(sum(case["threads"] == n for case in record["cases"]) for n in threads)
    with matplotlib.rc_context(figures.STYLE):
        figure = Figure(figsize=(10.4, 1.3 + 0.62 * most), layout="constrained", dpi=150)
        panels = figure.subplots(1, len(threads), sharex=True, sharey=True, squeeze=False)[0]
        for n, axes in zip(threads, panels, strict=True):
            panel(axes, [case for case in record["cases"] if case["threads"] == n])
            axes.set_title(threads_in_words(n))
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
        look = DOT if name in LEARNERS else TICK
        axes.plot(medians, heights, ls="", color=COLOURS[name], label=TITLES[name], **look)
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
    files.replace_file(docs / f"{NAME}.md", document(record).encode())
    files.replace_file(docs / f"{NAME}.png", chart(record))
