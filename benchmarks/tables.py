"""A run's record as tables and a figure."""

import io
from itertools import pairwise
from pathlib import Path
from statistics import median

from matplotlib.figure import Figure
from matplotlib.ticker import FormatStrFormatter, LogLocator, NullFormatter

from cases import CONTESTANTS, LEARNERS, SMALL, TITLES, described, in_words, joined
from goals import case_of, goals_of, problems
from handwritten.io import files
from handwritten.io.measured_pages import signed
from handwritten.page import figures

NAME = "benchmarks"
LIBRARY = "workflow/scripts/handwritten"
MEASURED = (NAME, f"{LIBRARY}/learning", f"{LIBRARY}/data")
COLOURS = dict(zip(LEARNERS, figures.LINES, strict=False)) | {"matmul": figures.INK}
ROWS = 55_000  # training images


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
    return table(
        ["goal", "bound", "measured", "reached"], [goal.row() for goal in goals_of(record)]
    )


def case_table(record: dict, key: str, names: tuple[str, ...], form: str) -> str:
    """What is under `key` for each case, a column for each contestant; of a list, the median."""
    head = ["network", "batch", "optimizer", "threads", *(TITLES[name] for name in names)]
    rows = [
        [joined(case["layer_dims"]), str(case["batch"]), case["optimizer"], str(case["threads"])]
        + [shown(middle(case[key][name]), form) for name in names]
        for case in record["cases"]
    ]
    return table(head, rows)


def middle(values: list[float] | float | None) -> float | None:
    """The median of a list; anything else as it is."""
    return median(values) if isinstance(values, list) else values


def time_to_table(record: dict) -> str:
    """Seconds and epochs to each target, and the test accuracy then: medians over the seeds."""
    rows = []
    for percent, target in record["time_to"].items():
        cells = []
        for name in LEARNERS:
            found = [middle(target[key].get(name)) for key in ("seconds", "epochs", "test")]
            forms = zip(found, (".1f", "g", ".2%"), strict=True)
            cells.append("{} s, {} epochs, {}".format(*(shown(*pair) for pair in forms)))
            if found[0] is None:
                cells[-1] = "–"
        rows.append([f"{percent}%, {in_words(target['threads'])}", *cells])
    return table(["on dev; test accuracy then", *(TITLES[name] for name in LEARNERS)], rows)


def epochs_table(record: dict) -> str:
    """Where the time to a target goes: the first epoch with all set-up, a later one, and what the
    products of an epoch take alone. Medians over the seeds."""
    rows = []
    for percent, target in record["time_to"].items():
        races = {name: parts_of(target, name) for name in LEARNERS}
        for part, title in enumerate(("the first epoch", "a later epoch")):
            cells = [shown(races[name] and races[name][part], ".2f") for name in LEARNERS]
            rows.append([f"{percent}%: {title}", *cells, "–"])
        rows[-1][-1] = shown(middle(target["products"]), ".2f")
    return table(["seconds", *(TITLES[name] for name in CONTESTANTS)], rows)


def parts_of(target: dict, name: str) -> tuple[float, float] | None:
    """The seconds of the first epoch to a target and of one of the others, None where it was not
    reached."""
    if not target["seconds"].get(name):
        return None
    races = list(zip(*(target[key][name] for key in ("seconds", "first", "epochs")), strict=True))
    later = [(seconds - first) / (epochs - 1) for seconds, first, epochs in races if epochs > 1]
    return median(first for _, first, _ in races), median(later or [0])


def memory_table(record: dict) -> str:
    """Megabytes beyond libraries and data."""
    peaks = record["peak_memory"]
    row = [shown(peak and peak / 1e6, ".0f") for peak in peaks.values()]
    return table(["peak memory", *(TITLES[name] for name in peaks)], [["MB", *row]])


def processor_table(record: dict) -> str:
    """Billions of operations a second: what the processor could do, and what is done with it."""
    rows = []
    for threads, speed in record["processor"].items():
        _, seconds = case_of(record, SMALL, int(threads))
        done = [
            operations(record["pixels"]) / median(seconds[name]) / 1e9
            if seconds.get(name)
            else None
            for name in ("matmul", "handwritten")
        ]
        cells = [shown(value, ".0f") for value in (speed["peak"], speed["large_product"], *done)]
        rows.append([in_words(int(threads)), *cells])
    head = ("multiply-adds alone", "a large product", "products alone", "this library")
    return table(["billions of operations a second", *head], rows)


def operations(pixels: int) -> int:
    """The operations of all products of an epoch of the small network with so many inputs: two for
    each weight and row forward, two for its gradient, two on the way back to the layer below."""
    first, *above = (d_in * d_out for d_in, d_out in pairwise((pixels, *SMALL[1:])))
    return ROWS * (4 * first + 6 * sum(above))


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
        f"Made by `make bench` in one run on {record['cores']} cores of {record['cpu']}, with "
        f"{packages}. [{NAME}.json]({NAME}.json) has every round. Figures are medians over the "
        "rounds. In brackets are 95% intervals for them, or the smallest and the largest value "
        "where there are fewer than six rounds.",
        f"![Seconds an epoch of every case, by contestant]({NAME}.png)",
        "## Goals",
        goal_table(record),
        "## Seconds an epoch",
        case_table(record, "seconds", CONTESTANTS, ".3f"),
        "Test accuracy reached in these rounds:",
        case_table(record, "accuracy", LEARNERS, ".2%"),
        "## How near to the processor's limit",
        processor_table(record),
        "## Time to an accuracy, memory, loading",
        time_to_table(record),
        epochs_table(record),
        memory_table(record),
        f"Loading the training images from .gz to float32 takes {median(load['handwritten']):.3f} "
        f"s, gzip alone {median(load['gzip']):.3f} s.",
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
        heights = [row + 0.11 * (place - 3) for row in rows]
        medians = [median(cases[row]["seconds"][name]) for row in rows]
        least, most = ([end(cases[row]["seconds"][name]) for row in rows] for end in (min, max))
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


def write(record: dict, folder: Path) -> None:
    """Write the record, the page and its figure into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    files.write_json(folder / f"{NAME}.json", record)
    page = signed(document(record), Path(__file__).resolve().parents[1], *MEASURED)
    files.replace_file(folder / f"{NAME}.md", page.encode())
    files.replace_file(folder / f"{NAME}.png", chart(record))
