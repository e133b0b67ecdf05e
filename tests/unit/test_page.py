"""What the page shows is what was measured: figures, mistakes, tables, the index, progress."""

import json
import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from matplotlib.figure import Figure

from handwritten.evaluation import metrics
from handwritten.page import (
    circumstances,
    errors_section,
    figures,
    index,
    ladder_section,
    page,
    twin_section,
)
from handwritten.pipeline import excerpts, progress

COUNTS = np.array([[8, 2, 0], [0, 9, 1], [5, 0, 5]])
SHARES = COUNTS / 10


@pytest.fixture
def drawing(monkeypatch):
    """The figure that a function of `figures` draws, instead of its SVG."""

    def drawn(width, height, draw):
        figure = Figure(figsize=(width, height))
        draw(figure)
        return figure

    monkeypatch.setattr(figures, "drawn", drawn)


def test_the_heat_map_has_every_number_in_its_row_and_column(drawing):
    left, right = figures.confusion_matrix(COUNTS, SHARES, ["a", "b", "c"]).axes
    found = {(t.get_position()[1] - 0.5, t.get_position()[0] - 0.5): t for t in left.texts}
    for (row, column), count in np.ndenumerate(COUNTS):
        if count:
            assert found[row, column].get_text() == str(count)
    assert len(found) == np.count_nonzero(COUNTS)
    assert "20.0" in {text.get_text() for text in right.texts}
    assert left.get_ylabel() == "true" and left.get_xlabel() == "predicted"
    assert left.get_ylim() == (3, 0)  # the first class is at the top


def test_the_heat_map_s_strongest_orange_is_the_largest_share(drawing):
    left, _ = figures.confusion_matrix(COUNTS, SHARES, ["a", "b", "c"]).axes
    cells = {(int(p.get_y()), int(p.get_x())): p.get_facecolor() for p in left.patches}
    mistakes = {place: colour[3] for place, colour in cells.items() if place[0] != place[1]}
    assert max(mistakes, key=mistakes.get) == (2, 0)
    assert mistakes[0, 2] == 0
    assert cells[0, 0][:3] != cells[2, 0][:3]


def test_the_curves_are_the_history_s(drawing):
    rows = [
        {"step": s, "learning_rate": 1 / s, "train_loss": t, "dev_loss": d, "dev_accuracy": a}
        for s, t, d, a in [(25, 2.0, 2.1, 0.5), (50, 1.0, 1.2, 0.6), (60, 0.5, 0.9, 0.75)]
    ]
    loss, errors, rates = figures.learning_curves({"phase1": rows}).axes
    training, dev = loss.lines
    assert training.get_linestyle() == ":"
    np.testing.assert_allclose(training.get_xdata(), [100 * 25 / 60, 100 * 50 / 60, 100])
    assert training.get_ydata().tolist() == [2.0, 1.0, 0.5]
    assert dev.get_ydata().tolist() == [2.1, 1.2, 0.9]
    np.testing.assert_allclose(errors.lines[0].get_ydata(), [50, 40, 25])
    assert rates.lines[0].get_ydata().tolist() == [1 / 25, 1 / 50, 1 / 60]
    assert [text.get_text() for text in errors.get_legend().get_texts()] == ["phase1"]


def test_the_norms_have_a_row_a_run_and_a_line_a_layer(drawing):
    rows = [
        {"epoch": e, "weight_norm_1": 2.0 * e, "gradient_norm_1": 1 / e, "weight_norm_2": 3.0}
        | {"gradient_norm_2": 0.5}
        for e in (1, 2, 4)
    ]
    charts = figures.norms({"one": rows, "two": rows[:2]}).axes
    assert len(charts) == 4
    weights, gradients = charts[:2]
    assert [line.get_label() for line in weights.lines] == ["layer 1", "layer 2"]
    assert list(weights.lines[0].get_ydata()) == [2.0, 4.0, 8.0]
    assert weights.lines[0].get_xdata().tolist() == [25, 50, 100]
    assert list(gradients.lines[0].get_ydata()) == [1.0, 0.5, 0.25]
    assert (weights.get_title(), charts[2].get_title()) == ("one: weights", "two: weights")


