"""What figures show is what was measured."""

import re
from dataclasses import replace
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from matplotlib import font_manager

from handwritten.page import (
    ablation_section,
    confusion_matrix_figure,
    figures,
    formats,
    index,
    reference_section,
    training_section,
)

COUNTS = np.array([[8, 2, 0], [0, 9, 1], [5, 0, 5]])
SHARES = COUNTS / 10


def test_the_heat_map_has_every_number_in_its_row_and_column(drawing):
    left, right = confusion_matrix_figure.to_svg(COUNTS, SHARES, ["a", "b", "c"]).axes
    found = {(t.get_position()[1] - 0.5, t.get_position()[0] - 0.5): t for t in left.texts}
    for (row, column), count in np.ndenumerate(COUNTS):
        if count:
            assert found[row, column].get_text() == str(count)
    assert len(found) == np.count_nonzero(COUNTS)
    assert "20.0" in {text.get_text() for text in right.texts}
    assert left.get_ylabel() == "true" and left.get_xlabel() == "predicted"
    assert left.get_ylim() == (3, 0)  # the first class is at the top


def test_the_heat_map_s_strongest_orange_is_the_largest_share(drawing):
    left, _ = confusion_matrix_figure.to_svg(COUNTS, SHARES, ["a", "b", "c"]).axes
    cells = {(int(p.get_y()), int(p.get_x())): p.get_facecolor() for p in left.patches}
    mistakes = {place: colour[3] for place, colour in cells.items() if place[0] != place[1]}
    assert max(mistakes, key=mistakes.get) == (2, 0)
    assert mistakes[0, 2] == 0
    assert cells[0, 0][:3] != cells[2, 0][:3]


def run_trained(name, *rows, **settings):
    """As much of a run as the learning curves need; rows are (done, training, dev, accuracy)."""
    history = [
        {"step": s, "learning_rate": 2 / s, "train_loss": t, "dev_loss": d, "dev_accuracy": a}
        | {"weight_norm_1": 1.0, "gradient_norm_1": 0.0}
        for s, t, d, a in rows
    ]
    metrics = {"layer_dims": [4, 3, 10], "train": {"n": 8, "loss": 0.25, "accuracy": 0.875}}
    run = {"name": name, "history": history, "settings": settings, "test_time_shift": 1}
    return run | {"metrics": metrics, "provenance": [{"made_from": {"settings": settings}}]}


ROWS = [(25, 2.0, 2.1, 0.5), (50, 1.0, 0.9, 0.6), (100, 0.5, 1.2, 0.75)]


def curves(*runs):
    """The axes of the learning curves of these runs."""
    return training_section.content(list(runs))["curves"].axes


def test_the_curves_are_the_history_s(drawing):
    training, loss, errors, rates = curves(run_trained("phase1", *ROWS))
    assert training.lines[0].get_xdata().tolist() == [25, 50, 100]
    assert training.lines[0].get_ydata().tolist() == [2.0, 1.0, 0.5]
    assert loss.lines[0].get_ydata().tolist() == [2.1, 0.9, 1.2]
    np.testing.assert_allclose(errors.lines[0].get_ydata(), [50, 40, 25])
    assert list(rates.lines[0].get_ydata()) == [100, 50, 25]  # percent of the largest
    assert [text.get_text() for text in rates.get_legend().get_texts()] == ["phase1, of 0.08"]


def test_a_circle_is_the_model_on_its_training_images(drawing):
    for settings, at in (({}, 100), ({"early_stopping": 3}, 50)):
        _, loss, errors, _ = curves(run_trained("one", *ROWS, **settings))
        for axes, value in ((loss, 0.25), (errors, 12.5)):
            circle = axes.lines[1]
            assert (list(circle.get_xdata()), list(circle.get_ydata())) == ([at], [value])


def test_one_diverged_run_leaves_the_frame_to_the_others(drawing):
    runs = [run_trained("fine", *ROWS), run_trained("diverged", *ROWS[:2], (100, 1e9, 1e9, 0.1))]
    content = training_section.content(runs)
    assert content["beyond"] == {"diverged": 1e9}
    for axes in content["curves"].axes[:2]:
        assert axes.get_ylim()[1] < 2 * content["frame"] < 20


