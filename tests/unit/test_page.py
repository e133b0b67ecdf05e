"""The page shows what was measured: how confident the runs are, and which errors they make."""

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

from handwritten.evaluation import metrics
from handwritten.page import (
    calibration_section,
    confusion_matrix_figure,
    formats,
    own_images_section,
    page,
    robustness_section,
)


def calibrated(*bins):
    """Calibration with these bins (confidence, accuracy, images), an empty one between them."""
    empty = {"n": 0, "errors": 0, "accuracy": None, "wilson95": None, "confidence": None}
    full = [
        {"n": n, "accuracy": a, "confidence": c, "wilson95": [a - 0.0625, a + 0.0625]}
        for c, a, n in bins
    ]
    found = {"ece": 0.0625, "ece_interval": [0.05, 0.075], "bins": [full[0], empty, *full[1:]]}
    after = {"ece": 0.03125, "ece_interval": [0.025, 0.0375], "loss": 0.4375, "bins": full[-1:]}
    return {
        "temperature": 0.625,
        "temperature_range": [0.1, 10.0],
        "too_few_errors": False,
        "test": found,
        "test_at_temperature": after,
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
        "a": {"calibration": calibrated((0.5, 0.75, 100), (0.875, 0.9375, 400))},
        "b": {"calibration": calibrated((0.25, 0.5, 9))},
    }
    before, after = calibration_section.reliability(found).axes
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
    rows = [{"coverage": share, "n": n, "errors": errors} for share, n, errors in shares]
    (axes,) = calibration_section.rejection(
        {"a": {"rejection": rows}, "b": {"rejection": rows[:1]}}
    ).axes
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
    examples = {name.lower(): np.linspace(np.zeros((2, 2)), 1, 3) for name in names}
    panels = robustness_section.figure(curves, examples).axes
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
    examples = {name.lower(): np.zeros((2, 2, 2)) for name in names}
    svg = robustness_section.figure({"a": [worse(name, 0.75, 0.5) for name in names]}, examples)
    ids = re.findall(r'\bid="([^"]+)"', svg)
    assert svg.count("<image") == 8 and len(ids) == len(set(ids))


def test_examples_of_a_user_s_own_images_are_in_their_rows():
    x, y = np.arange(6 * 4, dtype=np.uint8).reshape(6, 4), np.array([0, 2, 0, 2, 2, 0])
    first, none, third = own_images_section.examples(x, y, 3, (2, 2))
    assert none == "" and first.startswith("data:image/png;base64,")
    seen = np.asarray(Image.open(io.BytesIO(base64.b64decode(third.partition(",")[2]))))
    np.testing.assert_array_equal(seen[:, :2, 0], x[1].reshape(2, 2))
    np.testing.assert_array_equal(seen[:, 8:, 0], x[4].reshape(2, 2))
    assert seen.shape == (2, 10, 2) and seen[0, :, 1].tolist() == [255, 255, 0, 0] * 2 + [255] * 2
    assert own_images_section.examples(x, y, 200_000, (2, 2)) == []


def test_files_of_a_user_s_own_that_are_left_out_are_grouped():
    html = page.render(
        "data/section.html.j2",
        classes=["a", "b"],
        imported={"notes": ["`a<b` is well."], "examples": ["data:x", ""]},
        files={
            "used": {"train": [3, 4]},
            "left_out": [["a/1", "not a picture"], ["b", "a link"], ["a/2", "not a picture"]],
        },
    )
    assert "<li><code>a&lt;b</code> is well.</li>" in html
    assert "2 times not a picture: <code>a/1</code>, <code>a/2</code>" in html
    assert "<li>a link: <code>b</code></li>" in html and html.count("<img") == 1


BLANK = dict.fromkeys(("reliability", "rejection"), "<svg></svg>")


def run_of(name, wrong_labels, temperature=0.625, learnt_dev=False):
    """As much of a run as the sections on errors and calibration show."""
    test = {"n": 10000, "errors": 200, "accuracy": 0.98, "loss": 0.5}
    rest = {"n": 9985, "errors": 187, "accuracy": 0.98125, "wilson95": [0.975, 0.985]}
    calibration = calibrated((0.5, 0.75, 100)) | {"temperature": temperature}
    rejection = [
        {"coverage": i / 100, "errors": 100 + i, "n": 1, "accuracy": 0.5}
        for i in range(100, 49, -1)
    ]
    metrics = {
        "test": test | {"without_wrong_labels": rest if wrong_labels else None},
        "calibration": calibration,
        "rejection": rejection,
        "answering": {
            "accepted_error_rate": 0.01,
            "threshold": 0.75,
            "dev": {"n": 50, "accepted": 40, "errors": 0},
            "test": {"n": 10000, "accepted": 9000, "errors": 1},
        },
    }
    return {"name": name, "metrics": metrics, "learnt_dev": learnt_dev, "ensemble": False}