def test_without_histories_the_curves_are_empty_but_drawn(drawing):
    for axes in figures.learning_curves({}).axes:
        assert not axes.lines and axes.get_legend() is None


def rung(idea, errors, low, high, verdict):
    rates = {"errors": errors, "mean": sum(errors) / len(errors), "low": low, "high": high}
    return {
        "idea": idea,
        "test": rates,
        "against_below": verdict and {"verdict": verdict},
    }


def test_the_ladder_s_figure_has_every_seed_mean_and_interval(drawing):
    rungs = [
        rung("first", [0.5, 0.25], 0.125, 0.625, None),
        rung("second", [0.0625], None, None, "helps"),
    ]
    (axes,) = ladder_section.figure(rungs).axes
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["first", "second"]
    assert axes.get_ylim()[0] < axes.get_ylim()[1]  # the first rung is at the bottom
    dots = [scatter.get_offsets().tolist() for scatter in axes.collections]
    assert dots == [[[50, 0], [25, 0]], [[6.25, 1]]]
    lines = [(list(line.get_xdata()), list(line.get_ydata())) for line in axes.lines]
    assert ([12.5, 62.5], [0, 0]) in lines
    assert ([37.5], [0]) in lines and ([6.25], [1]) in lines
    texts = {text.get_text(): text.get_color() for text in axes.texts}
    assert texts == {"37.50%": figures.INK, "6.25%": figures.BLUE}


def test_no_errors_at_all_can_still_be_drawn_on_a_logarithmic_scale(drawing):
    (axes,) = ladder_section.figure([rung("perfect", [0.0, 0.01], -0.1, 0.11, "helps")]).axes
    assert min(x for line in axes.lines for x in line.get_xdata()) > 0


def test_times_are_filled_in_where_they_are_known(tmp_path):
    for version, seconds in (("0a", 2.0), ("0b", 5.0), ("0c", 1230.4)):
        record(tmp_path / "train_phase2" / version, {}, run={"seconds": seconds})

    def shown(how, *versions):
        names = " ".join(f"train_phase2/{version}" for version in versions)
        html = f'– <span data-seconds="{how} {names}">–</span> –'
        filled = circumstances.filled_in(html, tmp_path)
        return filled.removeprefix(f'– <span data-seconds="{how} {names}">').removesuffix(
            "</span> –"
        )

    assert shown("mean", "0a", "0b") == "3.5"
    assert shown("sum", "0a", "0b", "0c") == "1,237"
    assert shown("mean", "0a", "0d") == "–"


def test_measurements_are_filled_in_where_they_are_known(tmp_path):
    record(tmp_path / "compare_pytorch" / "0a", {}, run={"measured": {"ratio": 0.456}})
    html = '<span data-measured="{} compare_pytorch/{}">–</span>'
    found = circumstances.filled_in(html.format("ratio", "0a"), tmp_path)
    assert found == html.format("ratio", "0a").replace("–", "0.46")
    for unknown in (("ours", "0a"), ("ratio", "0b")):
        assert circumstances.filled_in(html.format(*unknown), tmp_path) == html.format(*unknown)


def test_the_twin_s_figure_has_all_cases_the_bound_and_every_epoch(drawing):
    rows = [
        {"heading": "a", "changes": {}, "apart": {"1": 0.0, "10": 1e-15}},
        {"heading": "a", "changes": {}, "apart": {"1": 1e-16, "10": 2e-16}},
        {"heading": "b", "changes": {}, "apart": {"1": 1e-17, "10": 1e-16}},
    ]
    epochs = [{"steps": 5, "apart": 0.125}, {"steps": 10, "apart": 0.25}]
    found = {"agreement": rows, "bound": 1e-10, "epochs": epochs}
    (axes,) = twin_section.figure(found).axes
    double, single, bound = axes.lines
    assert (list(double.get_xdata()), list(double.get_ydata())) == ([1, 10], [1e-16, 1e-15])
    assert (list(single.get_xdata()), list(single.get_ydata())) == ([5, 10], [0.125, 0.25])
    assert set(bound.get_ydata()) == {1e-10}


