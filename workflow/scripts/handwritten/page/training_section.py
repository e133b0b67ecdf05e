"""How training went, on the page: learning curves, and the norms of weights and gradients."""

import math

import numpy as np

from handwritten.learning.batches import rows_per_batch
from handwritten.page import figures
from handwritten.page.figures import INK, LINES
from handwritten.page.runs import ends_undistorted, is_distorted, training_settings

LEAST = 4  # times its lower end: where a logarithmic axis ends, so that it has labels
HIGHEST = 3  # times the loss of guessing: where the axes of losses end


def content(runs: list[dict]) -> dict:
    """What the section shows of the runs that were trained: the figures, what the networks make of
    their training images and of dev, the runs that were trained on distorted images, those of them
    that were not in the last epochs, those with one batch an epoch, and the runs whose losses leave
    the frame, with the highest.
    """
    trained = [run for run in runs if run["history"]]
    histories = {run["name"]: run["history"] for run in trained}
    fits = {run["name"]: fit(run) for run in trained}
    frame = HIGHEST * math.log(runs[0]["metrics"]["layer_dims"][-1])
    highest = {
        name: max(max(row["train_loss"], row["dev_loss"]) for row in rows)
        for name, rows in histories.items()
    }
    return {
        "curves": learning_curves(histories, fits, frame),
        "norms": norms(histories) if histories else "",
        "fits": fits,
        "distorted": [run["name"] for run in trained if is_distorted(run)],
        "undistorted": [run["name"] for run in trained if ends_undistorted(run)],
        "one_batch": [run["name"] for run in trained if has_one_batch(run)],
        "frame": frame,
        "beyond": {name: loss for name, loss in highest.items() if loss > frame},
    }


def has_one_batch(run: dict) -> bool:
    """Whether every epoch of a run of phase 2 has one batch, with all training images."""
    size, images = getattr(training_settings(run), "batch_size", 0), run["metrics"]["train"]["n"]
    return rows_per_batch(size, images) == images


def fit(run: dict) -> dict:
    """A trained network's scores on its training images and on dev, both as it predicts without
    test-time augmentation, and `row`, the place in its history after which it was taken."""
    history, train = run["history"], run["metrics"]["train"]
    row = len(history) - 1
    if run["settings"].get("early_stopping"):
        row = min(range(len(history)), key=lambda i: history[i]["dev_loss"])
    dev = {"accuracy": history[row]["dev_accuracy"], "loss": history[row]["dev_loss"]}
    if not run["test_time_shift"]:
        dev = run["metrics"]["dev"]  # in which no loss is capped, as it is in phase 1's history
    return {"train": train, "dev": dev, "row": row}


def learning_curves(
    histories: dict[str, list[dict]], fits: dict[str, dict] | None = None, frame: float = math.inf
) -> str:
    """The SVG of `curves`."""
    return curves(histories, fits, frame).svg()


def curves(
    histories: dict[str, list[dict]], fits: dict[str, dict] | None = None, frame: float = math.inf
) -> figures.Drawing:
    """Losses, dev errors and learning rate during training, a line for each run.

    A circle is the trained network on its training images, where `fits` has those of `fit`. Losses
    above `frame` leave the frame. The first entry of a history's row is the step or epoch after
    which it was measured.
    """

    def draw(figure):
        (training, loss), (errors, rates) = figure.subplots(2, 2)
        for colour, (run, rows) in zip(LINES * len(histories), histories.items(), strict=False):
            done, line = percent_done(rows), line_style(colour, rows) | {"label": run}
            training.plot(done, [row["train_loss"] for row in rows], **line)
            loss.plot(done, [row["dev_loss"] for row in rows], **line)
            errors.plot(done, [100 * (1 - row["dev_accuracy"]) for row in rows], **line)
            highest = max(row["learning_rate"] for row in rows) or 1.0
            shares = [100 * row["learning_rate"] / highest for row in rows]
            rates.plot(done, shares, **line | {"label": f"{run}, of {highest:.3g}"})
            if fits:
                at, train = done[[fits[run]["row"]]], fits[run]["train"]
                circle = {"color": colour, "marker": "o", "mfc": "none", "ms": 7, "ls": "none"}
                loss.plot(at, [train["loss"]], **circle)
                errors.plot(at, [100 * (1 - train["accuracy"])], **circle)
        training.set(title="Training loss", ylabel="nats")
        loss.set(title="Cross-entropy on dev", ylabel="nats")
        errors.set(title="Errors on dev", ylabel="percent")
        rates.set(title="Learning rate", ylabel="percent of its largest value", ylim=(0, 105))
        for axes in (training, loss):
            scale_to_data(axes, frame)
        scale_errors(errors)
        for axes in (training, loss, errors, rates):
            axes.set(xlim=(0, 102), xlabel="percent of training done")
            axes.grid(alpha=0.25, lw=0.5)
        for axes in (loss, rates) if histories else ():
            axes.legend(frameon=False, labelcolor=INK, loc="best")

    words = f"Losses, errors and learning rate during training: {', '.join(histories)}"
    return figures.Drawing(10.4, 6.6, draw, words)


