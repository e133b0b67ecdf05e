"""Every result on MNIST's page is computed once more from the files that it comes from: see
recomputed.py. Those in the documents are in test_mnist_documents.py."""

import json
import re
from itertools import pairwise

import numpy as np
import pytest
from recomputed import Recomputed, mcnemar, of_page, wilson

NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
ANSWERING = 0.005  # accepted_error_rate, of config.yaml
SHARES = (1, 0.99, 0.95, 0.9, 0.8)
SIZE = 0.1  # of the changes in the table of changed images

# The tables with results, by section: what each is of, and its columns.
COLUMNS = {
    "confusion_matrix": {
        "matrix": ("true", *"0123456789"),
        "classes": ("class", "precision", "recall", "F1", "images"),
        "halves": ("half", "errors", "accuracy", "95% interval"),
        "labels": (
            *("run", "with", "without", "95% interval"),
            *("errors without", "wrong labels not predicted"),
        ),
    },
    "training": {
        "fit": (
            *("run", "training errors", "dev errors"),
            *("training cross-entropy", "dev cross-entropy"),
        )
    },
    "calibration": {
        "temperature": (
            *("run", "calibration error as trained", "temperature"),
            *("error after", "loss", "loss after"),
        ),
        "coverage": ("run", "all", "top 99%", "top 95%", "top 90%", "top 80%"),
        "answers": (
            *("run", "threshold", "dev answers", "dev errors"),
            *("test answers", "test errors"),
        ),
    },
    "fool": {"changed": ("run", "digits", "unchanged", "Random signs", "FGSM", "PGD")},
    "out_of_distribution": {
        "confidence": ("run", "images", "mean confidence", "answered"),
        "scores": ("run", "score", "noise", "shuffled pixels", "scribbles", "letters"),
    },
}
# Tables of other sections have no results: what was set, where it came from, how it is computed,
# and what the reader tries.
OTHERS = {"inside", "damage", "playground", "mathematics", "settings", "provenance"}


@pytest.fixture(scope="module")
def runs(site_of) -> dict[str, Recomputed]:
    """What is reported of every run, computed again."""
    return of_page(site_of("mnist"))


@pytest.fixture(scope="module")
def page(browser, site_of):
    """MNIST's page, opened once: nothing is changed on it."""
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto(site_of("mnist").page.as_uri())
    yield page
    context.close()


def says(text: str, *expected: float) -> None:
    """The numbers of a text are the expected ones, to the places that it gives."""
    found = [number.replace(",", "") for number in NUMBER.findall(text)]
    assert len(found) == len(expected), (text, expected)
    for number, value in zip(found, expected, strict=True):
        half = 0.5 * 10.0 ** -len(number.partition(".")[2])
        assert abs(float(number) - value) <= 1.0001 * half, (text, number, value)


def percent(*shares: float) -> list[float]:
    """Shares of 1 in percent."""
    return [100 * share for share in shares]


def tables(page, section: str) -> dict[tuple[str, ...], list[list[list[str]]]]:
    """The rows of the tables of a section, by the names of their columns."""
    found: dict[tuple[str, ...], list] = {}
    for head, *body in page.evaluate(ROWS, section):
        found.setdefault(tuple(head), []).append(body)
    assert set(found) == set(COLUMNS[section].values())
    return found


ROWS = """(section) => [...document.querySelectorAll(`#${section} table`)]
  .map((table) => [...table.rows].slice(table.tHead.rows.length - 1)
    .map((row) => [...row.cells].map((cell) => cell.textContent.replace(/\\s+/g, " ").trim())))
  .filter((rows) => rows.length > 1)"""


def words(page, section: str) -> str:
    """The text of a section, with single spaces."""
    return " ".join(page.evaluate("(id) => byId(id).textContent", section).split())


def after(beginning: str, text: str, end: str, at: int = 0) -> str:
    """What stands between the two, or after so many more ends."""
    return text.split(beginning)[1].split(end)[at]


def test_the_results(page, runs):
    cards = page.locator("#results .run")
    assert cards.count() == len(runs)
    for (name, run), card in zip(runs.items(), cards.all(), strict=True):
        assert card.locator("h3").inner_text() == name
        says(card.locator(".big").inner_text(), *percent(run.accuracy()))
        terms, facts = (card.locator(kind).all_inner_texts() for kind in ("dt", "dd"))
        fact = dict(zip(terms, facts, strict=True))
        says(fact["test"], *percent(*run.interval()), run.errors(), len(run.y()))
        says(fact["dev"], *percent(run.accuracy("dev"), *run.interval("dev")))
        says(fact["loss"], run.loss(), run.loss("dev"))
        says(fact["parameters"], run.parameters)
        assert fact["version"] == run.version