def test_machines_are_filled_in_where_they_are_known(tmp_path):
    run = {"machine": "Linux x86_64", "python": "3.11.7", "blas": "b 1.0", "threads": 2}
    record(tmp_path / "train_phase2" / "0a", {}, run=run)
    html = '<span data-machine="train_phase2/{}">–</span>'
    found = circumstances.filled_in(html.format("0a"), tmp_path)
    assert found == html.format("0a").replace("–", "Linux x86_64, Python 3.11.7, b 1.0, 2 threads")
    assert circumstances.filled_in(html.format("0b"), tmp_path) == html.format("0b")


def calibrated(*bins):
    """Calibration with these bins (confidence, accuracy, images), an empty one between them."""
    empty = {"n": 0, "errors": 0, "accuracy": None, "wilson95": None, "confidence": None}
    full = [
        {"n": n, "accuracy": a, "confidence": c, "wilson95": [a - 0.0625, a + 0.0625]}
        for c, a, n in bins
    ]
    found = {"ece": 0.0625, "bins": [full[0], empty, *full[1:]]}
    return {
        "temperature": 0.625,
        "temperature_range": [0.1, 10.0],
        "test": found,
        "test_at_temperature": {"ece": 0.03125, "loss": 0.4375, "bins": full[-1:]},
    }


def labelled(axes):
    """The places and heights of the lines of axes that show a run, by its name."""
    return {
        line.get_label(): (list(line.get_xdata()), list(line.get_ydata()))
        for line in axes.lines
        if not line.get_label().startswith("_")
    }


def test_reliability_has_a_dot_a_bin_before_and_after(drawing):
    found = {
        "a": calibrated((0.5, 0.75, 100), (0.875, 0.9375, 400)),
        "b": calibrated((0.25, 0.5, 9)),
    }
    before, after = figures.reliability(found).axes
    lines = labelled(before)
    assert list(lines) == ["a", "b"]
    assert lines["a"] == ([50, 87.5], [75, 93.75])
    assert lines["b"] == ([25], [50])
    assert labelled(after)["a"] == ([87.5], [93.75])
    dots = [scatter for scatter in before.collections if hasattr(scatter, "get_sizes")]
    few, many = max((d.get_sizes() for d in dots), key=len)
    assert few < many
    strokes = before.collections[0].get_segments()
    assert strokes[0].tolist() == [[50, 68.75], [50, 81.25]]


def test_rejection_shows_errors_until_there_are_none(drawing):
    shares = [(1.0, 8, 2), (0.75, 6, 1), (0.5, 4, 0)]
    rows = [{"answered": share, "n": n, "errors": errors} for share, n, errors in shares]
    (axes,) = figures.rejection({"a": rows, "b": rows[:1]}).axes
    lines = labelled(axes)
    assert lines["a"] == ([0, 25], [25, pytest.approx(100 / 6)])
    assert lines["b"] == ([0], [25])


def worse(name, *accuracies):
    """A curve of `evaluation.robustness` at levels 0, 1, 2 and so on."""
    levels = [
        {"level": i, "accuracy": a, "wilson95": [a - 0.125, a + 0.125]}
        for i, a in enumerate(accuracies)
    ]
    return {"name": name.lower(), "title": name, "unit": f"units of {name}", "levels": levels}


def test_robustness_has_a_panel_a_corruption_with_a_line_a_run(drawing):
    names = ("Noise", "Shift", "Rotation", "Blur")
    curves = {
        "a": [worse(name, 0.75, 0.5, 0.25) for name in names],
        "b": [worse(name, 0.75, 0.5 + i / 8, 0.5) for i, name in enumerate(names)],
    }
    examples = {name.lower(): np.linspace([0] * 4, [1] * 4, 3) for name in names}
    panels = figures.robustness(curves, examples).axes
    assert [axes.get_title() for axes in panels] == list(names)
    assert [axes.get_xlabel() for axes in panels] == [f"units of {name}" for name in names]
    for i, axes in enumerate(panels):
        lines = labelled(axes)
        assert lines["a"] == ([0, 1, 2], [75, 50, 25])
        assert lines["b"] == ([0, 1, 2], [75, 50 + 12.5 * i, 50])
        low, high = axes.collections[0].get_datalim(axes.transData).intervaly
        assert (low, high) == (12.5, 87.5)
        pictures = [above.images[0].get_array() for above in axes.child_axes]
        assert [picture.tolist() for picture in pictures] == [
            [[grey, grey], [grey, grey]] for grey in (0, 0.5, 1)
        ]


