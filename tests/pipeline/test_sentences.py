"""Every sentence of the page follows from the numbers of its runs, whatever kinds of runs they are.

Each test goes through the pages of all kinds (kinds.py) and works out from the results what has to
be said. What scripts say in the page is tested in a browser (tests/browser/test_sentences.py).
"""

import html
import json
import math
import re
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import kinds
import numpy as np
import pytest

from handwritten.io import files
from handwritten.learning.batches import DISTORTIONS


class Page:
    """The text of a page, and the results that it is about."""

    def __init__(self, folder: Path, results: Path):
        self.html = (folder / "report.html").read_text()
        record = files.read_json(folder / "provenance.json")["made_from"]
        self.settings, self.reads, self.results = record["settings"], record["reads"], results

    def text(self, section: str) -> str:
        """What a section says, without scripts and layout."""
        found = re.search(rf'<section id="{section}".*?</section>', self.html, re.DOTALL)
        markup = re.sub(r"<(svg|template|pre|math)\b.*?</\1>", "", found[0], flags=re.DOTALL)
        ends = r"</(?:t[dh]|d[dt]|li|p|h\d|option|button|caption|figcaption)>"
        return " ".join(html.unescape(re.sub(r"<[^>]+>", "", re.sub(ends, " ", markup))).split())

    @cached_property
    def runs(self) -> dict[str, dict]:
        """Every run's description, with its metrics, its predictions for the test images and, of
        one that is no ensemble, the rows of its history."""
        described, histories = self.settings["runs"], iter(self.reads["history"])
        metrics = [self.path(file) for file in self.reads["metrics"]]
        return {
            run["name"]: run
            | {"metrics": files.read_json(path)}
            | {"p": files.read_arrays(path.with_name("probabilities.npz"))["test"]}
            | {"history": None if run["ensemble"] else files.read_table(self.path(next(histories)))}
            for run, path in zip(described, metrics, strict=True)
        }

    @cached_property
    def labels(self) -> np.ndarray:
        """Those of the test images."""
        return files.read_arrays(self.path(self.reads["test"]))["y"]

    def path(self, reference: str) -> Path:
        """The file that a recipe names."""
        return self.results / reference

    @property
    def default(self) -> dict:
        """The run that the page begins with."""
        return list(self.runs.values())[-1]


@pytest.fixture(params=kinds.in_turn(), scope="module")
def page(request, shared) -> Page:
    return Page(*kinds.built(request.param, shared))


def percent(share: float, digits: int = 2) -> str:
    return f"{100 * share:.{digits}f}%"


def calibrated(run: dict) -> np.ndarray:
    """The run's probabilities at its temperature."""
    powers = run["p"].astype(float) ** (1 / run["metrics"]["calibration"]["temperature"])
    return powers / powers.sum(axis=1, keepdims=True)


def binomial(fewer: int, n: int) -> float:
    """The two-sided probability of a split at least as uneven, of n tosses of a coin."""
    return min(1.0, 2 * sum(math.comb(n, k) for k in range(fewer + 1)) / 2**n)


def test_a_run_is_called_better_or_worse_only_where_the_test_says_so(page):
    text, runs = page.text("results"), list(page.runs.values())
    for first, second in pairwise(runs):
        one, other = (run["p"].argmax(axis=1) == page.labels for run in (first, second))
        lost, won = int((one & ~other).sum()), int((other & ~one).sum())
        names = first["name"], second["name"]
        said = text.split(f"Is {names[1]} better than {names[0]}?")[1].split("Is ")[0]
        assert f"{won} test images are classified correctly by {names[1]} alone" in said
        if binomial(min(won, lost), won + lost) >= 0.05:
            assert "may well be chance" in said and "significantly" not in said
        else:
            assert f"{names[1]} is significantly {'better' if won > lost else 'worse'}" in said


def test_accuracies_losses_and_warnings_are_those_of_the_run(page):
    text = page.text("results")
    for run in page.runs.values():
        metrics = run["metrics"]
        said = text.split(f" {run['name']} ", 1)[1].split(run["version"])[0]
        assert percent(metrics["test"]["accuracy"]) in said
        assert ("trained on, so not a measure" in said) == run["learnt_dev"]
        dev = f"{metrics['dev']['loss']:.4f} on dev"
        assert (dev in said) != run["learnt_dev"]
        layers = zip(metrics["layer_dims"][1:-1], metrics.get("dead_units", []), strict=False)
        half_dead = sum(2 * len(dead) >= units for units, dead in layers)
        assert said.count("units are dead") == half_dead
    assert "original project" not in text  # none of these data sets is MNIST