def test_the_comparisons(page, runs):
    said = words(page, "results")
    for first, second in pairwise(runs):
        one, other = runs[first].right(), runs[second].right()
        alone = int((other & ~one).sum()), int((one & ~other).sum())
        verdict = after(f"Is {second} better than {first}? ", said, " (McNemar’s exact test).")
        counts, probability = verdict.split(". If both were equally good,")
        says(counts.replace(first, "").replace(second, ""), *alone)
        p = mcnemar(*alone)
        says(probability, 0.0001 if p < 0.0001 else p)
        assert ("below" in probability) == (p < 0.0001)
        better = "better" if alone[0] > alone[1] else "worse"
        conclusion = f"{second} is significantly {better}" if p < 0.05 else "may well be chance"
        assert conclusion in after(verdict, said, ". ", 1)


def test_the_confusion_matrices(page, runs):
    matrices = tables(page, "confusion_matrix")[COLUMNS["confusion_matrix"]["matrix"]]
    for run, rows in zip(reversed(runs.values()), matrices, strict=True):
        for row, counts in zip(rows, run.matrix, strict=True):
            assert row[1:] == [f"{count}{100 * count / counts.sum():.1f}" for count in counts]


def test_the_most_frequent_errors(page, runs):
    lists = page.locator("#confusion_matrix .confusion-pairs").all()
    for run, pairs in zip(reversed(runs.values()), lists, strict=True):
        errors = run.matrix - np.diag(np.diag(run.matrix))
        items = pairs.locator("li").all_inner_texts()
        most = np.sort(errors.ravel())[::-1][: len(items)]
        for item, count in zip(items, most, strict=True):
            true, predicted, times = map(int, NUMBER.findall(item))
            assert errors[true, predicted] == times == count


def test_the_scores_by_class_and_by_half(page, runs):
    found, columns = tables(page, "confusion_matrix"), COLUMNS["confusion_matrix"]
    shown = (found[columns["classes"]], found[columns["halves"]])
    for run, classes, halves in zip(reversed(runs.values()), *shown, strict=True):
        for k, row in enumerate(classes):
            *scores, images = run.scores(k)
            says(" ".join(row), k, *percent(*scores), images)
        for row, right in zip(halves, np.split(run.right(), 2), strict=True):
            interval = wilson(right.sum(), len(right))
            counts = (~right).sum(), len(right)
            says(" ".join(row), *counts, *percent(right.mean(), *interval))


def test_the_scores_without_the_wrong_labels(page, runs):
    wrong = json.loads(page.evaluate("JSON.stringify(pageData.wrong_labels)"))
    (rows,) = tables(page, "confusion_matrix")[COLUMNS["confusion_matrix"]["labels"]]
    for run, (_, *cells) in zip(runs.values(), rows, strict=True):
        others = np.delete(run.right(), wrong)
        accuracies = run.accuracy(), others.mean(), *wilson(others.sum(), len(others))
        counts = (~others).sum(), (~run.right()[wrong]).sum(), len(wrong)
        says(" ".join(cells), *percent(*accuracies), *counts)


def test_the_fit_to_the_training_images(page, runs):
    (rows,) = tables(page, "training")[COLUMNS["training"]["fit"]]
    trained = [run for run in runs.values() if not run.is_ensemble]
    for run, (_, *cells) in zip(trained, rows, strict=True):
        errors = percent(1 - run.accuracy("train"), 1 - run.accuracy("dev"))
        says(" ".join(cells), *errors, run.loss("train"), run.loss("dev"))


def test_the_calibration(page, runs):
    (rows,) = tables(page, "calibration")[COLUMNS["calibration"]["temperature"]]
    for run, (_, before, temperature, after, *losses) in zip(runs.values(), rows, strict=True):
        says(temperature, run.T)
        for cell, T in ((before, 1), (after, run.T)):
            error, interval = cell.split(" ", 1)
            says(error, *percent(run.calibration_error(T)))
            shown = [float(end) for end in NUMBER.findall(interval)]
            assert shown == pytest.approx(percent(*run.calibration_interval(T)), abs=0.03)
        says(" ".join(losses), run.loss(), run.loss("test", run.T))


