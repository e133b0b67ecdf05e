"""The page shows how confident the runs are, and which errors they make."""

import re

import numpy as np
import pytest
from page_runs import calibrated, labelled, run_of

from handwritten.evaluation import metrics
from handwritten.page import calibration_section, confusion_matrix_figure, page


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


BLANK = dict.fromkeys(("reliability", "rejection"), "<svg></svg>")


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