def test_no_two_ids_of_the_robustness_figure_are_equal_though_pictures_are():
    names = ("Noise", "Shift", "Rotation", "Blur")
    examples = {name.lower(): np.zeros((2, 4)) for name in names}
    svg = figures.robustness({"a": [worse(name, 0.75, 0.5) for name in names]}, examples)
    ids = re.findall(r'\bid="([^"]+)"', svg)
    assert svg.count("<image") == 8 and len(ids) == len(set(ids))


BLANK = dict.fromkeys(("reliability", "rejection", "robustness"), "<svg></svg>")


def trusted(name, wrong_labels, temperature=0.625, learnt_dev=False):
    """What the page is told of a run."""
    test = {"n": 10000, "errors": 200, "accuracy": 0.98, "loss": 0.5}
    rest = {"n": 9985, "errors": 187, "accuracy": 0.98125, "wilson95": [0.975, 0.985]}
    calibration = calibrated((0.5, 0.75, 100)) | {"temperature": temperature}
    rejection = [
        {"answered": i / 100, "errors": 100 + i, "n": 1, "accuracy": 0.5}
        for i in range(100, 49, -1)
    ]
    metrics = {
        "test": test | {"without_wrong_labels": rest if wrong_labels else None},
        "calibration": calibration,
        "rejection": rejection,
    }
    return {"name": name, "metrics": metrics, "learnt_dev": learnt_dev}


def trust_section(*runs):
    """The page's part on trust, its figures left blank, and the cells of its tables' rows."""
    html = page.render("trust.html.j2", runs=runs, default=runs[-1], trust=BLANK)
    bodies = re.findall(r"<tbody>(.*?)</tbody>", html, re.DOTALL)
    rows = [
        [re.findall(r"<t[hd][^>]*>([^<]*)<", row) for row in body.split("<tr>")[1:]]
        for body in bodies
    ]
    return html, rows


def test_the_page_says_how_sure_and_how_right_each_run_is():
    html, (calibration, rejection, wrong) = trust_section(trusted("a", True), trusted("b", True))
    assert html.count("<svg></svg>") == 3
    assert calibration[0] == ["a", "6.25%", "0.62", "3.12%", "0.5000", "0.4375"]
    assert rejection[1] == ["b", "200", "199", "195", "190", "180"]
    assert wrong[1] == ["b", "98.00%", "98.12%", "97.50–98.50%", "187", "13 of 15"]
    assert "15 are known to be wrong" in html
    assert "*" not in html and "†" not in html


def test_the_page_says_what_a_temperature_is_worth():
    html, (calibration, _) = trust_section(
        trusted("a", False, temperature=10.0), trusted("b", False, learnt_dev=True)
    )
    assert [row[2] for row in calibration] == ["10.00*", "0.62†"]
    assert html.count("The end of the range") == html.count("had learnt from") == 1
    assert "known to be wrong" not in html


def test_one_point_is_visible(drawing):
    row = {"epoch": 1, "learning_rate": 0.1, "train_loss": 1.0, "dev_loss": 1.0}
    row["dev_accuracy"] = 0.5
    loss, *_ = figures.learning_curves({"short": [row]}).axes
    assert loss.lines[0].get_marker() == "o"


def test_a_figure_is_the_same_text_again_and_takes_the_page_s_colour():
    one, again = (figures.confusion_matrix(COUNTS, SHARES, ["あ", "b", "c"]) for _ in range(2))
    assert one == again
    assert "currentColor" in one and figures.INK not in one
    apart = figures.apart('<g id="a"><use href="#a" clip-path="url(#a)"/></g>', "p")
    assert apart == '<g id="p-a"><use href="#p-a" clip-path="url(#p-a)"/></g>'


