"""What the page shows is what was measured: figures, mistakes, tables, the index, progress."""

import base64
import io
import json
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from handwritten.page import figures, index, ladder_section, page
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
        {"step": s, "train_loss": t, "dev_loss": d, "dev_accuracy": a}
        for s, t, d, a in [(25, 2.0, 2.1, 0.5), (50, 1.0, 1.2, 0.6), (60, 0.5, 0.9, 0.75)]
    ]
    loss, errors = figures.learning_curves({"phase1": rows}).axes
    training, dev = loss.lines
    assert training.get_linestyle() == ":"
    np.testing.assert_allclose(training.get_xdata(), [100 * 25 / 60, 100 * 50 / 60, 100])
    assert training.get_ydata().tolist() == [2.0, 1.0, 0.5]
    assert dev.get_ydata().tolist() == [2.1, 1.2, 0.9]
    np.testing.assert_allclose(errors.lines[0].get_ydata(), [50, 40, 25])
    assert [text.get_text() for text in errors.get_legend().get_texts()] == ["phase1"]


def test_without_histories_the_curves_are_empty_but_drawn(drawing):
    loss, errors = figures.learning_curves({}).axes
    assert not loss.lines and not errors.lines and errors.get_legend() is None


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
        filled = ladder_section.with_times(html, tmp_path)
        return filled.removeprefix(f'– <span data-seconds="{how} {names}">').removesuffix(
            "</span> –"
        )

    assert shown("mean", "0a", "0b") == "3.5"
    assert shown("sum", "0a", "0b", "0c") == "1,237"
    assert shown("mean", "0a", "0d") == "–"


def test_one_point_is_visible(drawing):
    row = {"epoch": 1, "train_loss": 1.0, "dev_loss": 1.0, "dev_accuracy": 0.5}
    loss, _ = figures.learning_curves({"short": [row]}).axes
    assert loss.lines[0].get_marker() == "o"


def test_a_figure_is_the_same_text_again_and_takes_the_page_s_colour():
    one, again = (figures.confusion_matrix(COUNTS, SHARES, ["あ", "b", "c"]) for _ in range(2))
    assert one == again
    assert "currentColor" in one and figures.INK not in one
    apart = figures.apart('<g id="a"><use href="#a" clip-path="url(#a)"/></g>', "p")
    assert apart == '<g id="p-a"><use href="#p-a" clip-path="url(#p-a)"/></g>'


def test_mistakes_are_the_surest_first_with_what_was_true_and_said():
    probabilities = np.array([[0.9, 0.1], [0.6, 0.4], [0.2, 0.8], [0.3, 0.7]])
    x = np.arange(16, dtype=np.float32).reshape(4, 4) / 15
    found = page.mistakes(x, np.array([1, 1, 1, 0]), probabilities, 2)
    assert [(m["index"], m["true"], m["predicted"]) for m in found] == [(0, 1, 0), (3, 0, 1)]
    assert [m["probability"] for m in found] == [0.9, 0.7]
    content = base64.b64decode(found[1]["image"].split(",")[1])
    assert np.array(Image.open(io.BytesIO(content))).ravel().tolist() == [204, 221, 238, 255]


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
    return ElementTree.fromstring(page.render("mathematics.html.j2", **shown))


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
            assert not (element.tail or "").strip(), words_of(formula)


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