def calibration(*runs):
    """The section on calibration without its figures, and the cells of its tables' rows."""
    html = page.render("calibration/section.html.j2", runs=runs, figures=BLANK)
    return html, tables(html)


def tables(html):
    """The cells of every table's rows."""
    bodies = re.findall(r"<tbody>(.*?)</tbody>", html, re.DOTALL)
    return [
        [re.findall(r"<t[hd][^>]*>([^<]*)<", row) for row in body.split("<tr>")[1:]]
        for body in bodies
    ]


def test_the_page_shows_each_run_s_calibration_and_its_errors_by_confidence():
    html, (scores, rejection, answers) = calibration(run_of("a", True), run_of("b", True))
    assert answers[0] == ["a", "75.0%", "40 of 50", "0", "9,000 of 10,000", "1"]
    assert html.count("<svg></svg>") == 2
    assert scores[0] == ["a", "6.25% ", "0.62", "3.13% ", "0.5000", "0.4375"]
    assert (html.count("(5.00–7.50%)"), html.count("(2.50–3.75%)")) == (2, 2)
    assert rejection[1] == ["b", "200", "199", "195", "190", "180"]
    assert "*" not in html and "†" not in html


@pytest.mark.parametrize(
    ("after", "verdict"),
    [
        ([0.025, 0.0375], "smaller."),
        ([0.1, 0.2], "larger."),
        ([0.04, 0.05], "not shown to be smaller or larger, since the intervals overlap."),
    ],
)
def test_whether_a_temperature_helps_follows_from_both_intervals(after, verdict):
    run = run_of("a", True)
    run["metrics"]["calibration"]["test_at_temperature"]["ece_interval"] = after
    html, _ = calibration(run)
    said = " ".join(html.split())
    assert f"the calibration error of <code>a</code> is {verdict} </p>" in said


def test_where_there_are_no_errors_nothing_is_left_to_a_person():
    rows = [{"coverage": 1.0, "n": 9, "errors": 0}]
    assert calibration_section.rejection({"a": {"rejection": rows}}) == ""
    without = BLANK | {"rejection": ""}
    html = page.render("calibration/section.html.j2", runs=[run_of("a", False)], figures=without)
    assert "There are no errors on the test set" in html
    assert (html.count("<figure>"), html.count("<table>")) == (1, 2)


def test_the_page_says_what_a_temperature_is_worth():
    html, (scores, *_) = calibration(
        run_of("a", False, temperature=10.0), run_of("b", False, learnt_dev=True)
    )
    assert [row[2] for row in scores] == ["10.00*", "0.62†"]
    few = run_of("c", False, temperature=1.0)
    few["metrics"]["calibration"]["too_few_errors"] = 5
    said, (((_, _, temperature, *_),), *_) = calibration(few)
    assert temperature == "1.00‡" and "with fewer than 5 errors, dev does not show" in said
    assert html.count("the end of the range") == html.count("was trained on dev") == 1


def run_with(name, matrix, wrong_labels=False):
    """As much of a run as the section on errors shows."""
    counts = np.array(matrix)
    labels, answers = (np.repeat(places.ravel(), counts.ravel()) for places in np.indices((2, 2)))
    probabilities = np.eye(2)[answers]
    test = metrics.evaluate(np.zeros(len(labels)), probabilities, labels)
    test["halves"] = metrics.halves(labels == answers, labels[::-1])
    cells = confusion_matrix_figure.cells(matrix)
    run = run_of(name, wrong_labels)
    run["metrics"]["test"] |= test
    return run | {"matrix": cells, "not_embeddable": ""}


def errors_shown(classes, *runs):
    """The section on errors of these runs, as text and a part for each run by its name."""
    html = page.render(
        "confusion_matrix/section.html.j2",
        runs=list(runs),
        default=runs[-1],
        embeddable=[],
        noun="digit",
        classes=classes,
    )
    parts = re.split(r'<div class="confusion-of" id="confusion-of-(\w+)"', html)
    return html, dict(zip(parts[1::2], parts[2::2], strict=True))


def test_every_run_s_matrix_is_in_the_page_with_what_its_cells_stand_for():
    matrices = {"one": [[1200, 7], [3, 1]], "other": [[5, 0], [2, 6]]}
    runs = [run_with(name, matrix) for name, matrix in matrices.items()]
    _, parts = errors_shown(["T-shirt/top", "お <o>"], *runs)
    assert list(parts) == ["other", "one"]  # the default run first
    cell = r'data-true="(\d)" data-predicted="(\d)"><span class="confusion-count">(\d+)</span>'
    for name, matrix in matrices.items():
        found = [[int(number) for number in numbers] for numbers in re.findall(cell, parts[name])]
        assert found == [[true, k, matrix[true][k]] for true in (0, 1) for k in (0, 1)]
        assert "お &lt;o&gt;" in parts[name] and "confusion-matrix is-wide" in parts[name]
    assert ">one: 10 errors in 1,211 test images<" in parts["one"]
    assert '<span class="confusion-share">75.0</span>' in parts["one"]


