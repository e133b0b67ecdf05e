"""How training went, on the page: learning curves, and the norms of weights and gradients."""

import numpy as np

from handwritten.page import figures
from handwritten.page.figures import INK, LINES


def learning_curves(histories: dict[str, list[dict]]) -> str:
    """The SVG of loss, dev errors and learning rate during training, a line for each run.

    The first entry of a history's row is the step or epoch after which it was measured.
    """

    def draw(figure):
        loss, errors, rates = figure.subplots(1, 3)
        for colour, (run, rows) in zip(LINES * len(histories), histories.items(), strict=False):
            done, line = percent_done(rows), line_style(colour, rows)
            training = {**line, "ls": ":", "label": f"{run}, training"}
            loss.plot(done, [row["train_loss"] for row in rows], **training)
            loss.plot(done, [row["dev_loss"] for row in rows], **line, label=run)
            wrong = [100 * (1 - row["dev_accuracy"]) for row in rows]
            errors.plot(done, wrong, **line, label=run)
            rates.plot(done, [row["learning_rate"] for row in rows], **line, label=run)
        loss.set(title="Cross-entropy", ylabel="nats (dotted: training, solid: dev)")
        errors.set(title="Errors on dev", ylabel="percent")
        for axes in (loss, errors):
            if any(max(line.get_ydata()) > 0 for line in axes.lines):  # not if there are no errors
                axes.set_yscale("log")
                figures.label_1_2_5(axes.yaxis)
        rates.set(title="Learning rate", ylim=(0, None))
        for axes in (loss, errors, rates):
            axes.set(xlim=(0, 102), xlabel="percent of training done")
            axes.grid(alpha=0.25, lw=0.5)
            if histories:
                runs = [line for line in axes.lines if line.get_label() in histories]
                axes.legend(handles=runs, frameon=False, labelcolor=INK, loc="best")

    return figures.to_svg(10.4, 3.8, draw)


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
            weights.set(title=f"{run}: weights", xlim=(0, 102), ylim=(0, None))
            gradients.set(title=f"{run}: gradient", yscale="log")
            figures.label_1_2_5(gradients.yaxis)
            weights.legend(frameon=False, labelcolor=INK, loc="best")
        for axes in grid[-1]:
            axes.set_xlabel("percent of training done")

    return figures.to_svg(10.4, 2.9 * len(histories) + 0.3, draw)


def percent_done(rows: list[dict]) -> np.ndarray:
    """How far training was (percent) at each row of a history."""
    counts = np.array([next(iter(row.values())) for row in rows])
    return 100 * counts / counts[-1]


def line_style(colour: str, rows: list) -> dict:
    """The style of a line; a few points are marked, as one alone would not be seen."""
    return {"color": colour, "lw": 1.8, "marker": "o" if len(rows) < 5 else None}