def test_the_matrix_s_cells_have_counts_shares_and_two_scales_of_colour():
    cells = errors_section.cells(COUNTS.tolist())
    assert [[cell["count"] for cell in row] for row in cells] == COUNTS.tolist()
    np.testing.assert_allclose([[cell["share"] for cell in row] for row in cells], SHARES)
    strengths = [[cell["strength"] for cell in row] for row in cells]
    np.testing.assert_allclose(strengths, [[0.8, 0.4, 0], [0, 0.9, 0.2], [1, 0, 0.5]])


def test_a_matrix_without_mistakes_has_no_orange():
    cells = errors_section.cells([[3, 0], [0, 0]])
    assert [[cell["strength"] for cell in row] for row in cells] == [[1, 0], [0, 0]]


def run_with(name, matrix):
    """As much of a run as the section on errors shows."""
    counts = np.array(matrix)
    labels, answers = (np.repeat(places.ravel(), counts.ravel()) for places in np.indices((2, 2)))
    probabilities = np.eye(2)[answers]
    test = metrics.evaluated(np.zeros(len(labels)), probabilities, labels)
    test["halves"] = metrics.halves(labels == answers)
    cells = errors_section.cells(matrix)
    run = trusted(name, wrong_labels=False)
    run["metrics"]["test"] |= test
    return run | {"matrix": cells}


def errors_shown(classes, *runs):
    """The section on errors of these runs, as text and a part for each run by its name."""
    html = page.render(
        "errors.html.j2", runs=list(runs), default=runs[-1], classes=classes, trust=BLANK
    )
    parts = re.split(r'<div class="errors-of" id="errors-of-(\w+)"', html)
    return html, dict(zip(parts[1::2], parts[2::2], strict=True))


def test_every_run_s_matrix_is_in_the_page_with_what_its_cells_stand_for():
    matrices = {"one": [[1200, 7], [3, 1]], "other": [[5, 0], [2, 6]]}
    runs = [run_with(name, matrix) for name, matrix in matrices.items()]
    _, parts = errors_shown(["T-shirt/top", "お <o>"], *runs)
    assert list(parts) == ["other", "one"]  # the default run first
    cell = r'data-true="(\d)" data-answer="(\d)"><span class="errors-count">(\d+)</span>'
    for name, matrix in matrices.items():
        found = [[int(number) for number in numbers] for numbers in re.findall(cell, parts[name])]
        assert found == [[true, said, matrix[true][said]] for true in (0, 1) for said in (0, 1)]
        assert "お &lt;o&gt;" in parts[name] and "errors-matrix is-wide" in parts[name]
    assert "one: 10 mistakes in 1,211 test images" in "one" + parts["one"].split("<h3>one")[1]
    assert '<span class="errors-share">75.0</span>' in parts["one"]


def test_frequent_mistakes_and_filters_name_the_classes():
    html, parts = errors_shown(["a", "b"], run_with("only", [[5, 1], [4, 6]]))
    pairs = re.findall(r'<li data-true="(\d)" data-answer="(\d)">.*?(\d+) times', parts["only"])
    assert pairs == [("1", "0", "4"), ("0", "1", "1")]
    options = (
        '<option value="">any</option><option value="0">a</option><option value="1">b</option>'
    )
    assert html.count(options) == 2
    assert "errors-matrix is-wide" not in html
    assert 'id="errors-compare"' not in html  # there is no other run


def test_two_runs_can_be_compared():
    runs = [run_with(name, [[1, 0], [0, 1]]) for name in ("one", "other")]
    html, _ = errors_shown(["a", "b"], *runs)
    assert 'id="errors-compare"' in html


def test_scores_by_age_leave_out_the_dev_of_models_that_learnt_from_it(drawing):
    def entry(dev, test, learnt_dev):
        splits = {"dev": dev, "test": test}
        found = {k: {"accuracy": v, "wilson95": [v - 0.01, v + 0.01]} for k, v in splits.items()}
        return {"metrics": found, "learnt_dev": learnt_dev}

    entries = [entry(0.9, 0.8, False), entry(0.97, 0.96, True), entry(0.5, 1.0, False)]
    (axes,) = figures.scores_by_age(entries).axes
    dev, test = axes.lines
    np.testing.assert_allclose(dev.get_ydata(), [10, 50])
    np.testing.assert_allclose(np.rint(dev.get_xdata()), [1, 3])
    np.testing.assert_allclose(test.get_ydata(), [20, 4, 0.01])
    first, *_ = axes.collections[1].get_segments()
    np.testing.assert_allclose(first[:, 1], [21, 19])
    low, high = axes.get_ylim()
    assert low > high  # fewer errors stand higher
    assert axes.yaxis.get_major_formatter()(2, None) == "98"


