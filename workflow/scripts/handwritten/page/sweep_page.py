"""The page of a sweep: three figures and the ranking."""

from collections.abc import Callable
from typing import Any

import numpy as np
import yaml
from matplotlib.ticker import FormatStrFormatter, NullFormatter

from handwritten.evaluation import sweep
from handwritten.page import figures, page
from handwritten.page.figures import BLUE, INK, LINES, ORANGE
from handwritten.settings import Settings

LISTED = 200  # candidates in the page's table; sweep.csv has all of them
MOST_LINES = 500  # in a figure; more could not be told apart
FAR = 4  # times the median errors: worse candidates would compress the scale of all others


def render(settings: Settings, rounds: list[dict]) -> str:
    """The page of a sweep from its settings and the `ranking.json` of every round."""
    first = rounds[0]["ranking"]
    best, keys = rounds[-1]["ranking"][0], list(settings.ranges)
    run = {settings.extends + "_swept": {"extends": settings.extends} | best["settings"]}
    return page.render(
        "pages/sweep/page.html.j2",
        **vars(settings),
        keys=keys,
        rounds=rounds,
        best=best,
        snippet=yaml.safe_dump({"runs": run}, sort_keys=False, default_flow_style=None),
        ranking=sweep.overall([results["ranking"] for results in rounds])[:LISTED],
        name=sweep.as_text,
        parallel=parallel(drawable(first), best, settings.ranges),
        effects=effects(sweep.effects(first, settings.ranges)),
        cost=cost(rounds),
        curves=curves(rounds, settings.unit),
    )