def test_the_training_section_compares_like_with_like(page):
    text = page.text("training")
    for run in page.runs.values():
        if run["ensemble"]:
            assert f"{run['name']} is an ensemble and was not trained itself" in text
            continue
        train = run["metrics"]["train"]
        row = text.split("dev cross-entropy")[1].split(f" {run['name']} ")[1].split()[:4]
        star = "*" * run["learnt_dev"]
        assert row[0] == percent(1 - train["accuracy"])
        assert row[2] == f"{train['loss']:.4f}"
        assert row[1].endswith("%" + star) and row[3].endswith(star or row[3][-1])
        if not run["test_time_shift"]:
            assert row[1].rstrip("*") == percent(1 - run["metrics"]["dev"]["accuracy"])
            assert float(row[3].rstrip("*")) == pytest.approx(
                run["metrics"]["dev"]["loss"], abs=6e-5
            )


def epochs_of(run: dict) -> tuple[int, int]:
    """How many epochs of a run learnt from distorted images, and how many from images as they
    are."""
    setting = run["settings"].get
    planned = setting("epochs", setting("steps"))
    done = len(run["history"]) if run["history"] else planned
    if not any(map(setting, DISTORTIONS)):
        return 0, done
    distorted = min(done, planned - int(planned * setting("undistorted") + 0.5))
    return distorted, done - distorted


def sentences_naming(text: str, name: str) -> str:
    return " ".join(
        sentence for sentence in text.split(". ") if name in re.split(r"[ ,]+", sentence)
    )


def test_what_a_training_loss_means_follows_from_the_run_s_settings(page):
    caption = page.text("training").split("Training loss:")[1].split("The trained networks on")[0]
    for run in page.runs.values():
        if run["ensemble"]:
            continue
        said = sentences_naming(caption, run["name"])
        setting = run["settings"].get
        assert ("cross-entropy on all training images" in said) == (setting("trainer") == "phase1")
        assert ("the labels are smoothed" in said) == bool(setting("label_smoothing"))
        hidden = len(run["metrics"]["layer_dims"]) > 2
        dropped = bool((setting("dropout") and hidden) or setting("input_dropout"))
        assert ("dropped at random" in said) == dropped
        distorted, plain = epochs_of(run)
        assert ("distorted images" in said) == (distorted > 0)
        assert ("images as they are" in said) == (distorted > 0 and plain > 0)
        assert ("the epoch’s only step" in said) == (setting("batch_size") == "full")
        assert ("L2 penalty" in said) == bool(setting("l2"))
        assert ("lowest loss on dev" in said) == bool(setting("early_stopping"))


def test_a_network_that_cannot_compute_in_the_page_is_named_where_it_is_missing(page):
    for run in page.runs.values():
        missing = run["ensemble"] or run["metrics"]["parameters"] > 5_000_000
        for section in ("draw", "inside", "damage"):
            said = f"{run['name']} is not available here" in page.text(section)
            assert said == missing
        shifts = run["test_time_shift"] > 0 and not missing
        assert (f"{run['name']} predicts the image itself here" in page.text("draw")) == shifts
        followed = f"since that of {run['name']} cannot compute in this page"
        assert (followed in page.text("confusion_matrix")) == missing


def test_errors_are_counted_and_none_are_claimed_where_there_are_none(page):
    text = page.text("confusion_matrix")
    for run in page.runs.values():
        errors = run["metrics"]["test"]["errors"]
        one = f"{run['name']}: {errors:,} error{'s' if errors != 1 else ''} in "
        said = text.split(one)[1].split("Scores on the test set")[0]
        assert ("There are no errors" in said) == (errors == 0)
        assert ("Most frequent errors" in said) == (errors > 0)


def test_the_model_card_and_the_board_quote_what_was_measured(page):
    card, board, run = page.text("model_card"), page.text("draw"), page.default
    wrong = run["p"].argmax(axis=1) != page.labels
    if wrong.any():
        highest = percent(calibrated(run)[wrong].max(), 1)
        assert f"on test, the highest confidence is {highest}" in card
    else:
        assert "the highest confidence" not in card
    robustness = files.read_json(page.path(page.reads["robustness"][-1]))["corruptions"]
    for curve in robustness:
        worst = percent(curve["levels"][-1]["accuracy"], 1)
        assert f"{worst} ({curve['title'].lower()})" in card
    shift = {curve["name"]: curve for curve in robustness}["shift"]["levels"]
    assert f"classifies {percent(shift[0]['accuracy'], 1)} of them correctly" in board
    assert (
        f"{percent(shift[-1]['accuracy'], 1)} when they are moved by {shift[-1]['level']}" in board
    )
    said = (
        page.settings["dataset"] == "generated" or "were used as they are in their files" in board
    )
    assert said and "were not prepared like that" not in board