def test_words_of_the_page():
    assert page.percent(0.98123) == "98.12%"
    assert page.percent(None) == "–"
    assert page.interval([0.97987, 0.98531]) == "97.99–98.53%"
    assert page.words([784, 10]) == "784, 10"
    assert (page.p_value(0.02345), page.p_value(1.0), page.p_value(1e-9)) == (
        "0.023",
        "1",
        "< 0.0001",
    )
    assert [page.power_of_ten(value) for value in (3.24e-10, 1e-6, 0.99)] == [
        "3.2 × 10⁻¹⁰",
        "10⁻⁶",
        "9.9 × 10⁻¹",
    ]
    assert (page.words(0.0005), page.words(0.0), page.words("full")) == ("0.0005", "0", "full")


def test_text_is_escaped(tmp_path, monkeypatch):
    (tmp_path / "t.html.j2").write_text("{{ name }}")
    monkeypatch.setattr(page, "TEMPLATES", tmp_path)
    assert page.render("t.html.j2", name="<script>'\"&") == "&lt;script&gt;&#39;&#34;&amp;"


PHASE1 = {"hidden_units": 10, "initial_range": 0.5, "steps": 500, "learning_rate": 0.1}
PHASE2 = {"batch_size": 128, "optimizer": "momentum", "momentum": 0.9, "initialisation": "he"}
ARITY = {"msub": 2, "msup": 2, "mfrac": 2, "munder": 2, "msubsup": 3, "munderover": 3}


def mathematics(dims, settings, activation="relu", committee=False):
    """The page's section on mathematics, as a tree, for a default run like this."""
    default = {
        "name": "<run>",
        "metrics": {"layer_dims": dims},
        "provenance": [{"made_from": {"settings": settings}}],
        "activation": activation,
        "committee": committee,
    }
    check = {"what": "all", "layer_dims": [3, 2], "activation": "tanh", "loss": "squared"}
    check |= {"parameters": 8, "relative_error": 1.24e-9}
    gradients = {"step": 1e-6, "bound": 1e-7, "checks": [check]}
    shown = {"excerpts": excerpts.shown(), "gradients": gradients, "default": default}
    return ElementTree.fromstring(page.render("mathematics.html.j2", **shown, side=28))


def words_of(element):
    return " ".join("".join(element.itertext()).split())


@pytest.mark.parametrize(
    "section",
    [
        mathematics([784, 128, 64, 10], PHASE2),
        mathematics([784, 10, 10], PHASE1),
        mathematics([784, 10], PHASE2 | {"batch_size": "full"}, "gelu"),
        mathematics([784, 30, 10], PHASE2, committee=True),
    ],
    ids=["phase2", "phase1", "no hidden layer", "committee"],
)
def test_every_formula_has_the_parts_that_browsers_want(section):
    """A fraction with three parts is shown as an error, or not at all."""
    for formula in section.iter("math"):
        for element in formula.iter():
            assert len(element) == ARITY.get(element.tag, len(element)), words_of(formula)
            leaf = element.tag in ("mi", "mn", "mo", "mtext")
            assert not leaf or (element.text and not len(element)), words_of(formula)
            assert leaf or not (element.text or "").strip(), words_of(formula)
            between = "" if element is formula else element.tail or ""
            assert not between.strip(), words_of(formula)


def test_the_shapes_are_those_of_the_default_run():
    words = words_of(mathematics([784, 128, 64, 10], PHASE2 | {"batch_size": 100}))
    for shapes in (
        "(100, 784) @ (784, 128) + (128,)(100, 128)",
        "(100, 64) @ (64, 10) + (10,)(100, 10)",
        "(64, 100) @ (100, 10)(64, 10)",
        "(100, 10) @ (10, 64) * (100, 64)(100, 64)",
        "(784, 100) @ (100, 128)(784, 128)",
    ):
        assert shapes in words
    assert "@ (128, 784)" not in words  # there is no error signal at the pixels
    assert "standard deviations are 0.051, 0.125, 0.177." in words
    words = words_of(mathematics([784, 10, 10], PHASE1))
    assert "(n, 784) @ (784, 10) + (10,)" in words and "standard deviations" not in words


