"""For how long the candidates of a sweep are trained, and what its page says of that."""

from pathlib import Path

import pytest
import yaml

from handwritten.config.configuration import validated
from handwritten.evaluation import sweep
from handwritten.page import sweep_page
from handwritten.plan.plan import Plan
from handwritten.settings import Settings

SHIPPED = yaml.safe_load((Path(__file__).parents[2] / "config.yaml").read_text())
VARIED = [
    ("phase2", "grid", {"epochs": [1, 2, 8]}),
    ("phase1", "grid", {"steps": [1, 8], "hidden_units": [5, 6]}),
    ("phase2", "random", {"epochs": {"from": 1, "to": 9}, "l2": [0, 0.1]}),
]


def planned(extends, method, settings, runs=SHIPPED["runs"]):
    """The sweep of a plan."""
    given = {"extends": extends, "method": method, "settings": settings, "trainings_per_job": 2}
    return Plan(validated(SHIPPED | {"runs": runs, "sweep": given})).sweep


def longer(run):
    """The runs, this one twice as long."""
    length = "steps" if run == "phase1" else "epochs"
    changed = SHIPPED["runs"][run] | {length: 2 * SHIPPED["runs"][run][length]}
    return SHIPPED["runs"] | {run: changed}


@pytest.mark.parametrize(("extends", "method", "settings"), VARIED)
def test_every_candidate_is_trained_for_its_own_length(extends, method, settings):
    found = planned(extends, method, settings)
    jobs = found.batches(found.rounds[0])
    trained = [member for job in jobs for member in job.settings["members"]]
    expected = [candidate | {"seed": seed} for seed in (1, 2) for candidate in found.candidates]
    assert len({candidate[found.length] for candidate in found.candidates}) > 1
    assert trained == expected


@pytest.mark.parametrize(("extends", "method", "settings"), VARIED)
def test_how_long_the_run_is_changes_nothing_where_every_candidate_has_its_own(
    extends, method, settings
):
    before = planned(extends, method, settings)
    after = planned(extends, method, settings, longer(extends))
    assert after.batches(after.rounds[0]) == before.batches(before.rounds[0])
    assert after.page == before.page


@pytest.mark.parametrize("method", ["grid", "random", "halving"])
def test_candidates_without_a_length_are_trained_for_the_run_s(method):
    """Halving has its last round for it."""
    found = planned("phase2", method, {"l2": [0, 0.1]})
    (job, *_) = found.batched(found.rounds[-1].length, [0, 1])
    assert [member["epochs"] for member in job.settings["members"]] == [20, 20]


def page(settings, ranges, length):
    """The page of a sweep of phase 2 in which the first of these candidates is the best."""
    histories = [
        [
            {"epoch": i, "dev_loss": 1.0, "dev_accuracy": 0.9 - 0.1 * number}
            for i in range(1, settings[number].get("epochs", length) + 1)
        ]
        for number in range(len(settings))
    ]
    outcomes = [sweep.outcome(history, "epoch", [4, 3], 10, 0) for history in histories]
    ranking = sweep.rank(settings, range(len(settings)), outcomes)
    about = {"title": "t", "extends": "phase2", "method": "grid", "seeds": [1], "unit": "epochs"}
    rounds = [{"length": length, "kept": [0], "ranking": ranking}]
    return sweep_page.render(Settings(**about, ranges=ranges), rounds)


def test_the_page_states_a_length_that_all_candidates_share():
    html = page([{"l2": 0}, {"l2": 1}], {"l2": [0, 1]}, 4)
    assert html.count("after 4 epochs") == 3


@pytest.mark.parametrize(("best", "words"), [(1, "after 1 epoch<"), (8, "after 8 epochs<")])
def test_the_page_states_no_length_for_all_candidates_where_they_differ(best, words):
    lengths = [best, 2, 5]
    html = page([{"epochs": length} for length in lengths], {"epochs": lengths}, None)
    assert html.count(" after ") == 1 and words in html
    assert all(f"<td>{length}</td>" in html for length in lengths)
    assert f"epochs: {best}\n" in html or f"epochs: {best}}}" in html