def test_a_page_without_digits_speaks_of_images(page):
    digits = page.settings["classes"] == [*"0123456789"]
    for section in re.findall(r'<section id="(\w+)"', page.html):
        said = re.sub(r"(the )?digits of MNIST|handwritten digits", "", page.text(section))
        if not digits:
            assert not re.search(r"\bdigits?\b", said.replace("seven digits", "")), section


def test_no_sentence_is_left_without_its_number(page):
    data = json.loads(re.search(r'id="page-data">(.*?)</script>', page.html, re.DOTALL)[1])
    assert [run["name"] for run in data["runs"]] == list(page.runs)
    for section in re.findall(r'<section id="(\w+)"', page.html):
        assert not re.search(r"\b(nan|None|inf|undefined)\b|,,|\.\.", page.text(section)), section


def test_answers_are_counted_above_the_threshold(page):
    board, text = page.text("draw"), page.text("calibration")
    for run in page.runs.values():
        threshold = run["metrics"]["answering"]["threshold"]
        confidence = calibrated(run).max(axis=1)
        answered = confidence >= (2 if threshold is None else threshold)
        errors = answered & (run["p"].argmax(axis=1) != page.labels)
        row = text.split("test errors ")[1].split(f"{run['name']} ")[1].split()[:7]
        shown = "none" if threshold is None else percent(threshold, 1)
        assert row[0] == shown + "†" * run["learnt_dev"]
        counts = f"{answered.sum()} of {len(answered)} {errors.sum()}"
        assert f"{run['name']} {row[0]} " in text
        assert counts in text.split(f"{run['name']} {row[0]} ")[1]
        if run["ensemble"] or run["metrics"]["parameters"] > 5_000_000:
            assert f"For {run['name']} it is" not in board
        elif threshold is None:
            assert f"For {run['name']} there is no such threshold, so it never answers" in board
        else:
            assert f"For {run['name']} it is {percent(threshold, 1)}: it answers " in board


def test_images_of_none_of_the_classes_are_described_by_what_was_measured(page):
    text = page.text("out_of_distribution")
    measured = [files.read_json(page.path(file)) for file in page.reads["out_of_distribution"]]
    for kind in measured[-1]["kinds"]:
        said = text.split(f"{kind['kind'].capitalize()} The mean confidence is ")[1]
        assert said.startswith(percent(kind["mean_confidence"], 1))
        assert f"Of {kind['n']} such images, {kind['answered']} get an answer" in said
    kinds, run = measured[-1]["kinds"], page.default
    threshold = run["metrics"]["answering"]["threshold"]
    if threshold is None:
        assert f"No confidence is high enough for an answer of {run['name']}" in text
    else:
        images, answered = (sum(kind[name] for kind in kinds) for name in ("n", "answered"))
        assert f"{run['name']} answers where it is at least {percent(threshold, 1)}" in text
        said = f"Of the {images:,} images that show none of the classes it answers {answered:,}"
        assert said in text
    for run, result in zip(page.runs.values(), measured, strict=True):
        means = result["mean_auroc"]
        said = text.split(f"For {run['name']}, the mean AUROC of the confidence is ")[1]
        said = said.split("For ")[0]
        assert said.startswith(f"{means['confidence']:.3f}")
        assert ("no other score has more" in said) == (max(means.values()) == means["confidence"])
        assert "the best score is" not in said or f"with {max(means.values()):.3f}" in said


def test_accuracy_on_changed_images_is_what_was_measured(page):
    text = page.text("fool")
    measured = [files.read_json(page.path(file)) for file in page.reads["adversarial_images"]]
    strongest = {}
    for run, result in zip(page.runs.values(), measured, strict=True):
        plain = result["attacks"][0]["levels"][0]
        assert plain["accuracy"] == pytest.approx(run["metrics"]["test"]["accuracy"], abs=0.01)
        middle = [attack["levels"][3] for attack in result["attacks"]]
        row = text.split(f"{run['name']} {result['n']:,} of {result['of']:,} ")[1]
        shown = [float(number) for number in re.findall(r"[\d.]+(?=%)", row)[:7]]
        expected = [plain["accuracy"]]
        for level in middle:
            expected += [level["accuracy"], level["wilson95"][1]]
        assert shown == pytest.approx([100 * share for share in expected], abs=0.051)
        strongest[run["name"]] = shown[-2]
    distorted = [name for name, run in page.runs.items() if epochs_of(run)[0]]
    assert ("trained on distorted images" in text) == bool(distorted)
    for name, accuracy in strongest.items() if distorted else ():
        said = text.split("trained on distorted images")[1].split("Of the runs that")
        assert f"{accuracy:.1f}% for {name}" in said[name not in distorted]