def test_the_section_says_what_the_default_run_was_trained_with():
    words = words_of(mathematics([784, 128, 64, 10], PHASE2))
    assert "In <run>: optimizer: momentum, momentum: 0.9." in words
    assert "In <run>: not used." in words  # schedule and smoothing
    words = words_of(mathematics([784, 30, 10], PHASE2, committee=True))
    assert "In <run>'s members: optimizer: momentum, momentum: 0.9." in words


def test_what_is_copied_from_an_excerpt_is_its_code_alone():
    section, shown = mathematics([784, 128, 64, 10], PHASE2), excerpts.shown()
    found = {"".join(code.itertext()) for code in section.iterfind(".//pre/code")}
    assert found == {"".join(f"{text}\n" for _, text in each["lines"]) for each in shown.values()}


def test_the_section_is_in_order_for_those_who_do_not_see_it():
    section = mathematics([784, 128, 64, 10], PHASE2)
    headings = [element.tag for element in section.iter() if element.tag in ("h2", "h3", "h4")]
    assert headings[0] == "h2" and set(headings[1:]) == {"h3"}
    for table in section.iter("table"):
        assert words_of(table.find("caption"))
        assert all(cell.get("scope") in ("col", "row") for cell in table.iter("th"))
    for element in section.iter():
        if element.get("tabindex"):
            assert element.get("role") == "group" and element.get("aria-label")
    assert "all3 → 2tanhsquared81.2 × 10⁻⁹" in words_of(section)


def record(folder, facts, **files):
    folder.mkdir(parents=True)
    (folder / "provenance.json").write_text(json.dumps({"made_from": facts}))
    for name, content in files.items():
        (folder / f"{name}.json").write_text(json.dumps(content))


def test_the_index_puts_the_best_on_dev_first_and_names_what_differs(tmp_path):
    for version, rate, accuracy in (("0a", 0.1, 0.8), ("0b", 0.2, 0.9)):
        facts = {"settings": {"learning_rate": rate, "epochs": 3}}
        record(tmp_path / "train_phase2" / version, facts, run={"started": "2026-01-02T03:04:05Z"})
        metrics = {"dev": {"accuracy": accuracy}}
        record(
            tmp_path / "evaluate" / f"1{version}", {"reads": {"model": version}}, metrics=metrics
        )
    (tmp_path / "evaluate" / "2a").mkdir()  # begun and never completed
    first, second = index.evaluations(tmp_path)
    assert (first["version"], second["version"]) == ("0b", "0a")
    assert first["differs"] == {"learning_rate": 0.2}
    assert first["built"] == "2026-01-02 03:04"


def test_what_most_models_of_a_trainer_share_is_usual_and_not_named_again(tmp_path):
    dims = {"0a": [4, 2], "0b": [4, 2], "0c": [4, 3, 2]}
    for version, layer_dims in dims.items():
        facts = {"settings": {"layer_dims": layer_dims, "seed": int(version, 16)}}
        record(tmp_path / "train_phase2" / version, facts)
        reads = {"reads": {"model": version}}
        scores = {"dev": {"accuracy": 0.9}}
        record(tmp_path / "evaluate" / f"1{version}", reads, metrics=scores)
    entries = index.evaluations(tmp_path)
    assert index.usual_settings(entries) == {"train_phase2": {"layer_dims": [4, 2]}}
    differs = {entry["version"]: entry["differs"] for entry in entries}
    assert differs["0a"] == {"seed": 10}
    assert differs["0c"] == {"layer_dims": [4, 3, 2], "seed": 12}