def test_gradients_of_0_are_named_where_a_logarithmic_scale_cannot_show_them(drawing):
    _, gradients = training_section.content([run_trained("one", *ROWS)])["norms"].axes
    assert "0 in all layers" in gradients.texts[0].get_text()


def test_the_norms_have_a_row_a_run_and_a_line_a_layer(drawing):
    rows = [
        {"epoch": e, "weight_norm_1": 2.0 * e, "gradient_norm_1": 1 / e, "weight_norm_2": 3.0}
        | {"gradient_norm_2": 0.5}
        for e in (1, 2, 4)
    ]
    charts = training_section.norms({"one": rows, "two": rows[:2]}).axes
    assert len(charts) == 4
    weights, gradients = charts[:2]
    assert [line.get_label() for line in weights.lines] == ["layer 1", "layer 2"]
    assert list(weights.lines[0].get_ydata()) == [2.0, 4.0, 8.0]
    assert weights.lines[0].get_xdata().tolist() == [25, 50, 100]
    assert list(gradients.lines[0].get_ydata()) == [1.0, 0.5, 0.25]
    assert (weights.get_title(), charts[2].get_title()) == ("one: weights", "two: weights")


def test_a_run_without_errors_is_drawn_at_zero(drawing):
    run = run_trained("perfect", (1, 0.25, 0.25, 1))
    run["metrics"]["train"]["accuracy"] = 1
    _, loss, errors, _ = curves(run)
    assert (loss.get_yscale(), errors.get_yscale()) == ("log", "linear")
    assert list(errors.lines[0].get_ydata()) == [0]


@pytest.mark.parametrize("loss", [0.03, 0.33, 3.3, 7.5])
def test_a_training_of_a_single_step_is_a_point_on_a_labelled_axis(drawing, loss):
    _, on_dev, *_ = curves(run_trained("short", (1, loss, loss, 0.5)))
    low, high = on_dev.get_ylim()
    labelled = [tick for tick in on_dev.yaxis.get_majorticklocs() if low <= tick <= high]
    assert labelled and low < loss < high
    assert on_dev.lines[0].get_marker() == "o"


def test_errors_that_vanish_for_a_while_are_drawn_at_zero(drawing):
    rows = [(1, 0.5, 0.5, 0.5), (2, 0.25, 0.25, 1), (3, 0.125, 0.125, 0.75)]
    _, _, errors, _ = curves(run_trained("phase2", *rows))
    assert list(errors.lines[0].get_ydata()) == [50, 0, 25]
    assert errors.get_yscale() == "linear" and errors.get_ylim() == (-1, 52.5)


def test_without_histories_the_curves_are_empty_but_drawn(drawing):
    for axes in training_section.learning_curves({}).axes:
        assert not axes.lines and axes.get_legend() is None


def step(change, errors, low, high, verdict, below=None, aside=False):
    rates = {"errors": errors, "mean": sum(errors) / len(errors), "low": low, "high": high}
    difference = {"mean": -0.02, "low": -0.03, "high": 0.01}
    found = verdict and {"verdict": verdict, "difference": difference}
    return {"change": change, "test": rates, "comparison": found, "below": below, "aside": aside}


def study(*steps, baselines=(), left_out=()):
    return {"baselines": list(baselines), "steps": list(steps), "left_out": list(left_out)}


