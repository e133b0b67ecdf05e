"""The page shows what was measured: on disturbed images, on a user's own, and of run beside run."""

import base64
import io
import re

import numpy as np
from page_runs import labelled, run_of
from PIL import Image

from handwritten.page import (
    formats,
    own_images_section,
    page,
    robustness_section,
)


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