def test_the_index_can_be_sorted_by_what_its_cells_are_worth():
    scores = {"accuracy": 0.98765, "wilson95": [0.98, 0.99]}
    run = {
        "trainer": "train_phase2",
        "version": "0a",
        "built": "2026-01-02 03:04",
        "learnt_dev": True,
        "differs": {"layer_dims": [4, 2]},
        "metrics": {"layer_dims": [4, 2], "dev": scores, "test": scores},
    }
    html = index.rendered("mnist", [run], {"train_phase2": {"epochs": 3}}, [])
    assert html.count('<table class="sortable">') == 2
    assert '<td data-value="0.98765">98.77%</td><td data-value="0.98">98.00–99.00%</td>' in html
    assert '<td data-value="">learnt from</td>' in html
    assert "layer_dims 4, 2" in html and "epochs 3" in html and "<svg" in html
    sorting = page.script(page.TEMPLATES / "sorting.js")
    assert f"script-src '{sorting['allowed']}'" in html and sorting["text"] in html


def test_the_index_lists_committees_among_the_models(tmp_path):
    reads = {"member 1": "0a", "member 2": "0b", "data": "0c"}
    record(tmp_path / "committee" / "0d", {"reads": reads}, metrics={"dev": {"accuracy": 0.95}})
    (entry,) = index.evaluations(tmp_path)
    assert (entry["trainer"], entry["version"]) == ("committee", "0d")
    assert entry["settings"] == {"members": 2}


def test_models_that_learnt_from_dev_come_last_in_the_index_and_so_do_their_committees(tmp_path):
    for version, train_on, accuracy in (("0a", "all", 0.99), ("0b", "train", 0.9)):
        record(tmp_path / "train_phase2" / version, {"settings": {"train_on": train_on}})
        metrics = {"dev": {"accuracy": accuracy}}
        reads = {"reads": {"model": version}}
        record(tmp_path / "evaluate" / f"1{version}", reads, metrics=metrics)
    reads = {"reads": {"member 1": "10a", "data": "0c"}}
    record(tmp_path / "committee" / "2a", reads, metrics={"dev": {"accuracy": 1.0}})
    entries = index.evaluations(tmp_path)
    assert [(e["version"], e["learnt_dev"]) for e in entries] == [
        ("0b", False),
        ("2a", True),
        ("0a", True),
    ]


def test_the_index_lists_pages_newest_first_and_marks_the_current_one(tmp_path):
    for version, minute in (("0a", "03:04"), ("0b", "03:05")):
        settings = {"runs": [{"name": "phase1"}]}
        run = {"started": f"2026-01-02T{minute}:00Z"}
        record(tmp_path / "report" / version, {"settings": settings}, run=run)
    (tmp_path / "current-xyz").write_text('{"report.html": "results/mnist/report/0a/report.html"}')
    pages = index.pages(tmp_path)
    assert [(p["version"], p["current"]) for p in pages] == [("0b", False), ("0a", True)]
    assert [p["file"] for p in pages] == ["report/0b/report.html", "report/0a/report.html"]


def test_the_index_lists_whatever_can_be_opened(tmp_path):
    made = {
        "report": {"runs": [{"name": "phase1"}]},
        "sweep": {"extends": "phase2", "ranges": {"l2": [0, 1]}},
        "run_notebook": {"notebook": "nn-implementation"},
        "crate": {"config": {"report": ["phase1"]}},
    }
    for step, settings in made.items():
        record(tmp_path / step / "0a", {"settings": settings})
    pages = index.pages(tmp_path)
    assert {page["kind"]: page["shows"] for page in pages} == {
        "report": ["phase1"],
        "sweep": ["phase2", "l2"],
        "notebook": ["nn-implementation"],
        "crate": ["phase1"],
    }
    html = index.rendered("mnist", [], {}, pages)
    assert all(f'href="{page["file"]}"' in html for page in pages)
    assert 'href="report.html"' not in html  # since none is current


def test_progress_tells_what_is_left_at_most_once_a_second(monkeypatch):
    now, said = [100.0], []
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    report = progress.Progress("epoch", 10, said.append)
    for epoch in range(1, 11):
        now[0] += 0.4
        report({"epoch": epoch, "train_loss": 0.12345, "dev_accuracy": 0.9})
    assert said[0] == "epoch 1/10  loss 0.1235  dev accuracy 90.00%  4 s left"
    assert [line.split()[1] for line in said] == ["1/10", "4/10", "7/10", "10/10"]
    assert said[-1].endswith("0 s left")
