"""What README and docs say of the runs on MNIST's page is computed once more from their files."""

import pytest
from project import ROOT
from recomputed import Recomputed, of_page
from test_mnist_numbers import after, percent, says


@pytest.fixture(scope="module")
def runs(site_of) -> dict[str, Recomputed]:
    """What is reported of every run, computed again."""
    return of_page(site_of("mnist"))


def told(document: str) -> str:
    """The text of a document, with single spaces."""
    return " ".join((ROOT / document).read_text().split())


@pytest.mark.parametrize("document", ["README.md", "docs/results.md"])
def test_documents_state_what_the_runs_reach(document, runs):
    lines = (ROOT / document).read_text().splitlines()
    rows = {line.split("`")[1]: line for line in lines if line.startswith("| `")}
    for name in {"phase1", "phase2", *rows} & set(runs):
        run = runs[name]
        _, _, network, _, dev, test, *_ = (cell.strip() for cell in rows[name].split("|"))
        assert network == "-".join(map(str, run.layer_dims))
        says(dev, *percent(run.accuracy("dev")))
        says(test, *percent(run.accuracy(), *run.interval()))


def test_documents_state_what_the_ensemble_reaches(runs):
    """Of a page with the ensemble: `make extras` builds one."""
    text = told("docs/results.md")
    for run in (run for run in runs.values() if run.is_ensemble):
        seeds = after("With seeds 1 to 5 phase 2 reached ", text, " on test.")
        dev, test = ([each.accuracy(split) for each in run.members] for split in ("dev", "test"))
        says(seeds, *percent(min(dev), max(dev), min(test), max(test)))
        together = after("`phase2_ensemble`, reaches ", text, " on test")
        says(together, *percent(run.accuracy()))


def changed(run: Recomputed, corruption: str, level: float) -> float:
    """The share of test images that are right after a change of this strength."""
    curves = run.measured("robustness")["corruptions"]
    (curve,) = (curve for curve in curves if curve["name"] == corruption)
    (found,) = (found for found in curve["levels"] if found["level"] == level)
    return 1 - found["errors"] / found["n"]


def test_the_answers_to_the_questions_of_the_lesson(runs):
    text, first, second = told("docs/teaching.md"), runs["phase1"], runs["phase2"]
    nines, fours = first.matrix[4, 9], first.matrix[9, 4]
    assert f"{nines} fours of the test are taken for nines, and {fours} nines for fours" in text
    five, one = (100 * first.scores(digit)[1] for digit in (5, 1))
    says(after("Fives are right in ", text, ". Why"), five, 1, one)  # the 1 of phase1
    moved = percent(*(changed(run, "shift", 3) for run in (first, second)))
    still = percent(first.accuracy(), second.accuracy())
    says(after("moved by three pixels: ", text, " unmoved"), moved[0], 1, moved[1], 2, *still)
    blurred = [changed(run, "blur", 1) for run in (first, second)]
    better = after("makes `phase1` better: ", text, ". Does")
    says(better, 100 * blurred[0], 100 * first.accuracy())
    worse = after("better too?* No, ", text, ". Ten")
    says(worse, 100 * blurred[1], 100 * second.accuracy())


def test_the_errors_that_the_project_asks_for_are_those_of_the_runs(runs):
    text = told("docs/teaching.md")
    dev, test = after(
        "own does, since it starts from the same weights: on MNIST ", text, " in 10,000"
    ).split(" and ")
    says(dev, 100 * runs["phase1"].accuracy("dev"))
    says(test, runs["phase1"].errors())
    says(after("where `phase2` had ", text, ","), runs["phase2"].errors())