def test_the_ablation_s_figure_has_every_seed_mean_and_interval(drawing):
    steps = [
        step("first", [0.5, 0.25], 0.125, 0.625, None),
        step("second", [0.0625], None, None, "helps", below=0),
    ]
    (axes,) = ablation_section.figure(study(*steps)).axes
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["first", "second"]
    assert axes.get_ylim()[0] < axes.get_ylim()[1]  # the first step is at the bottom
    dots = [scatter.get_offsets().tolist() for scatter in axes.collections]
    assert dots == [[[50, 0], [25, 0]], [[6.25, 1]]]
    lines = [(list(line.get_xdata()), list(line.get_ydata())) for line in axes.lines]
    assert ([12.5, 62.5], [0, 0]) in lines
    assert ([37.5], [0]) in lines and ([6.25], [1]) in lines
    assert ([37.5, 37.5, 6.25], [0, 1, 1]) in lines  # from the first step to the second
    texts = {text.get_text(): text.get_color() for text in axes.texts}
    assert texts == {"37.50%": figures.INK, "6.25%": figures.BLUE}


def test_the_ablation_s_figure_has_baselines_steps_aside_and_what_is_left_out(drawing):
    first, aside = step("first", [0.5], None, None, None), step("aside", [0.2], None, None, "hurts")
    parts = study(
        first,
        aside | {"below": 0, "aside": True},
        baselines=[step("baseline", [0.9], None, None, None)],
        left_out=[step("without", [0.25], None, None, "helps", below=0)],
    )
    above, below = ablation_section.figure(parts).axes
    assert [tick.get_text() for tick in above.get_yticklabels()] == ["baseline", "first", "aside"]
    rows = above.get_yticks()
    assert rows[1] - rows[0] > rows[2] - rows[1]  # a gap between baselines and steps
    means = {line.get_ydata()[0]: line for line in above.lines if line.get_marker() == "o"}
    assert means[rows[2]].get_markerfacecolor() == "none" != means[rows[1]].get_markerfacecolor()
    assert [tick.get_text() for tick in below.get_yticklabels()] == ["without"]
    drawn = [list(line.get_xdata()) for line in below.lines]
    assert [3, -1] in drawn and [2] in drawn
    assert [text.get_text() for text in below.texts] == ["+2.00"]


def test_no_errors_at_all_can_still_be_drawn_on_a_logarithmic_scale(drawing):
    parts = study(step("perfect", [0.0, 0.01], -0.1, 0.11, "helps"))
    (axes,) = ablation_section.figure(parts).axes
    assert min(x for line in axes.lines for x in line.get_xdata()) > 0


def test_the_reference_s_figure_has_all_cases_the_bound_and_every_epoch(drawing):
    rows = [
        {"heading": "a", "changes": {}, "differences": {"1": 0.0, "10": 1e-15}},
        {"heading": "a", "changes": {}, "differences": {"1": 1e-16, "10": 2e-16}},
        {"heading": "b", "changes": {}, "differences": {"1": 1e-17, "10": 1e-16}},
    ]
    epochs = [{"steps": 5, "differences": 0.125}, {"steps": 10, "differences": 0.25}]
    found = {"agreement": rows, "bound": 1e-10, "epochs": epochs}
    (axes,) = reference_section.figure(found).axes
    double, single, bound = axes.lines
    assert (list(double.get_xdata()), list(double.get_ydata())) == ([1, 10], [1e-16, 1e-15])
    assert (list(single.get_xdata()), list(single.get_ydata())) == ([5, 10], [0.125, 0.25])
    assert set(bound.get_ydata()) == {1e-10}


def test_one_point_is_visible(drawing):
    training, *_ = curves(run_trained("short", (1, 1.0, 1.0, 0.5)))
    assert training.lines[0].get_marker() == "o"


def test_a_figure_is_the_same_text_again_and_takes_the_page_s_colour():
    one, again = (
        confusion_matrix_figure.to_svg(COUNTS, SHARES, ["あ", "b", "c"]) for _ in range(2)
    )
    assert one == again
    assert "currentColor" in one and figures.INK not in one
    apart = formats.namespace_ids('<g id="a"><use href="#a" clip-path="url(#a)"/></g>', "p")
    assert apart == '<g id="p-a"><use href="#p-a" clip-path="url(#p-a)"/></g>'