def scale_to_data(axes, top: float) -> None:
    """A logarithmic scale from the least positive value to the largest, or to `top` if that is
    lower, wide enough for labels at 1, 2 or 5. Where nothing is positive, it stays linear."""
    values = [value for line in axes.lines for value in line.get_ydata() if value > 0]
    if values:
        low, high = min(values), min(max(values), top)
        low = min(low, high)
        room = max(1.3, math.sqrt(LEAST * low / high))
        axes.set(yscale="log", ylim=(low / room, high * room))
        figures.label_1_2_5(axes.yaxis)


def scale_errors(axes) -> None:
    """A logarithmic scale, but a linear one where a line has no errors at some time: a logarithm
    cannot show that."""
    values = [value for line in axes.lines for value in line.get_ydata()]
    if 0 in values:
        highest = max(values) or 1
        axes.set_ylim(-0.02 * highest, 1.05 * highest)
    else:
        scale_to_data(axes, 100)


def norms(histories: dict[str, list[dict]]) -> str:
    """The SVG of the norms of every layer's weights and of their gradient during training.

    A row of two charts for each run; histories as for `learning_curves`, at least one.
    """

    def draw(figure):
        grid = figure.subplots(len(histories), 2, squeeze=False, sharex=True)
        for (weights, gradients), (run, rows) in zip(grid, histories.items(), strict=True):
            for axes, name in ((weights, "weight_norm_"), (gradients, "gradient_norm_")):
                layers = [key for key in rows[0] if key.startswith(name)]
                for colour, key in zip(LINES * len(layers), layers, strict=False):
                    values = [row[key] for row in rows]
                    label = f"layer {key.removeprefix(name)}"
                    axes.plot(percent_done(rows), values, **line_style(colour, rows), label=label)
                axes.grid(alpha=0.25, lw=0.5)
                axes.set_xlabel("percent of training done")
                axes.tick_params(labelbottom=True)
            weights.set(title=f"{run}: weights", xlim=(0, 102), ylim=(0, None))
            gradients.set(title=f"{run}: gradient")
            scale_to_data(gradients, math.inf)
            if gradients.get_yscale() == "linear":
                middle = {"ha": "center", "va": "center", "transform": gradients.transAxes}
                gradients.text(0.5, 0.6, "0 in all layers, throughout", color=INK, **middle)
            weights.legend(frameon=False, labelcolor=INK, loc="best")

    return figures.to_svg(10.4, 2.9 * len(histories) + 0.3, draw)


def percent_done(rows: list[dict]) -> np.ndarray:
    """How far training was (percent) at each row of a history."""
    counts = np.array([next(iter(row.values())) for row in rows])
    return 100 * counts / counts[-1]


def line_style(colour: str, rows: list) -> dict:
    """The style of a line; a few points are marked, as one alone would not be seen."""
    return {"color": colour, "lw": 1.8, "marker": "o" if len(rows) < 5 else None}