def test_whether_the_temperature_helps(page, runs):
    said = words(page, "calibration")
    for name, run in runs.items():
        before, after_it = (run.calibration_interval(T) for T in (1, run.T))
        verdict = after(f"the calibration error of {name} is ", said, " ").strip(";.")
        smaller, larger = after_it[1] < before[0], after_it[0] > before[1]
        assert verdict == ("smaller" if smaller else "larger" if larger else "not")


def test_the_errors_among_the_most_confident(page, runs):
    (rows,) = tables(page, "calibration")[COLUMNS["calibration"]["coverage"]]
    for run, (_, *cells) in zip(runs.values(), rows, strict=True):
        says(" ".join(cells), *map(run.most_confident, SHARES))


def test_the_answers(page, runs):
    (rows,) = tables(page, "calibration")[COLUMNS["calibration"]["answers"]]
    on_the_board = words(page, "draw")
    for (name, run), (_, threshold, *cells) in zip(runs.items(), rows, strict=True):
        says(threshold, *percent(run.threshold(ANSWERING)))
        dev, test = (run.answered(split, ANSWERING) for split in ("dev", "test"))
        says(" ".join(cells), *dev, *test)
        accepted, n, errors = test
        sentence = f"it answers {accepted:,} of {n:,} test digits, with {errors} errors."
        on_board = f"For {name} it is {threshold}: {sentence}" in on_the_board
        assert on_board != run.is_ensemble


def test_changed_images(page, runs):
    (rows,) = tables(page, "fool")[COLUMNS["fool"]["changed"]]
    for (name, run), (shown, *cells) in zip(runs.items(), rows, strict=True):
        measured = run.measured("adversarial_images")
        assert shown == name
        shares = []
        for attack in measured["attacks"]:
            by_size = {level["size"]: level["n"] - level["errors"] for level in attack["levels"]}
            shares += [by_size[SIZE] / measured["n"], *wilson(by_size[SIZE], measured["n"])]
        unchanged = by_size[0] / measured["n"]
        says(" ".join(cells), measured["n"], measured["of"], *percent(unchanged, *shares))


def test_images_of_none_of_the_classes(page, runs):
    found = tables(page, "out_of_distribution")
    (sure,) = found[COLUMNS["out_of_distribution"]["confidence"]]
    auroc, passed = found[COLUMNS["out_of_distribution"]["scores"]]
    said = words(page, "out_of_distribution")
    kinds_of = {name: run.measured("out_of_distribution")["kinds"] for name, run in runs.items()}
    rows = [(name, kind) for name, kinds in kinds_of.items() for kind in kinds]
    for (name, kind), (*shown, mean, answered) in zip(rows, sure, strict=True):
        assert shown == [name, kind["kind"]]
        shares = percent(kind["mean_confidence"], kind["answered"] / kind["n"])
        says(f"{mean} {answered}", *shares)
    for table, fact, times in (auroc, "auroc", 1), (passed, "passed", 100):
        rest = iter(table)
        for name, kinds in kinds_of.items():
            for score in kinds[0]["scores"]:
                shown, _, *cells = next(rest)
                assert shown == name
                says(" ".join(cells), *(times * kind["scores"][score][fact] for kind in kinds))
        assert not list(rest)
    for name, kinds in kinds_of.items():
        mean = np.mean([kind["scores"]["confidence"]["auroc"] for kind in kinds])
        says(after(f"For {name}, the mean AUROC of the confidence is ", said, ", and"), mean)


def test_worse_images(page, runs):
    name, run = list(runs.items())[-1]
    curves = run.measured("robustness")["corruptions"]
    worst = {curve["title"].lower(): curve["levels"][-1] for curve in curves}
    accuracy = {kind: 1 - level["errors"] / level["n"] for kind, level in worst.items()}
    card, board = words(page, "model_card"), words(page, "draw")
    highest = run.p("test", run.T).max(axis=1)[~run.right()].max()
    says(after("the highest confidence is ", card, "%"), *percent(highest))
    says(after(f"as they are, the accuracy of {name} is ", card, "%"), *percent(run.accuracy()))
    strongest = after("with the strongest change under Robustness, it is ", card, ". A ")
    assert re.findall(r"\((.*?)\)", strongest) == list(accuracy)
    says(strongest, *percent(*accuracy.values()))
    moved = percent(run.accuracy(), accuracy["shift"])
    says(
        after(f"test digits: {name} classifies ", board, " pixels"), *moved, worst["shift"]["level"]
    )


def test_every_table_of_results_has_a_test(page):
    sections = page.evaluate(
        "[...document.querySelectorAll('section:has(tbody tr td)')].map(({ id }) => id)"
    )
    assert set(sections) - OTHERS == set(COLUMNS)