def test_frequent_errors_and_filters_name_the_classes():
    html, parts = errors_shown(["a", "b"], run_with("only", [[5, 1], [4, 6]]))
    pairs = re.findall(r'<li data-true="(\d)" data-predicted="(\d)">.*?(\d+) time', parts["only"])
    assert pairs == [("1", "0", "4"), ("0", "1", "1")]
    options = (
        '<option value="">any</option><option value="0">a</option><option value="1">b</option>'
    )
    assert html.count(options) == 2
    assert "confusion-matrix is-wide" not in html
    assert 'id="confusion-compare"' not in html  # there is no other run


def test_accuracy_without_wrong_labels_is_shown_where_some_are_known():
    html, _ = errors_shown(["a", "b"], run_with("only", [[9990, 5], [4, 1]], wrong_labels=True))
    assert tables(html)[-1] == [
        ["only", "99.91%", "98.13%", "97.50–98.50%", "187", f"{9 - 187} of 15"]
    ]
    html, _ = errors_shown(["a", "b"], run_with("only", [[5, 1], [4, 6]]))
    assert "wrong labels" not in html


def test_two_runs_can_be_compared():
    runs = [run_with(name, [[1, 0], [0, 1]]) for name in ("one", "other")]
    html, _ = errors_shown(["a", "b"], *runs)
    assert 'id="confusion-compare"' in html


def scored(name, reported=None):
    """As much of a run as the section on results shows."""
    run = run_of(name, wrong_labels=False)
    run["metrics"]["test"]["wilson95"] = [0.975, 0.985]
    run["metrics"]["dev"] = run["metrics"]["test"]
    run["metrics"] |= {"layer_dims": [4, 3, 2], "parameters": 23}
    settings = {"reported_accuracy": reported} if reported else {}
    more = {"warnings": [], "version": "0a", "activation": "relu", "models": ["m"]}
    return run | more | {"settings": settings}


def results(*runs, only_first=10, only_second=10, p=1.0, dataset="mnist"):
    """The section on results of these runs, of which all neighbours compare alike."""
    pair = {"only_first": only_first, "only_second": only_second, "p": p}
    return page.render(
        "results/section.html.j2",
        runs=list(runs),
        default=runs[-1],
        dataset=dataset,
        comparisons=[pair] * (len(runs) - 1),
    )


def test_a_run_is_better_or_worse_than_the_one_before_only_where_it_is_significant():
    runs = [scored("one"), scored("other")]
    better = results(*runs, only_first=5, only_second=50, p=1e-9)
    assert "other is significantly better" in better and "below 0.0001" in better
    worse = results(*runs, only_first=50, only_second=20, p=0.0003)
    assert "other is significantly worse" in worse and "0.0003" in worse
    chance = results(*runs, only_first=12, only_second=10, p=0.83)
    assert "may well be chance" in chance and "significantly" not in chance


def test_what_the_original_project_reported_is_shown_on_mnist_alone():
    runs = [scored("one", reported=0.86), scored("other")]
    assert results(*runs).count("original project*") == 1
    assert "~86%" in results(*runs)
    elsewhere = results(*runs, dataset="fashion-mnist")
    assert "original project" not in elsewhere and "student" not in elsewhere


def test_words_of_the_page():
    assert formats.percent(0.98123) == "98.12%"
    assert formats.percent(5 / 32) == "15.63%"  # as the page's scripts write it
    assert formats.interval([5 / 32, 13 / 32]) == "15.63–40.63%"
    assert formats.percent(None) == "–"
    assert formats.interval([0.97987, 0.98531]) == "97.99–98.53%"
    assert formats.words([784, 10]) == "784, 10"
    assert (formats.p_value(0.02345), formats.p_value(1.0), formats.p_value(1e-9)) == (
        "0.023",
        "1",
        "< 0.0001",
    )
    assert [formats.power_of_ten(value) for value in (3.24e-10, 1e-6, 0.99)] == [
        "3.2 × 10⁻¹⁰",
        "10⁻⁶",
        "9.9 × 10⁻¹",
    ]
    assert (formats.words(0.0005), formats.words(0.0), formats.words("full")) == (
        "0.0005",
        "0",
        "full",
    )


def test_text_is_escaped():
    template = page.environment().from_string("{{ name }}")
    assert template.render(name="<script>'\"&") == "&lt;script&gt;&#39;&#34;&amp;"