def drawable(ranking: list[dict]) -> list[dict]:
    """The candidates that did not diverge; of very many, some of every rank."""
    rows = [row for row in ranking if not row["diverged"]]
    return rows[:: -(-len(rows) // MOST_LINES)] if rows else []


def error_axis(axis) -> None:
    """Label an axis of errors in percent."""
    figures.label_1_2_5(axis, "%g%%")


def ceiling(rows: list[dict]) -> float:
    """The most errors, in percent, that a figure shows; worse ones are on its edge or outside."""
    errors = [100 * row["mean"] for row in rows]
    return min(max(errors), FAR * float(np.median(errors)))


def heights(values: list | dict) -> Callable[[Any], float]:
    """A function that gives the position of a setting's value on its axis, 0 to 1."""
    if isinstance(values, list):
        return lambda value: (values.index(value) + 0.5) / len(values)
    scale = np.log if values["scale"] == "log" else np.asarray
    low, high = scale(values["from"]), scale(values["to"])
    return lambda value: float((scale(value) - low) / (high - low))


def ticks(values: list | dict) -> list:
    """The values that are labelled on an axis."""
    return values if isinstance(values, list) else [values["from"], values["to"]]


def parallel(rows: list[dict], best: dict, ranges: dict) -> str:
    """The SVG of parallel coordinates (Inselberg 1985): a line for each candidate, an axis for each
    setting and one for errors on dev; the best third is blue, the best candidate orange."""
    worst = ceiling(rows)
    errors = [min(100 * row["mean"], worst) for row in rows]
    low, high = np.log(min(errors) * 0.95), np.log(worst * 1.05)
    positions = [heights(values) for values in ranges.values()]

    def line(row):
        points = [at(row["settings"][key]) for at, key in zip(positions, ranges, strict=True)]
        return [*points, 1 - (np.log(min(100 * row["mean"], worst)) - low) / (high - low)]

    def draw(figure):
        axes = figure.subplots()
        columns = range(len(ranges) + 1)
        for i, row in reversed([*enumerate(rows)]):
            good, is_best = i < len(rows) / 3, row["number"] == best["number"]
            colour = ORANGE if is_best else BLUE if good else INK
            style = {"lw": 2.6, "alpha": 1, "zorder": 5} if is_best else {"lw": 1}
            alpha = {"alpha": 0.6 if good else 0.18} | style
            axes.plot(columns, line(row), color=colour, **alpha)
        for column, (key, values) in enumerate(ranges.items()):
            axes.text(column, 1.06, key, ha="center", weight="bold")
            for value in ticks(values):
                label, height = sweep.as_text(value), positions[column](value)
                box = {"boxstyle": "round,pad=0.15", "fc": "none", "ec": "none"}
                axes.text(column + 0.03, height, label, va="center", fontsize=8, bbox=box)
        last = len(ranges)
        axes.vlines(columns, -0.02, 1.02, color=INK, lw=0.8)
        axes.text(last, 1.06, "errors on dev", ha="center", weight="bold")
        for error in (min(errors), float(np.median(errors)), max(errors)):
            height = 1 - (np.log(error) - low) / (high - low)
            axes.text(last + 0.05, height, f"{error:.3g}%", va="center", fontsize=8)
        axes.set(ylim=(-0.03, 1.12), xlim=(-0.1, last + 0.35))
        axes.axis("off")

    return figures.to_svg(10.4, 4.4, draw)


def effects(by_setting: dict[str, list[dict]]) -> str:
    """The SVG of `evaluation.sweep.effects`: a panel for each setting, a dot with its interval for
    each value."""

    def draw(figure):
        panels = figure.subplots(1, len(by_setting), sharey=True, squeeze=False)[0]
        for axes, (key, rows) in zip(panels, by_setting.items(), strict=True):
            for i, row in enumerate(rows):
                draw_effect(axes, i, row)
            axes.set_xticks(range(len(rows)), [wrapped(row["label"]) for row in rows], fontsize=8)
            axes.set(title=key, yscale="log", xlim=(-0.6, len(rows) - 0.4))
            axes.grid(axis="y", alpha=0.25, lw=0.5)
        error_axis(panels[0].yaxis)
        panels[0].set_ylabel("median errors on dev")

    return figures.to_svg(10.4, 3.4, draw)


def wrapped(label: str) -> str:
    """A label in several lines, so that it does not overlap with its neighbours."""
    return label.replace(" to ", "\nto\n") if " to " in label else label.replace("-", "\n")


def draw_effect(axes, x: int, effect: dict) -> None:
    """Draw one value's median and interval, in percent."""
    if effect["low"] is not None:
        ends = [100 * effect["low"], 100 * effect["high"]]
        axes.plot([x, x], ends, color=BLUE, lw=2, alpha=0.5)
    axes.plot([x], [100 * effect["median"]], "o", color=BLUE, ms=6)


def cost(rounds: list[dict]) -> str:
    """The SVG of errors against multiplications: a colour for each round, the best as a line."""
    shown = [drawable(results["ranking"]) for results in rounds]
    front = sweep.front([row for results in rounds for row in results["ranking"]])

    def draw(figure):
        axes = figure.subplots()
        for i, rows in enumerate(shown):
            x, y = ([row["multiplications"] for row in rows], [100 * row["mean"] for row in rows])
            axes.scatter(x, y, s=22, color=LINES[i % len(LINES)], alpha=0.6, lw=0)
        x, y = ([row["multiplications"] for row in front], [100 * row["mean"] for row in front])
        axes.step(x, y, where="post", color=INK, lw=1, alpha=0.6)
        axes.set(xscale="log", yscale="log", xlabel="multiplications in a training")
        axes.set_ylim(top=1.2 * ceiling(shown[0]))
        axes.set_ylabel("errors on dev")
        axes.grid(alpha=0.25, lw=0.5)
        error_axis(axes.yaxis)

    return figures.to_svg(10.4, 3.8, draw)


def curves(rounds: list[dict], unit: str) -> str:
    """The SVG of errors on dev in training: a line for each candidate, a colour for each round."""

    def draw(figure):
        axes = figure.subplots()
        for i, results in enumerate(rounds):
            for row in drawable(results["ranking"]):
                style = {"color": LINES[i % len(LINES)], "lw": 1, "alpha": 0.45}
                axes.plot(row["at"], [100 * error for error in row["curve"]], **style)
        axes.set(xscale="log", yscale="log", xlabel=unit)
        axes.set_ylim(top=2 * ceiling(drawable(rounds[0]["ranking"])))
        axes.set_ylabel("errors on dev")
        axes.xaxis.set_major_formatter(FormatStrFormatter("%g"))
        axes.xaxis.set_minor_formatter(NullFormatter())
        axes.grid(alpha=0.25, lw=0.5)
        error_axis(axes.yaxis)

    return figures.to_svg(10.4, 3.8, draw)