def test_a_figure_takes_nothing_from_a_matplotlibrc_or_the_system_s_fonts():
    expected = confusion_matrix_figure.to_svg(COUNTS, SHARES, ["あ", "b", "c"])
    style = {"axes.linewidth": 6, "font.sans-serif": "Courier", "axes.unicode_minus": False}
    serif = Path(matplotlib.get_data_path(), "fonts/ttf/DejaVuSerif.ttf")
    fonts, font = font_manager.fontManager.ttflist, font_manager.get_font(serif)
    with matplotlib.rc_context(style):
        fonts.insert(0, replace(font_manager.ttfFontProperty(font), name="DejaVu Sans"))
        figures.forget_other_fonts.cache_clear()  # as in a process that begins
        assert confusion_matrix_figure.to_svg(COUNTS, SHARES, ["あ", "b", "c"]) == expected
        assert matplotlib.rcParams["axes.linewidth"] == 6


def test_the_matrix_s_cells_have_counts_shares_and_two_scales_of_colour():
    cells = confusion_matrix_figure.cells(COUNTS.tolist())
    assert [[cell["count"] for cell in row] for row in cells] == COUNTS.tolist()
    np.testing.assert_allclose([[cell["share"] for cell in row] for row in cells], SHARES)
    strengths = [[cell["strength"] for cell in row] for row in cells]
    np.testing.assert_allclose(strengths, [[0.8, 0.4, 0], [0, 0.9, 0.2], [1, 0, 0.5]])


def test_a_matrix_without_mistakes_has_no_orange():
    cells = confusion_matrix_figure.cells([[3, 0], [0, 0]])
    assert [[cell["strength"] for cell in row] for row in cells] == [[1, 0], [0, 0]]


def test_scores_by_age_leave_out_the_dev_of_models_that_learnt_from_it(drawing):
    def entry(dev, test, learnt_dev):
        splits = {"dev": dev, "test": test}
        found = {k: {"accuracy": v, "wilson95": [v - 0.01, v + 0.01]} for k, v in splits.items()}
        return {"metrics": found, "learnt_dev": learnt_dev}

    entries = [entry(0.9, 0.8, False), entry(0.97, 0.96, True), entry(0.5, 1.0, False)]
    (axes,) = index.scores_by_age(entries).axes
    dev, test = axes.lines
    np.testing.assert_allclose(dev.get_ydata(), [10, 50])
    np.testing.assert_allclose(np.rint(dev.get_xdata()), [1, 3])
    np.testing.assert_allclose(test.get_ydata(), [20, 4, 0.01])
    first, *_ = axes.collections[1].get_segments()
    np.testing.assert_allclose(first[:, 1], [21, 19])
    low, high = axes.get_ylim()
    assert low > high  # fewer errors stand higher
    assert axes.yaxis.get_major_formatter()(2, None) == "98"


def test_a_confusion_matrix_of_many_classes_stays_small_and_names_some():
    matrix = np.eye(300, dtype=int)
    svg = confusion_matrix_figure.to_svg(matrix, matrix, [f"c{i}" for i in range(300)])
    assert svg.count("<text") <= 2 * 2 * 50 + 6 and len(svg) < 500_000


def test_a_figure_for_a_stored_notebook_is_the_same_png_every_time():
    drawn = [figures.Drawing(2, 1, lambda figure: figure.subplots(), "axes") for _ in range(2)]
    first, second = (drawing.png() for drawing in drawn)
    assert first == second and first.startswith(b"\x89PNG") and b"matplotlib" not in first
    assert repr(drawn[0]) == "axes" and drawn[0].svg().startswith("<svg")


def test_a_figure_is_small_and_in_the_font_of_its_page():
    def draw(figure):
        axes = figure.subplots()
        axes.plot([0, 1 / 3], [0.12345, 0.00123], label="a")
        axes.set(title="0.12345", xlabel="x")

    svg = figures.to_svg(5, 3, draw)
    assert not re.search("metadata|DejaVu|rotate.-0", svg) and ">0.12345</text>" in svg
    assert svg.count("font-family") == 1 and 'font-family="sans-serif"' in svg.split(">")[0]
    assert not re.search(r' d="[^"]*\.\d{3}', svg) and "0.12345," in svg.split(">")[0]
    assert len(svg) < 10_000
